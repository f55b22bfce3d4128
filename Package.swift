// swift-tools-version: 6.2
// Lathe: one photograph into 3D. Targets are listed so that each imports only from rows above it.

import Foundation
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The kernels stay optimised in debug builds: SwiftPM puts target flags after its own `-O0`.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-Wall", "-Wextra"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    // Fixtures are found by path, not bundled.
    let fixtures = "Tests/\(name)Tests/Fixtures"
    let hasFixtures = FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(fixtures)")
    return .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        exclude: hasFixtures ? ["Fixtures"] : [],
        swiftSettings: strict)
}

func systemLibrary(_ name: String, pkgConfig: String, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
    name: "lathe",
    products: [
        .executable(name: "lathe", targets: ["lathe"]),
        .library(name: "Lathe", targets: ["Lathe"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C and system libraries
        .target(name: "CKernels", cSettings: kernelSettings),
        systemLibrary("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
        systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
        .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CGIF", linkerSettings: [.linkedLibrary("gif")]),

        // Arrays, pictures, files
        library("Arrays", ["CKernels", "COpenBLAS"]),
        library("Files", ["CKernels"]),
        library("Images", ["Arrays", "Files", "CPNG", "CJPEG", "CGIF"]),
        library("Checkpoints", ["Arrays", "Files"]),
        library("Tokenizers", ["Files", "CZlib"]),
        library("Meshes", ["Arrays", "Files", "Images"]),
        library("Compositing", ["Arrays", "Images"]),

        // Differentiation and layers
        library("Autograd", ["Arrays"]),
        library("Layers", ["Autograd", "Checkpoints"]),

        // Models
        library("SegmentAnything", ["Layers", "Images"]),
        library("CLIP", ["Layers", "Images", "Tokenizers"]),
        library("BLIP", ["Layers", "Images", "Tokenizers"]),
        library("LaMa", ["Layers", "Images"]),
        library("StableDiffusion", ["Layers", "CLIP", "Images", "Tokenizers"]),

        // Fields
        library("Toybox", ["Arrays", "CKernels", "Checkpoints", "Images"]),
        library("Radiance", ["Arrays", "CKernels", "Checkpoints", "Files", "Images"]),
        library("Datasets", ["Arrays", "Checkpoints", "Files", "Images", "Meshes", "Toybox"]),

        // Training
        library(
            "Distillation",
            ["Arrays", "Autograd", "Checkpoints", "CLIP", "Images", "Layers", "Radiance", "StableDiffusion"]),

        // Composition
        library(
            "Lathe",
            [
                "Distillation", "SegmentAnything", "BLIP", "CLIP", "LaMa", "StableDiffusion",
                "Radiance", "Meshes", "Compositing", "Images",
                "Checkpoints", "Tokenizers", "Arrays", "Files", yams,
            ]),

        // Measuring
        library(
            "Evaluation",
            ["Lathe", "Compositing", "Toybox", "Radiance", "Images", "Files", "Arrays", yams]),

        // Timing
        library(
            "Bench",
            [
                "Arrays", "Autograd", "Checkpoints", "Tokenizers", "SegmentAnything", "CLIP", "BLIP",
                "LaMa", "StableDiffusion", "Radiance", "Distillation", "Images", "Toybox", "Lathe",
            ], exclude: ["NOTES.md"]),

        // Programs
        .target(
            name: "LatheCommands",
            dependencies: [
                "Lathe", "Evaluation", "Bench", "Datasets", "Distillation", "StableDiffusion", "Toybox",
                "Radiance", "Files", "Arrays", argumentParser,
            ],
            path: "Sources/lathe-cli", swiftSettings: strict),
        // A new commit compiles these two anew: they are small.
        .target(name: "Revision", swiftSettings: strict, plugins: ["NameRevision"]),
        .plugin(name: "NameRevision", capability: .buildTool(), path: "Sources/NameRevision"),
        .executableTarget(
            name: "lathe", dependencies: ["Lathe", "LatheCommands", "Revision", argumentParser],
            swiftSettings: strict),

        // Tests
        .target(
            name: "TestSupport", dependencies: ["Arrays", "Autograd", "Checkpoints", "TestTier"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(name: "TestTier", path: "Tests/TestTier"),
    ] + [
        tests(of: "Files", ["CKernels"]), tests(of: "Arrays"), tests(of: "Images"), tests(of: "Checkpoints"),
        tests(of: "Tokenizers"),
        tests(of: "Meshes", ["Images"]), tests(of: "Compositing", ["Arrays", "Images"]),
        tests(of: "Autograd"),
        tests(of: "Layers"), tests(of: "Bench", ["Arrays", "Lathe"]),
        tests(of: "SegmentAnything", ["Images"]),
        tests(of: "CLIP"), tests(of: "BLIP"), tests(of: "LaMa"), tests(of: "StableDiffusion"),
        tests(of: "Toybox", ["Arrays", "Checkpoints", "Images"]),
        tests(of: "Datasets", ["Arrays", "Checkpoints", "Images", "Meshes", "Toybox"]),
        tests(of: "Radiance", ["Images"]), tests(of: "Distillation", ["Radiance", "StableDiffusion"]),
        tests(
            of: "Lathe",
            [
                "Arrays", "Compositing", "Distillation", "Evaluation", "Images", "LaMa", "Meshes", "Radiance",
                "StableDiffusion", "Toybox",
            ]),
        tests(
            of: "Evaluation",
            [
                "Arrays", "Compositing", "Distillation", "Images", "Lathe", "Meshes", "Radiance",
                "StableDiffusion",
                "Toybox",
            ]),
        .testTarget(
            name: "CommandLineTests", dependencies: ["TestSupport", "Arrays", "Images", "Radiance"],
            exclude: ["Help"],
            swiftSettings: strict),
        // Real sizes, against checkpoints that its scripts make; skipped without them.
        .testTarget(
            name: "ReferenceTests",
            dependencies: [
                "StableDiffusion", "CLIP", "SegmentAnything", "BLIP", "LaMa", "Images", "TestSupport",
            ],
            path: "Tests/Reference",
            exclude: ["peers", "stable_diffusion.py", "perception.py", "lama.py", "opencv_inpainting.py"],
            swiftSettings: strict),
    ]
)
