import CJPEG
import Platform

/// A JPEG at work.
final class JPEGDecoder: RowDecoder {
  let header: ImageHeader
  private let decoder: OpaquePointer
  private let place: String
  private let clock: CodecClock
  private var endsWithImage = false

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    var found = cjpeg_header()
    var opened: OpaquePointer?
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { message in
      opened = cjpeg_open(bytes.baseAddress, bytes.count, options.truncated == .pad, &found, message)
      return opened != nil
    }
    guard let opened else {
      let problem = problem ?? "no header"
      throw found.isUnsupported
        ? Failure(
          "a JPEG that is not decoded: \(problem)", at: place,
          mend: "convert it to PNG or to a baseline or progressive JPEG of 8 bits")
        : damaged("JPEG", problem, place: place)
    }
    decoder = opened
    self.place = place
    self.clock = clock
    header = ImageHeader(
      format: .jpeg, storedWidth: Int(found.width), storedHeight: Int(found.height),
      storedChannels: Int(found.channels), orientation: EXIF.orientation(ofJPEG: bytes))
  }

  deinit { cjpeg_close(decoder) }

  func canScale(by denominator: Int) -> Bool { [1, 2, 4, 8].contains(denominator) }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    var stored = cjpeg_window(
      denominator: UInt32(window.denominator), left: UInt32(window.left), top: UInt32(window.top),
      width: UInt32(window.width), height: UInt32(window.height))
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { cjpeg_start(decoder, &stored, $0) }
    if let problem { throw damaged("JPEG", problem, place: place) }
    let height = (header.storedHeight + window.denominator - 1) / window.denominator
    endsWithImage = window.top + window.height == height
    return DecodeWindow(
      denominator: window.denominator, left: Int(stored.left), top: window.top, width: Int(stored.width),
      height: window.height)
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { message in
      cjpeg_read(decoder, rows.assumingMemoryBound(to: UInt8.self), UInt32(count), message)
    }
    if let problem { throw damaged("JPEG", problem, place: place) }
  }

  func finish() throws(Failure) {
    guard endsWithImage else { return }
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { cjpeg_finish(decoder, $0) }
    if let problem { throw damaged("JPEG", problem, place: place) }
  }
}
