import CZlib
import Foundation
import Platform

/// The members of an archive that `torch.save` wrote: `<top>/data.pkl`, `<top>/data/<key>`, `<top>/byteorder`, ….
struct PyTorchArchive {
  /// The pickle, which is as its checksum says.
  let pickle: [UInt8]
  private let directory: ZipDirectory
  private let top: String
  private let fileSize: Int
  private let path: String

  init(_ data: Data, at path: String) throws(Failure) {
    directory = try ZipDirectory(data, at: path)
    let members = directory.members
    let tops = members.keys.filter { $0.hasSuffix("/data.pkl") }.map { $0.dropLast("/data.pkl".count) }
      .filter { !$0.contains("/") }
    guard tops.count == 1, let top = tops.first.map(String.init), let member = members["\(top)/data.pkl"]
    else {
      throw Failure(
        "a zip archive with \(tops.count) pickles of PyTorch ('<name>/data.pkl'), where one is wanted",
        at: path,
        mend: "give the file that torch.save(model.state_dict(), FILE) writes")
    }
    if members["\(top)/constants.pkl"] != nil
      || members.keys.contains(where: { $0.hasPrefix("\(top)/code/") })
    {
      throw Failure(
        "a TorchScript archive (torch.jit.save): a program, not weights alone", at: path,
        mend: "save its weights: torch.save(torch.jit.load(FILE).state_dict(), NEW)")
    }
    if let order = members["\(top)/byteorder"], !data[order.range].elementsEqual("little".utf8) {
      throw Failure(
        "a PyTorch file whose numbers are in the order of a big-endian machine", at: path,
        mend: "save it again on another machine: torch.save(torch.load(FILE, weights_only=True), FILE)")
    }
    // Checksums of tensors are not checked: that would read the whole file, of which torch itself checks none.
    pickle = [UInt8](data[member.range])
    let checksum = pickle.withUnsafeBytes { crc32_z(0, $0.baseAddress, $0.count) }
    guard member.checksum == 0 || UInt(member.checksum) == checksum else {
      throw Failure(
        "the PyTorch file is damaged: its pickle is not the one that its checksum was taken of", at: path,
        mend: "take another copy of the file, or save it anew with torch.save")
    }
    (self.top, fileSize, self.path) = (top, data.count, path)
  }

  /// A tensor of the pickle with the place of its bytes.
  ///
  /// - Throws: `Failure` when it does not lie in them.
  func entry(_ name: String, _ tensor: PyTorchTensor) throws(Failure) -> PyTorchFile.Entry {
    func refuse(_ why: String) -> Failure {
      Failure(
        "not a whole PyTorch file: the tensor '\(name)' \(why)", at: path,
        mend: "take another copy of the file, or save it anew with torch.save")
    }
    let storage = tensor.storage
    guard let member = directory.members["\(top)/data/\(storage.key)"] else {
      throw refuse("is in the member '\(top)/data/\(storage.key)', which is not there")
    }
    let (size, isTooLarge) = storage.count.multipliedReportingOverflow(by: storage.type?.width ?? 1)
    guard storage.count >= 0, !isTooLarge, size <= member.range.count else {
      throw refuse(
        "is in a storage of \(storage.count) numbers, which its member of \(member.range.count) bytes does not hold"
      )
    }
    guard
      let layout = StridedLayout(
        shape: tensor.shape, strides: tensor.strides, offset: tensor.offset,
        storageCount: size / tensor.type.width)
    else {
      throw refuse(
        "of shape \(tensor.shape), strides \(tensor.strides) and offset \(tensor.offset) does not lie in its storage"
      )
    }
    // An expanded tensor has the same element in many places.
    guard layout.count <= fileSize else {
      throw refuse("has \(layout.count) elements, in a file of \(fileSize) bytes")
    }
    return PyTorchFile.Entry(
      dtype: tensor.type.rawValue, shape: tensor.shape, storage: member.range, layout: layout)
  }
}
