import CImageKernels
import Platform

/// Resizes along the columns' direction: output rows of `length` samples, packed, from rows `stride` samples apart.
func resampleRows<Sample: PixelSample>(
  of input: UnsafePointer<Sample>, stride: Int, length: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutablePointer<Sample>
) {
  switch Sample.format {
  case .eightBit:
    coefficients.withAxis { ik_resample_rows(retyped(input), stride, length, $0, retyped(output)) }
  case .sixteenBit:
    coefficients.withDeepAxis { ik_resample_rows_16(retyped(input), stride, length, $0, retyped(output)) }
  case .float:
    coefficients.withDeepAxis { ik_resample_rows_float(retyped(input), stride, length, $0, retyped(output)) }
  }
}

/// Resizes along the rows' direction: `rows` packed output rows from rows `stride` samples apart.
func resampleColumns<Sample: PixelSample>(
  of input: UnsafePointer<Sample>, stride: Int, rows: Int, channels: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutablePointer<Sample>
) {
  switch Sample.format {
  case .eightBit:
    coefficients.withAxis {
      ik_resample_columns(retyped(input), stride, rows, channels, $0, retyped(output))
    }
  case .sixteenBit:
    coefficients.withDeepAxis {
      ik_resample_columns_16(retyped(input), stride, rows, channels, $0, retyped(output))
    }
  case .float:
    coefficients.withDeepAxis {
      ik_resample_columns_float(retyped(input), stride, rows, channels, $0, retyped(output))
    }
  }
}

// For samples whose type is the other by their format.
private func retyped<Sample, Same>(_ samples: UnsafePointer<Sample>) -> UnsafePointer<Same> {
  UnsafeRawPointer(samples).assumingMemoryBound(to: Same.self)
}

private func retyped<Sample, Same>(_ samples: UnsafeMutablePointer<Sample>) -> UnsafeMutablePointer<Same> {
  UnsafeMutableRawPointer(samples).assumingMemoryBound(to: Same.self)
}
