import Foundation
import Platform

/// The keys under `objective.distillation`: a frozen teacher of the encoder's architecture sees whole images, and the
/// encoder is kept near to what the teacher says of them.
public struct Distillation: RangedKeys, Equatable {
  /// How far apart the tokens of student and teacher are.
  public enum Distance: String, Codable, Sendable, CaseIterable {
    /// The mean of their squared differences (Lee et al., 2022).
    case meanSquared
    /// 1 − their cosine, the student's behind a linear layer of its own (Mendieta et al., 2023).
    case cosine
  }

  /// What the distance is multiplied by before it is added to the objective's own loss.
  public var weight = 1.0
  /// How far apart tokens are: meanSquared, or cosine behind a linear layer of the student's.
  public var distance = Distance.meanSquared
  /// A run or a weights file of the same architecture, of this library or another, whose encoder teaches; absent: the
  /// weights that the training starts from.
  public var teacher: String?

  /// The defaults.
  public init() {}

  /// What each number may be.
  public static let ranges: [String: KeyRange] = ["weight": .from(0, to: 1e6)]

  /// Decodes an object in which every key may be absent.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    weight = try keys.decodeIfPresent(Double.self, forKey: .weight) ?? weight
    distance = try keys.decodeIfPresent(Distance.self, forKey: .distance) ?? distance
    teacher = try keys.decodeIfPresent(String.self, forKey: .teacher)
  }

  /// Checks ranges, and that a teacher is one.
  ///
  /// - Throws: `Failure` that names the key.
  public func validate() throws(Failure) {
    try requireRanges(usual: .encoding(Distillation()))
    if let teacher {
      try requireOption(
        "teacher", "'\(teacher)'", !teacher.isEmpty, "give a run or a weights file, or leave it out")
    }
  }

  /// The same with the teacher's path as it is from any working folder.
  var withAbsolutePath: Distillation {
    var distillation = self
    distillation.teacher = teacher.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    return distillation
  }

  /// Where the student's linear layer is declared.
  static let projectionName = "distillation"
}
