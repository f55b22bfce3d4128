// `lathe toybox`: the project's own world of objects, as pictures, scenes and training data.

public import ArgumentParser
import Arrays
import Evaluation
import Files
import Foundation
import Images
import Lathe
public import Toybox

struct ToyboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toybox",
        abstract: "Make objects, scenes and training data of the procedural toy world.",
        subcommands: [
            ToyboxRender.self, ToyboxSheet.self, ToyboxScene.self, ToyboxCapture.self, ToyboxDataset.self,
        ])
}

/// Refuses a value out of range.
private func require<Value: Comparable>(_ option: String, _ value: Value, _ range: ClosedRange<Value>) throws
{
    guard range ~= value else {
        throw ValidationError("--\(option) must lie in \(range.lowerBound)...\(range.upperBound)")
    }
}

/// Refuses directions that are none.
private func requireAngles(_ azimuth: Float, _ elevation: Float) throws {
    try require("azimuth", azimuth, -36_000...36_000)
    try require("elevation", elevation, -90...90)
}

extension ToySplit: ExpressibleByArgument {}
extension ToyDatasetKind: ExpressibleByArgument {}

struct ToyboxRender: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "render", abstract: "Render one object.")

    @Option(name: .customLong("class"), help: "Class of the object; drawn from the seed if left out.")
    var className: String?
    @Option(help: "Seed of the object.") var seed: UInt64 = 0
    @Option(help: "Half of the world: train or heldout.") var split: ToySplit = .heldOut
    @Option(help: "Degrees; 0 is the front, growing counter-clockwise seen from above.") var azimuth: Float =
        30
    @Option(help: "Degrees above the horizon.") var elevation: Float = 15
    @Option(help: "Side of the picture in pixels.") var size = 256
    @Option(name: .shortAndLong, help: "The picture to write.") var output: String
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try require("size", size, 8...4096)
        try requireAngles(azimuth, elevation)
    }

    func run() throws {
        let console = try common.start()
        let object = try ToyObject.make(seed: seed, split: split, className: className)
        let picture = ToyRenderer.render(
            object, camera: ToyCamera(azimuth: azimuth, elevation: elevation), width: size, height: size)
        try picture.image.savePNG(output)
        try console.result("\(object.caption) (\(object.className)) in \(output)")
    }
}

struct ToyboxSheet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet", abstract: "Render a contact sheet: a row of objects of every class.")

    @Option(help: "First seed.") var seed: UInt64 = 0
    @Option(help: "Side of one picture in pixels.") var size = 96
    @Option(help: "Objects per class.") var objects = 3
    @Option(help: "Views per object.") var views = 4
    @Option(help: "Classes side by side.") var columns = 1
    @Option(help: "Only this class.") var only: String?
    @Option(name: .shortAndLong, help: "The picture to write.") var output: String
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try require("size", size, 8...1024)
        try require("objects", objects, 1...100)
        try require("views", views, 1...100)
        try require("columns", columns, 1...100)
        try require("seed", seed, 0...UInt64.max - 100)
        let classes = only == nil ? ToyObject.classNames.count : 1
        let rows = (classes + columns - 1) / columns
        guard objects * views * columns * rows * size * size <= ImageFile.pixelLimit else {
            throw ValidationError(
                "the sheet would have more than \(ImageFile.pixelLimit) pixels; lower --size")
        }
    }

    func run() throws {
        let console = try common.start()
        let sheet = try ToySheet.render(
            classes: only.map { [$0] } ?? ToyObject.classNames, seed: seed, objects: objects, views: views,
            size: size,
            columns: columns)
        try sheet.image.savePNG(output)
        try console.result("\(sheet.width)x\(sheet.height) in \(output)")
    }
}

struct ToyboxScene: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scene",
        abstract: "Make an example scene: a photograph of one object with its ground truth.")

    @Option(name: .customLong("class"), help: "Class of the object; drawn from the seed if left out.")
    var className: String?
    @Option(help: "Seed of the object.") var seed: UInt64 = 0
    @Option(help: "Half of the world: train or heldout.") var split: ToySplit = .heldOut
    @Option(help: "Degrees from which the photograph sees the object.") var azimuth: Float = 25
    @Option(help: "Degrees above the horizon.") var elevation: Float = 13
    @Option(help: "Side of the photograph in pixels.") var size = 512
    @Option(help: "Seed of the surroundings.") var arrangement: UInt64 = 0
    @Option(name: .shortAndLong, help: "The folder to write.") var output: String
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try require("size", size, 32...4096)
        try requireAngles(azimuth, elevation)
    }

    func run() throws {
        let console = try common.start()
        let photograph = try ToyPhotograph.make(
            seed: seed, split: split, className: className, azimuth: azimuth, elevation: elevation,
            size: size,
            arrangement: arrangement)
        try writeFolder(output) { folder in
            try photograph.scene.photograph.savePNG("\(folder)/photo.png")
            try photograph.scene.mask(of: 0).savePNG("\(folder)/mask.png")
            try writeFile(photograph.sceneFile(arrangement: arrangement), to: "\(folder)/scene.yaml")
        }
        try console.result("\(photograph.object.caption) in \(output)")
    }
}

struct ToyboxCapture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Photograph one object from all round, as a folder for lathe fit.",
        discussion: """
            The folder has the layout of NeRF-synthetic; its test views are none of the training views.
            Example: lathe toybox capture --class castle -o Renders/castle && lathe fit Renders/castle -o Renders/fit
            """)

    @Option(name: .customLong("class"), help: "Class of the object; drawn from the seed if left out.")
    var className: String?
    @Option(help: "Seed of the object.") var seed: UInt64 = 0
    @Option(help: "Half of the world: train or heldout.") var split: ToySplit = .heldOut
    @Option(help: "Pictures to fit to.") var train = 50
    @Option(help: "Pictures to be judged by.") var test = 10
    @Option(help: "Side of a picture in pixels.") var size = 160
    @Option(name: .shortAndLong, help: "The folder to write.") var output: String
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard 1...10_000 ~= train, 1...10_000 ~= test else {
            throw ValidationError("--train and --test must lie in 1...10000")
        }
        guard 8...4096 ~= size else { throw ValidationError("--size must lie in 8...4096") }
    }

    func run() throws {
        let console = try common.start()
        let object = try ToyObject.make(seed: seed, split: split, className: className)
        try ToyCapture(train: train, test: test, size: size).write(object, into: output)
        try console.result("\(object.caption): \(train) + \(test) pictures in \(output)")
    }
}

struct ToyboxDataset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Write training data as safetensors shards.")

    @Option(help: "What to make: views, scenes, captions or pictures.") var kind: ToyDatasetKind
    @Option(help: "Half of the world: train or heldout.") var split: ToySplit = .train
    @Option(help: "Number of samples.") var count = 1000
    @Option(help: "Seed of the stream of objects.") var seed: UInt64 = 0
    @Option(name: .customLong("shard-size"), help: "Samples per file.") var shardSize = 4000
    @Option(name: .customLong("first-shard"), help: "Number of the first file.") var firstShard = 0
    @Option(name: .shortAndLong, help: "The folder to write into.") var output: String
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try require("count", count, 1...100_000_000)
        try require("shard-size", shardSize, 1...100_000)
        try require("first-shard", firstShard, 0...1_000_000)
        guard seed < 1 << 31 else { throw ValidationError("--seed must be below 2147483648") }
    }

    func run() throws {
        let console = try common.start()
        var dataset = ToyDataset(kind: kind, split: split, count: count, seed: seed, shardSize: shardSize)
        dataset.firstShard = firstShard
        let start = Date()
        try Disk.inFolder(output) {
            for shard in 0..<dataset.shardCount {
                let path = try dataset.write(shard: shard, into: output)
                let done = min((shard + 1) * shardSize, count)
                let rate = Double(done) / Date().timeIntervalSince(start)
                try console.result("\(path): \(done) of \(count), \(Int(clamped: rate)) samples/s")
            }
        }
    }
}
