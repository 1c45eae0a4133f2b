import Platform

extension Provenance {
  /// This command. `buildCommit` is written before every build: `Scripts/record-commit`.
  static let ofThisCommand = Provenance(commit: buildCommit.isEmpty ? nil : buildCommit)
}
