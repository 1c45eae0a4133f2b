import Foundation

/// Where a file comes from: which Vitrail made it, by which command, on which machine and when.
public struct Provenance: Codable, Sendable, Equatable {
  /// A machine as far as it matters for results and their speed.
  public struct Machine: Codable, Sendable, Equatable {
    /// Its name in the network.
    public let host: String
    /// The kernel and its release.
    public let system: String
    /// The processor as it names itself.
    public let processor: String
    /// Cores that this process may use.
    public let cores: Int
    /// Bytes of memory that this process may use.
    public let memoryBytes: Int

    /// The machine that this process runs on.
    public static let present = Machine(
      host: ProcessInfo.processInfo.hostName, system: presentSystem, processor: presentProcessor,
      cores: MachineCapacity.coreCount, memoryBytes: MachineCapacity.memoryBytes)

    private static var presentSystem: String {
      var names = utsname()
      guard uname(&names) == 0 else { return "" }
      return [text(of: names.sysname), text(of: names.release), text(of: names.machine)].joined(
        separator: " ")
    }

    private static func text(of field: some Any) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static var presentProcessor: String {
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
      let name = line?.split(separator: ":", maxSplits: 1).last.map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      return name ?? "unknown processor"
    }
  }

  /// The version of Vitrail: the one place that says it.
  public static let presentVersion = "0.1.0"

  /// The version of Vitrail.
  public let version: String
  /// The commit that it was built from; nil where that is not known, `-dirty` at its end where files had been changed.
  public let commit: String?
  /// The words of the command line.
  public let command: [String]
  /// The machine.
  public let machine: Machine
  /// When, in UTC: `2026-11-27T08:30:00Z`.
  public let date: String

  /// Describes this process, now.
  ///
  /// - Parameter commit: what this program was built from, where it knows.
  public init(commit: String? = nil) {
    version = Self.presentVersion
    self.commit = commit
    command = CommandLine.arguments
    machine = .present
    date = Date().formatted(.iso8601)
  }

  /// `vitrail 0.1.0 (dc692cd41b7e), 2026-11-27T08:30:00Z, on node7: AMD EPYC 9R14, 2 cores, 24.0 GB, Linux 6.1.0 x86_64`.
  public var summary: String {
    let built = commit.map { " (\($0))" } ?? ""
    return
      "vitrail \(version)\(built), \(date), on \(machine.host): \(machine.processor), \(machine.cores) "
      + "core\(machine.cores == 1 ? "" : "s"), \(ByteCount(machine.memoryBytes)), \(machine.system)"
  }

  /// The command line as a shell takes it.
  public var commandLine: String { command.map(\.shellWord).joined(separator: " ") }
}
