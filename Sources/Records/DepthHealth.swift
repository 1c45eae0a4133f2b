import Foundation
import Platform

/// How the blocks of a model fare at one step; a line of `health.jsonl`.
public struct DepthHealth: Codable, Sendable, Equatable {
  /// What the weights of the blocks are compared with by `rotation`.
  public enum Origin: String, Codable, Sendable {
    /// The weights that the seed gives.
    case seed
    /// Other weights that the run started from; they are in `initial.safetensors`.
    case start
  }

  /// The step, from 1: activations and gradients are those before its update, weights those after it.
  public var step: Int
  /// What `rotation` counts from.
  public var rotationFrom: Origin
  /// The stacks of blocks by name: `encoder`, and `decoder` where there is one.
  public var stacks: [String: StackHealth]

  /// Creates a line.
  public init(step: Int, rotationFrom: Origin, stacks: [String: StackHealth]) {
    self.step = step
    self.rotationFrom = rotationFrom
    self.stacks = stacks
  }

  /// Reads a line; nil unless it is one whole object with a step and stacks.
  public init?(json line: ArraySlice<UInt8>) {
    guard let found = try? JSONDecoder().decode(DepthHealth.self, from: Data(line)) else { return nil }
    self = found
  }

  /// Decodes a line; an origin that is absent, or not known, counts as the seed's weights.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    step = try keys.decode(Int.self, forKey: .step)
    rotationFrom = (try? keys.decode(Origin.self, forKey: .rotationFrom)) ?? .seed
    stacks = try keys.decode([String: StackHealth].self, forKey: .stacks)
  }
}

/// A list for each quantity of a stack with an entry for each of its blocks, the first block first; null where a value is
/// not finite.
public struct StackHealth: Codable, Sendable, Equatable {
  /// By the raw values of their quantities.
  private var values: [[Double?]?]

  /// Nothing known of `depth` blocks.
  public init(depth: Int) {
    values = BlockQuantity.allCases.map { _ in [Double?](repeating: nil, count: depth) }
  }

  /// The entries of a quantity; nil where the line has none.
  public subscript(quantity: BlockQuantity) -> [Double?]? {
    get { values[quantity.rawValue] }
    set { values[quantity.rawValue] = newValue }
  }

  /// Decodes the quantities that there are; entries that are no numbers count as null.
  public init(from decoder: any Decoder) throws {
    let lists = try? decoder.container(keyedBy: BlockQuantity.self)
    values = BlockQuantity.allCases.map { quantity in
      (try? lists?.decode([JSONValue].self, forKey: quantity))?.map(\.number)
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    var lists = encoder.container(keyedBy: BlockQuantity.self)
    for quantity in BlockQuantity.allCases { try lists.encodeIfPresent(self[quantity], forKey: quantity) }
  }
}
