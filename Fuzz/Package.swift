// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the address sanitizer is in no other build. Scripts/fuzz runs it.
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "Vitrail", path: "..")],
  targets: [
    .executableTarget(name: "Fuzz", dependencies: [.product(name: "VisionTransformer", package: "Vitrail")])
  ],
  swiftLanguageModes: [.v6]
)
