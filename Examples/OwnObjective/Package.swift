// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "OwnObjective",
  dependencies: [.package(name: "Vitrail", path: "../..")],
  targets: [
    .executableTarget(
      name: "OwnObjective",
      dependencies: [
        .product(name: "Pretraining", package: "Vitrail"),
        .product(name: "VisionTransformer", package: "Vitrail"),
      ])
  ]
)
