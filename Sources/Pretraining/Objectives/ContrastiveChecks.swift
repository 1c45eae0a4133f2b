import Platform
import Tensors

/// Refuses views that are not two of the encoder's size.
func requirePair(
  _ views: [PatchGrid], of grid: PatchGrid, for objective: String, at place: String
) throws(Failure) {
  guard views.count == 2, views.allSatisfy({ $0 == grid }) else {
    throw Failure(
      "\(views.count) views of each image, where \(objective) takes two of the model's size", at: place,
      mend: "leave data.views out, list {count: 2, augmentations: …}, or two entries of one view")
  }
}

/// Refuses batches in which no image has another to be told apart from.
func requireOthers(_ batchSize: Int, for objective: String, at place: String) throws(Failure) {
  guard batchSize > 1 else {
    throw Failure(
      "a batch of \(batchSize), in which \(objective) has no other image to tell a view's from: its loss is 0 for ever",
      at: place, mend: "set train.batchSize to 2 or more; 256 is usual")
  }
}
