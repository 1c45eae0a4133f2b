// swift-tools-version: 6.2
import PackageDescription

let traits = Set(
  (Context.environment["VITRAIL_TRAITS"] ?? "").split(separator: ",")
    .map { Package.Dependency.Trait(stringLiteral: String($0)) })

// A package of its own, so that the address sanitizer is in no other build. Scripts/fuzz runs it.
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "Vitrail", path: "..", traits: traits)],
  targets: [
    .executableTarget(name: "Fuzz", dependencies: [.product(name: "VisionTransformer", package: "Vitrail")])
  ],
  swiftLanguageModes: [.v6]
)
