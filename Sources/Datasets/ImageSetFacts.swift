import Platform
import Records

/// What there is to say of a set of images as a whole.
public struct ImageSetFacts: Sendable {
  /// The file or folder that holds the set, as an absolute path.
  public var path: String
  /// The names of the classes; a label is a number in this list. Empty when nothing is labelled.
  public var classNames: [String]
  /// Whether an image may have several classes, or none of those there are; it has no single label then.
  public var hasLabelSets: Bool
  /// What lies beside the images and is none of them.
  public var passedOver: PassedOver
  /// In which order training best takes the images.
  public var order: SampleOrder

  /// Describes a set; by default one without labels, of whose images any may follow any other.
  public init(
    path: String, classNames: [String] = [], hasLabelSets: Bool = false,
    passedOver: PassedOver = PassedOver(),
    order: SampleOrder = .uniform
  ) {
    self.path = path
    self.classNames = classNames
    self.hasLabelSets = hasLabelSets
    self.passedOver = passedOver
    self.order = order
  }
}
