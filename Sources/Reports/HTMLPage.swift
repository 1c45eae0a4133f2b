/// The frame of a page that needs nothing else: no script, no address outside of it.
enum HTMLPage {
  /// The whole document; `title` and `kind` are plain text, sections are HTML.
  static func document(title: String, kind: String, _ sections: [String]) -> String {
    let title = Markup.escaped(title)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      img-src data:; style-src 'unsafe-inline'">
      <title>\(title) · Vitrail</title>
      <style>\(PageStyle.css)</style>
      </head>
      <body>
      <main>
      <header><p class="kind">\(Markup.escaped(kind))</p><h1>\(title)</h1></header>
      \(sections.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }
}
