import CPNG
import Platform

/// A PNG at work. Rows come whole, and from the first; an interlaced image is decoded whole before its first row comes.
final class PNGDecoder: RowDecoder {
  let header: ImageHeader
  private let decoder: OpaquePointer
  private let place: String
  private let clock: CodecClock
  private let isInterlaced: Bool
  private let rowBytes: Int
  private var whole: [UInt8] = []
  private var nextRow = 0

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    var found = cpng_header()
    var opened: OpaquePointer?
    let problem = clock.codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
      opened = cpng_open(bytes.baseAddress, bytes.count, options.truncated == .pad, &found, message)
      return opened != nil
    }
    guard let opened else { throw damaged("PNG", problem ?? "no header", place: place) }
    decoder = opened
    self.place = place
    self.clock = clock
    isInterlaced = found.isInterlaced
    rowBytes = Int(found.width) * Int(found.channels) * Int(found.depth)
    header = ImageHeader(
      format: .png, storedWidth: Int(found.width), storedHeight: Int(found.height),
      storedChannels: Int(found.channels), depth: 8 * Int(found.depth),
      orientation: EXIF.orientation(ofPNG: bytes))
  }

  deinit { cpng_close(decoder) }

  func canScale(by denominator: Int) -> Bool { denominator == 1 }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    if isInterlaced {
      var failure: Failure?
      whole = filledSamples(rowBytes * header.storedHeight) { memory in
        do throws(Failure) { try decode(header.storedHeight, into: memory) } catch { failure = error }
      }
      if let failure { throw failure }
      nextRow = window.top
    } else if window.top > 0 {
      let passed = UnsafeMutableRawPointer.allocate(byteCount: rowBytes, alignment: 16)
      defer { passed.deallocate() }
      for _ in 0..<window.top { try decode(1, into: passed) }
      nextRow = window.top
    }
    return DecodeWindow(left: 0, top: window.top, width: header.storedWidth, height: window.height)
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    if isInterlaced {
      whole.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        rows.copyMemory(from: base + nextRow * rowBytes, byteCount: count * rowBytes)
      }
    } else {
      try decode(count, into: rows)
    }
    nextRow += count
  }

  func finish() throws(Failure) {
    guard nextRow == header.storedHeight else { return }
    let problem = clock.codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { cpng_finish(decoder, $0) }
    if let problem { throw damaged("PNG", problem, place: place) }
  }

  private func decode(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let problem = clock.codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
      cpng_read(decoder, rows.assumingMemoryBound(to: UInt8.self), UInt32(count), message)
    }
    if let problem { throw damaged("PNG", problem, place: place) }
  }
}
