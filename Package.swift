// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// What every target of this package is compiled with: nothing implicit, warnings are errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// The program carries Swift's libraries: it starts sooner, takes 5 MB less, and runs where no Swift is installed.
let standalone = ["-static-stdlib"]
let isRelease = BuildSettingCondition.when(platforms: [.linux], configuration: .release)

/// Inflates gzip several times as fast as zlib; used where it is installed (Debian: libisal-dev).
let isal =
  FileManager.default.fileExists(atPath: "/usr/include/isa-l/igzip_lib.h")
  ? [Target.systemLibrary(name: "CIsal", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])])]
  : []

let package = Package(
  name: "logtriage",
  products: [.executable(name: "logtriage", targets: ["logtriage"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: isal + [
    .target(name: "LogEvents", swiftSettings: strict),
    .systemLibrary(name: "CByteMasks"),
    .systemLibrary(name: "CMalloc"),
    .target(
      name: "LogFormats", dependencies: ["LogEvents", "CByteMasks"],
      swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "LogIntake", dependencies: ["CZlib"] + isal.map { .target(name: $0.name) },
      swiftSettings: strict),
    .target(name: "Correlator", dependencies: ["LogEvents"], swiftSettings: strict),
    .target(name: "Playbooks", dependencies: ["Correlator", "LogEvents"], swiftSettings: strict),
    .target(
      name: "Reports",
      dependencies: [
        "Playbooks", "Correlator", "LogEvents",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [
        .embedInCode("Templates/page.mustache"), .embedInCode("Templates/page.css"),
        .embedInCode("Templates/page.js"),
      ],
      swiftSettings: strict),
    .target(
      name: "Pipeline",
      dependencies: ["LogIntake", "LogFormats", "Correlator", "LogEvents", "CMalloc"],
      swiftSettings: strict),
    .target(
      name: "LogListener",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "logtriage",
      dependencies: [
        "LogIntake", "LogListener", "LogFormats", "Correlator", "Playbooks", "Reports", "Pipeline",
        "LogEvents",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict + [.unsafeFlags(standalone, isRelease)],
      linkerSettings: [.unsafeFlags(standalone, isRelease)]),
    .executableTarget(
      name: "generate-logs", path: "Tests/Performance/Generator", swiftSettings: strict),
    .testTarget(name: "LogEventsTests", dependencies: ["LogEvents"], swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["LogFormats", "LogEvents", "CZlib"],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "LogFormatsTests", dependencies: ["LogFormats", "LogEvents", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "LogListenerTests",
      dependencies: [
        "LogListener", .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LogIntakeTests", dependencies: ["LogIntake", "CZlib", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CorrelatorTests", dependencies: ["Correlator", "LogEvents", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PlaybooksTests", dependencies: ["Playbooks", "Correlator", "LogEvents"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Reports", "Playbooks", "Correlator", "LogEvents", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Pipeline", "LogIntake", "LogFormats", "Correlator", "LogEvents", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LogtriageTests", dependencies: ["logtriage", "TestSupport"], swiftSettings: strict),
  ]
)
