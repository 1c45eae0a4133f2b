// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "FineTuneHead",
  dependencies: [.package(name: "Vitrail", path: "../..")],
  targets: [
    .executableTarget(
      name: "FineTuneHead", dependencies: [.product(name: "VisionTransformer", package: "Vitrail")])
  ]
)
