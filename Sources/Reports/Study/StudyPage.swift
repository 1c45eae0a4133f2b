import Foundation
import Records

/// The HTML page of a study: for each of its tables the numbers, the curves, and plots with error bars.
struct StudyPage {
  private let results: StudyResults
  private let folder: URL

  /// Creates the page of a study in `folder`, where its runs have their logs.
  init(_ results: StudyResults, folder: URL) {
    self.results = results
    self.folder = folder
  }

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
      // A cell may be broken, but not between ± and what follows.
      let cells = columns.map {
        "<td>\($0.text(row.summary($0)).replacing("± ", with: "±\u{a0}"))</td>"
      }.joined()
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
    let curves = StudyCurves(table, in: folder).drawings.map { "<figure>\($0)</figure>\n" }
    return """
      <section><h2>\(Markup.escaped(table.name))</h2>
      <div class="wide"><table class="many">
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      <div class="plots" style="margin-top:12px">
      \((curves + plots).joined())</div></section>
      """
  }

  private var meaning: String {
    """
    <section><p class="detail">Diverged: a loss or gradient was not finite, or the smoothed loss rose to more than \
    1.5 times its lowest and stayed there. Stalled: it fell by less than 2 % from a tenth of the run to its end. Dots are \
    means, bars standard deviations, pale dots runs. Curves are those of the first seed; where all variants log what an \
    answer that needs no look at the image loses, the loss is drawn as a share of that.</p></section>
    """
  }
}
