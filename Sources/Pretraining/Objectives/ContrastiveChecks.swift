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
