import Foundation
import Platform

/// A pseudo-terminal whose other end a command takes for its terminal.
final class PseudoTerminal {
  /// The end that shows what the command writes.
  private let master: Int32
  /// The end that is given to the command.
  let slave: FileHandle

  // TIOCSPTLCK and TIOCGPTN of Linux: Swift does not see the macros, nor posix_openpt.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  init(columns: Int) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (number, isLocked) = (CUnsignedInt(0), CInt(0))
    guard master >= 0, ioctl(master, Self.setLock, &isLocked) == 0,
      ioctl(master, Self.getNumber, &number) == 0
    else {
      throw Failure("no pseudo-terminal", at: "/dev/ptmx", mend: "mount devpts")
    }
    slave = FileHandle(
      fileDescriptor: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), closeOnDealloc: true)
    resize(columns: columns)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit { close(master) }

  func resize(columns: Int) {
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// What was written since it was last asked.
  func read() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Foundation.read(master, &buffer, buffer.count)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }
}
