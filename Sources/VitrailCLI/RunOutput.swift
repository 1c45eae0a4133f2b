import ArgumentParser

/// `--dry-run`, `--json` and `--json-file` of the commands that train.
struct RunOutput: ParsableArguments {
  @Flag(
    help: """
      Say what the run would be (images, model, memory, speed and time on this machine), and end: a few steps are measured, \
      nothing is written.
      """)
  var dryRun = false
  @OptionGroup var json: JSONOutput

  /// Tells what a run would be.
  func rehearse(_ preparation: RunPreparation) throws {
    guard let forecast = try preparation.rehearse(), json.isWanted else { return }
    try json.tell("", forecast)
  }
}
