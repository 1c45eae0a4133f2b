import Platform
import Tensors

extension ObjectivePlan {
  /// The plan of an objective that compares two views of each image, of the encoder's size, with those of other images.
  init<O: BatchObjective>(comparingPairsOf objective: O, _ grid: PatchGrid) {
    self.init(of: O.self)
    batchObjective = objective
    checkViews = { views, place throws(Failure) in
      guard views.count == 2, views.allSatisfy({ $0 == grid }) else {
        throw Failure(
          "\(views.count) views of each image, where \(O.name) takes two of the model's size", at: place,
          mend: "leave data.views out, list {count: 2, augmentations: …}, or two entries of one view")
      }
    }
    checkBatchSize = { count, place throws(Failure) in
      guard count > 1 else {
        throw Failure(
          "a batch of \(count), in which \(O.name) has no other image to tell a view's from: its loss is 0 for ever",
          at: place, mend: "set train.batchSize to 2 or more; 256 is usual")
      }
    }
  }
}
