import Platform

/// A key of a model: what recipes and weights files call it, and where its value is.
package struct ModelKey: Sendable {
  /// What a recipe says; nil: nothing, conversions alone leave it.
  package let inRecipes: Field?
  /// What a weights file says: nothing of an alias, height and width of the size of images.
  package let inWeights: [Field]
  /// What the number may be.
  let range: KeyRange?

  /// A key of recipes, which weights files have too unless `weights` says otherwise.
  init(_ recipe: Field, weights: [Field]? = nil, _ range: KeyRange? = nil) {
    inRecipes = recipe
    inWeights = weights ?? [recipe]
    self.range = range
  }

  /// A key that no recipe has.
  init(onlyInWeights field: Field) {
    inRecipes = nil
    inWeights = [field]
    range = nil
  }

  /// A name, and the value that stands there.
  package struct Field: Sendable {
    package let name: String
    let encode: @Sendable (VisionTransformerConfiguration, inout KeyedEncodingContainer<Name>) throws -> Void
    let decode: @Sendable (inout VisionTransformerConfiguration, KeyedDecodingContainer<Name>) throws -> Void

    init<Value: Codable & Sendable>(
      _ name: String, _ path: any WritableKeyPath<VisionTransformerConfiguration, Value> & Sendable
    ) {
      let key = Name(name)
      self.name = name
      encode = { try $1.encode($0[keyPath: path], forKey: key) }
      decode = { $0[keyPath: path] = try $1.decode(Value.self, forKey: key) }
    }

    /// A value that may be absent.
    init<Value: Codable & Sendable>(
      _ name: String, _ path: any WritableKeyPath<VisionTransformerConfiguration, Value?> & Sendable
    ) {
      let key = Name(name)
      self.name = name
      encode = { try $1.encodeIfPresent($0[keyPath: path], forKey: key) }
      decode = { $0[keyPath: path] = try $1.decodeIfPresent(Value.self, forKey: key) }
    }
  }

  /// The name of a field.
  struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { return nil }
  }
}

extension [ModelKey.Field] {
  /// Encodes an object of these fields, in their order.
  func encode(_ configuration: VisionTransformerConfiguration, to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: ModelKey.Name.self)
    for field in self { try field.encode(configuration, &object) }
  }

  /// Decodes an object of these fields.
  func decode(from decoder: any Decoder) throws -> VisionTransformerConfiguration {
    let object = try decoder.container(keyedBy: ModelKey.Name.self)
    var configuration = VisionTransformerConfiguration()
    for field in self { try field.decode(&configuration, object) }
    return configuration
  }
}
