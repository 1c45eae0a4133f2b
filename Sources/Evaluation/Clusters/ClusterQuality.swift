import Platform
import Tensors

/// Clustering: how far groups that an algorithm finds without labels are the classes.
///
/// All rows are clustered by k-means from k-means++ centres, once, and at most `wardRows` of them, drawn by `seed`, by
/// Ward's criterion, into as many clusters as classes occur. Nothing is learned: of two sets the test set is clustered.
/// Without labels, or where images have several, only silhouettes are measured.
public enum ClusterQuality: Evaluator {
  /// What can be set.
  public typealias Options = ClusterOptions

  /// `cluster`.
  public static let name = "cluster"
  /// Other names for it.
  public static let aliases = ["clustering"]
  /// What it measures, in one line.
  public static let summary =
    "agreement of k-means and Ward clusters with the classes: AMI, NMI, ARI; silhouette"
  /// Where the protocol comes from.
  public static let source = "Lowe et al., 2024"
  /// Nothing is learned.
  public static let worksOnOneSet = true

  /// Clusters the test set, or the only one; see the type for the protocol.
  ///
  /// - Throws: `Failure` when the number of clusters is not known, or more than the rows.
  public static func evaluate(
    _ task: EvaluationTask, options: ClusterOptions, progress: ProgressHandler
  ) throws(Failure) -> ClusterResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  package static func evaluate(
    _ task: EvaluationTask, options: ClusterOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> ClusterResult {
    try located(name) { () throws(Failure) in try options.check() }
    let set = task.measured
    let count = try clusterCount(of: set.rowLabels, options)
    let drawn = drawnRows(options.wardRows, of: set.count, seed: options.seed, for: "Ward")
    guard count <= drawn.count else {
      throw Failure(
        "\(count) clusters of \(drawn.count) images", at: set.origin,
        mend: drawn.count < set.count
          ? "raise \(name).wardRows" : "give more images, or fewer \(name).clusters")
    }
    let values = options.normalized ? unitRows(set.values, width: set.width) : set.values
    func scored(_ clusters: [Int], of rows: [Int], _ values: [Float]) -> ClusterResult.Algorithm {
      ClusterResult.Algorithm(
        rows: rows.count,
        agreement: set.labels.isEmpty
          ? nil : ClusterAgreement(clusters: clusters, classes: rows.map { set.labels[$0] }),
        silhouette: Silhouette.mean(
          values: values, width: set.width, clusters: clusters, limit: options.silhouetteRows,
          seed: options.seed, threads: threads))
    }
    progress("k-means of \(set.count) images", 0)
    let kMeans = KMeans.fit(
      values: values, width: set.width, count: count, maximumIterations: options.maximumIterations,
      seed: options.seed, threads: threads)
    let first = scored(kMeans.clusters, of: Array(0..<set.count), values)
    progress("linking \(drawn.count) images", 0.5)
    let some = gatheredRows(drawn, of: values, width: set.width)
    let linkage = WardLinkage(values: some, width: set.width, threads: threads)
    return ClusterResult(
      clusters: count, kMeans: first, ward: scored(linkage.clusters(count), of: drawn, some))
  }

  /// Whether the number of clusters is known.
  public static func check(_ labels: TaskLabels, options: ClusterOptions) throws(Failure) {
    _ = try clusterCount(of: labels.measured, options)
  }

  /// 0, the adjusted scores of clusters that ignore the features; nil without labels.
  public static func chance(_ task: EvaluationTask) throws(Failure) -> Double? {
    task.measured.labels.isEmpty ? nil : 0
  }

  private static func clusterCount(of set: RowLabels, _ options: ClusterOptions) throws(Failure) -> Int {
    if let clusters = options.clusters { return clusters }
    guard !set.labels.isEmpty else {
      throw Failure(
        "without classes the number of clusters is not known", at: set.origin, mend: "set \(name).clusters")
    }
    let classes = Set(set.labels)
    guard classes.count > 1 else {
      throw Failure(
        "every image is of class “\(set.classNames[set.labels[0]])”", at: set.origin,
        mend: "give at least two classes, or set \(name).clusters")
    }
    return classes.count
  }
}
