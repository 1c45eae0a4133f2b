import Platform
import Tensors

/// Attention that starts as trained attention looks (Trockman & Kolter, 2023): W_qᵀW_k ≈ αZ + βI in each head, so that
/// tokens attend to those like them, and W_vᵀW_projᵀ ≈ αZ − βI; Z_ij ~ N(0, 1/D), another Z for each head and layer.
///
/// With y = x·Wᵀ and αZ ± βI = UΣVᵀ: a head's queries are the first d rows of Σ^½Uᵀ and its keys those of Σ^½Vᵀ; a
/// layer's values are Σ^½Uᵀ and its projection is VΣ^½, so that x passes through both as x·(αZ − βI) exactly. All else
/// is Xavier's, and so are the projections of a compressed stream, which are not square. The paper pairs it with fixed
/// positions: tokens then attend to their neighbours. The constants are those of public reproductions. Heads + 2
/// decompositions of D × D a layer take 1 s for ViT-Ti, 6 s for ViT-S and 70 s for ViT-B (estimated from single
/// decompositions), and no time when a file gives the weights.
public struct Mimetic: Initializer {
  /// `mimetic` in recipes.
  public static let name = "mimetic"
  /// A line for `vitrail list`.
  public static let summary = "queries and keys near the identity, values and projection near its negative"
  /// Where it is from.
  public static let source = "Trockman & Kolter, 2023"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Weight of the noise in the product of queries and keys.
    public var queryKeyAlpha = 0.7
    /// Weight of the identity there.
    public var queryKeyBeta = 0.7
    /// Weight of the noise in the product of values and projection.
    public var valueAlpha = 0.4
    /// Weight of the negative identity there.
    public var valueBeta = 0.4
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "queryKeyAlpha": .from(0, to: 100), "queryKeyBeta": .from(0, to: 100), "valueAlpha": .from(0, to: 100),
      "valueBeta": .from(0, to: 100),
    ]
  }

  private let options: Options

  /// Takes the weights.
  public init(options: Options) { self.options = options }

  /// The start of a weight [outputs, inputs].
  public func weight(_ site: WeightSite) -> InitialValue {
    let (options, width, heads) = (options, site.inputs, site.headCount)
    let (seed, attention) = (site.scope.store.seed, site.scope.parentPrefix)
    @Sendable func noise(_ name: String) -> [Double] {
      var random = RandomStream(seed: seed, purpose: .initialValue, name: "\(attention).\(name)")
      let deviation = 1 / Double(width).squareRoot()
      return (0..<width * width).map { _ in deviation * random.normal() }
    }
    let isSquare = site.fans.inputs == site.fans.outputs
    switch site.role {
    case .queryKeyValue where isSquare:
      return .computed {
        let pairs = (0..<heads).map { head in
          Self.queryKey(noise("head\(head)"), width: width, headWidth: width / heads, options)
        }
        let values = Self.valueProjection(noise("value"), width: width, options).value
        return pairs.flatMap(\.query) + pairs.flatMap(\.key) + values
      }
    case .attentionProjection where isSquare:
      return .computed { Self.valueProjection(noise("value"), width: width, options).projection }
    default:
      return XavierUniform(options: NoOptions()).weight(site)
    }
  }

  /// N(0, 0.02) for class, mask and positions, N(0, 1e-6) for registers.
  public func token(_ role: TokenRole) -> InitialValue { XavierUniform(options: NoOptions()).token(role) }

  /// Queries and keys [d, D] of one head, given its Z [D, D].
  package static func queryKey(
    _ z: [Double], width: Int, headWidth: Int, _ options: Options
  ) -> (query: [Scalar], key: [Scalar]) {
    halves(of: target(z, width, options.queryKeyAlpha, options.queryKeyBeta), width, rank: headWidth)
  }

  /// Values and projection [D, D] of a layer, given its Z [D, D].
  package static func valueProjection(
    _ z: [Double], width: Int, _ options: Options
  ) -> (value: [Scalar], projection: [Scalar]) {
    let (value, transposed) = halves(
      of: target(z, width, options.valueAlpha, -options.valueBeta), width, rank: width)
    var projection = transposed
    for row in 0..<width {
      for column in 0..<width { projection[row * width + column] = transposed[column * width + row] }
    }
    return (value, projection)
  }

  /// αZ + βI.
  private static func target(_ z: [Double], _ width: Int, _ alpha: Double, _ beta: Double) -> [Double] {
    var matrix = z.map { alpha * $0 }
    for index in 0..<width { matrix[index * (width + 1)] += beta }
    return matrix
  }

  /// (UΣ^½)ᵀ and Σ^½Vᵀ, both [rank, D], of the `rank` largest singular values.
  private static func halves(of matrix: [Double], _ width: Int, rank: Int) -> ([Scalar], [Scalar]) {
    guard let singular = SingularValues(of: matrix, rows: width, columns: width) else {
      preconditionFailure("mimetic: a finite matrix has no singular values")
    }
    var (left, right) = ([Scalar](), [Scalar]())
    left.reserveCapacity(rank * width)
    right.reserveCapacity(rank * width)
    for index in 0..<rank {
      let root = singular.values[index].squareRoot()
      for row in 0..<width { left.append(Scalar(root * singular.left[row * width + index])) }
      for column in 0..<width { right.append(Scalar(root * singular.right[index * width + column])) }
    }
    return (left, right)
  }
}
