// `lathe dataset`: training data from folders of meshes.

import ArgumentParser
import Arrays
import Datasets
import Foundation
import Lathe
import Toybox

struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset",
        abstract: "Make training data from meshes and panoramas of places.",
        subcommands: [DatasetViews.self])
}

struct DatasetViews: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "views",
        abstract: "One picture of an object and eight posed views of it per sample, as safetensors shards.",
        discussion: """
            The layout is that of lathe toybox dataset --kind views, with the lens (field of view, roll) and the views \
            without light beside it. A split.json in the folder of meshes, {"train": {path: words}, "heldout": …}, says \
            which files belong to which half.
            Example: lathe dataset views --meshes meshes --surroundings panoramas --count 20000 -o data/real
            """)

    @Option(help: "Folder of .glb, .obj or .ply files.") var meshes: String
    @Option(help: "Folder of equirectangular pictures for light and surfaces.") var surroundings: String?
    @Option(help: "Half of the meshes: train or heldout.") var split: ToySplit = .train
    @Option(help: "Number of samples.") var count = 1000
    @Option(help: "Seed of the stream of samples.") var seed: UInt64 = 0
    @Option(name: .customLong("input-size"), help: "Side of the input picture in pixels.") var inputSize = 64
    @Option(name: .customLong("view-size"), help: "Side of a view in pixels.") var viewSize = 48
    @Option(name: .customLong("shard-size"), help: "Samples per file.") var shardSize = 2000
    @Option(name: .customLong("first-shard"), help: "Number of the first file.") var firstShard = 0
    @Option(name: .shortAndLong, help: "The folder to write into.") var output: String
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard 1...100_000_000 ~= count, 1...100_000 ~= shardSize, 0...1_000_000 ~= firstShard else {
            throw ValidationError(
                "--count must lie in 1...100000000, --shard-size in 1...100000, --first-shard in 0...1000000")
        }
        guard 8...1024 ~= inputSize, 8...1024 ~= viewSize else {
            throw ValidationError("--input-size and --view-size must lie in 8...1024")
        }
        guard seed < 1 << 31 else { throw ValidationError("--seed must be below 2147483648") }
    }

    func run() throws {
        let console = try common.start()
        let dataset = try MeshDataset(
            meshes: meshes, surroundings: surroundings, split: split, seed: seed, inputSize: inputSize,
            viewSize: viewSize)
        let start = Date()
        try Disk.inFolder(output) {
            for (number, first) in stride(from: 0, to: count, by: shardSize).enumerated() {
                let range = first..<min(first + shardSize, count)
                let path = try dataset.write(range, number: firstShard + number, into: output)
                let rate = Double(range.upperBound) / Date().timeIntervalSince(start)
                try console.result(
                    "\(path): \(range.upperBound) of \(count), \(Int(clamped: rate * 9)) pictures/s")
            }
        }
    }
}
