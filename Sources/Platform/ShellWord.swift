extension String {
  /// The text as a shell takes it for one word: as it is where it is plain, in quotes otherwise.
  public var shellWord: String {
    let isPlain = !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || "/._-+,:@=%".contains($0) }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
