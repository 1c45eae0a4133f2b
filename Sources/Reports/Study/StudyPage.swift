/// The HTML page of a study: a table and plots with error bars for each of its tables.
struct StudyPage {
  private let results: StudyResults

  /// Creates the page.
  init(_ results: StudyResults) { self.results = results }

  /// The whole document.
  var html: String {
    let caption = "<section><p class=\"detail\">\(Markup.escaped(results.caption))</p></section>"
    return HTMLPage.document(
      title: results.name, kind: "Vitrail study", [caption] + results.tables.map(section) + [meaning])
  }

  private func section(_ table: StudyResults.Table) -> String {
    let columns = results.columns
    let head = (["Variant"] + columns.map(\.title) + ["stability"]).map {
      "<th scope=\"col\">\(Markup.escaped($0))</th>"
    }
    let rows = table.rows.map { row -> String in
      let cells = columns.map { "<td>\($0.text(row.summary($0)))</td>" }.joined()
      let isBad = row.ended.contains { $0.stability != .finished }
      return "<tr><th scope=\"row\">\(Markup.escaped(row.name))</th>\(cells)"
        + "<td class=\"\(isBad ? "worse" : "")\">\(Markup.escaped(row.stability))</td></tr>"
    }
    let plots = columns.filter { $0 != .steps }.compactMap { column in
      ErrorBarPlot(
        title: column.title,
        rows: table.rows.map { row in
          let shown = row.ended.compactMap(column.value).map { $0 * column.factor }
          return ErrorBarPlot.Row(name: row.name, summary: MeanAndSpread(shown))
        }
      ).svg.map { "<figure>\($0)</figure>\n" }
    }
    return """
      <section><h2>\(Markup.escaped(table.name))</h2>
      <div class="wide"><table>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      <div class="plots" style="margin-top:12px">
      \(plots.joined())</div></section>
      """
  }

  private var meaning: String {
    """
    <section><p class="detail">Diverged: a loss or gradient was not finite, or the smoothed loss rose to more than \
    1.5 times its lowest and stayed there. Stalled: it fell by less than 2 % from a tenth of the run to its end. Dots are \
    means, bars standard deviations, pale dots runs.</p></section>
    """
  }
}
