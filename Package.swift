// swift-tools-version: 6.2
import PackageDescription

// Floors, lowest first; a target depends only on floors below its own (docs/architecture.md).
let package = Package(
  name: "Vitrail",
  products: [
    .library(name: "VisionTransformer", targets: ["VisionTransformer", "Tensors", "Imaging", "Platform"]),
    .library(name: "Records", targets: ["Records"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Pretraining", targets: ["Pretraining", "Optimization"]),
    .library(name: "Evaluation", targets: ["Evaluation"]),
    .library(name: "ONNX", targets: ["ONNX"]),
    .library(name: "Reports", targets: ["Reports"]),
    .executable(name: "vitrail", targets: ["VitrailCLI"]),
  ],
  traits: [
    .trait(
      name: "DoublePrecision",
      description: "Makes Scalar a Double, for gradient checks. Never needed to train."),
    .trait(name: "HEIF", description: "Reads HEIC and AVIF images. Needs libheif."),
    .trait(name: "DICOM", description: "Reads DICOM images. Needs DCMTK."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Floor 0
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    // Without libtiff its header is empty, and CTIFF says that there is none.
    .systemLibrary(name: "CLibTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
    .target(name: "CTIFF", dependencies: ["CLibTIFF"]),
    // Where libwebp is not installed, pkg-config finds nothing, and the package builds without it.
    .systemLibrary(name: "CLibWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .target(name: "CWebP", dependencies: ["CLibWebP"]),
    // A shim compiles to stubs without its trait, and nothing of the library is needed then.
    .target(
      name: "CHEIF", cSettings: [.define("VITRAIL_HEIF", .when(traits: ["HEIF"]))],
      linkerSettings: [.linkedLibrary("heif", .when(traits: ["HEIF"]))]),
    .target(
      name: "CDICOM", cxxSettings: [.define("VITRAIL_DICOM", .when(traits: ["DICOM"]))],
      linkerSettings: ["dcmdata", "dcmjpeg", "dcmjpls", "ofstd", "oflog"].map {
        .linkedLibrary($0, .when(traits: ["DICOM"]))
      }),
    .target(
      name: "CVectorKernels",
      cSettings: [.define("VITRAIL_DOUBLE", .when(traits: ["DoublePrecision"]))]),
    .target(name: "CImageKernels"),
    .target(name: "CSystemCalls"),
    .target(name: "CRecipes"),
    .target(name: "Platform", dependencies: ["CSystemCalls"]),

    // Floor 1
    .target(name: "Tensors", dependencies: ["COpenBLAS", "CVectorKernels", "CSystemCalls", "Platform"]),
    .target(
      name: "Imaging",
      dependencies: [
        "CPNG", "CJPEG", "CTIFF", "CWebP", "CHEIF", "CDICOM", "CImageKernels", "Platform",
      ]),
    .target(name: "Records", dependencies: ["Platform"]),

    // Floor 2
    .target(name: "Datasets", dependencies: ["Tensors", "Imaging", "Records", "Platform", "CZlib"]),
    .target(name: "VisionTransformer", dependencies: ["Tensors", "Imaging", "Platform", "CZlib"]),
    .target(name: "Optimization", dependencies: ["Tensors", "Platform"]),

    // Floor 3
    .target(
      name: "Pretraining",
      dependencies: [
        "Optimization", "VisionTransformer", "Datasets", "Tensors", "Imaging", "Records", "Platform",
        "CRecipes", "Yams",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "Evaluation",
      dependencies: [
        "Optimization", "VisionTransformer", "Datasets", "Tensors", "Imaging", "Records", "Platform",
      ]),
    .target(name: "Reports", dependencies: ["Imaging", "Records", "Platform"]),
    .target(name: "ONNX", dependencies: ["VisionTransformer", "Tensors", "Imaging", "Platform"]),

    // Floor 4
    .plugin(name: "RecordCommit", capability: .buildTool()),
    .executableTarget(
      name: "VitrailCLI",
      dependencies: [
        "Pretraining", "Evaluation", "Reports", "ONNX", "Optimization", "VisionTransformer", "Datasets",
        "Tensors",
        "Imaging", "Records", "Platform", "CSystemCalls",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      plugins: ["RecordCommit"]),

    .target(
      name: "TestSupport", dependencies: ["VisionTransformer", "Tensors", "Platform"], path: "Tests/Support"),
    // What tests import they name: a build that knows of no dependency leaves old objects beside new layouts.
    .testTarget(name: "PlatformTests", dependencies: ["Platform"]),
    .testTarget(name: "RecordsTests", dependencies: ["Records", "Platform", "TestSupport"]),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "Platform", "CVectorKernels", "TestSupport"],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "Platform", "CImageKernels", "CZlib"],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "DatasetsTests",
      dependencies: ["Datasets", "Tensors", "Imaging", "Records", "Platform", "CZlib", "TestSupport"],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "VisionTransformerTests",
      dependencies: ["VisionTransformer", "Tensors", "Imaging", "Platform", "CZlib", "TestSupport"],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "OptimizationTests", dependencies: ["Optimization", "Tensors", "Platform", "TestSupport"]),
    .testTarget(
      name: "PretrainingTests",
      dependencies: [
        "Pretraining", "Optimization", "VisionTransformer", "Datasets", "Tensors", "Imaging", "Records",
        "Platform",
        "TestSupport",
      ], resources: [.copy("Golden")]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "VisionTransformer", "Datasets", "Tensors", "Imaging", "Records", "Platform",
      ],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Imaging", "Records", "Platform", "TestSupport"]),
    .testTarget(
      name: "ONNXTests",
      dependencies: ["ONNX", "VisionTransformer", "Tensors", "Imaging", "Platform", "TestSupport"]),
    .testTarget(
      name: "VitrailCLITests",
      dependencies: [
        "VitrailCLI", "Pretraining", "Reports", "VisionTransformer", "Tensors", "Imaging", "Platform",
        "TestSupport",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// `Scripts/check MODULE` builds the tests of that module alone.
if let module = Context.environment["VITRAIL_CHECKED_MODULE"] {
  package.targets.removeAll { $0.type == .test && $0.name != "\(module)Tests" }
}
