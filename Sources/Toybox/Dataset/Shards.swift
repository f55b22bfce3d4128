// Datasets as numbered shards in a folder.

import Arrays
import Checkpoints
import Foundation

/// The contents of a dataset.
public enum ToyDatasetKind: String, Sendable, CaseIterable { case views, scenes, captions, pictures }

/// Writes training data in shards, each complete when its file appears.
public struct ToyDataset: Sendable {
    public var kind: ToyDatasetKind
    public var split: ToySplit
    public var count: Int
    public var seed: UInt64
    public var shardSize: Int
    /// Number of the first file, to continue in a folder that contains shards.
    public var firstShard = 0

    public init(kind: ToyDatasetKind, split: ToySplit, count: Int, seed: UInt64, shardSize: Int = 4000) {
        precondition(count > 0 && shardSize > 0, "ToyDataset: count \(count), shard size \(shardSize)")
        (self.kind, self.split, self.count, self.seed, self.shardSize) = (kind, split, count, seed, shardSize)
    }

    public var shardCount: Int { (count + shardSize - 1) / shardSize }

    /// Writes shard `index` into `folder` and returns its path.
    ///
    /// - Throws: a one-line error if the file cannot be written.
    public func write(shard index: Int, into folder: String) throws -> String {
        precondition(0..<shardCount ~= index, "ToyDataset: shard \(index) of \(shardCount)")
        let range = (index * shardSize)..<min((index + 1) * shardSize, count)
        let (tensors, metadata) =
            switch kind {
            case .views: try ViewSamples.shard(range, seed: seed << 32, split: split)
            case .scenes: try SceneSamples.shard(range, seed: seed << 32, split: split)
            case .captions: try CaptionSamples.shard(range, seed: seed << 32, split: split)
            case .pictures: try PictureSamples.shard(range, seed: seed << 32, split: split)
            }
        let path = Shards.path(firstShard + index, in: folder)
        try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
        return path
    }
}

package enum Shards {
    /// The path of shard `number` of a folder.
    package static func path(_ number: Int, in folder: String) -> String {
        let digits = String(number)
        return folder + "/shard-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
            + ".safetensors"
    }

    /// `count` results computed on all cores, in order.
    package static func parallel<T: Sendable>(_ count: Int, _ make: @Sendable (Int) -> T?) -> [T?] {
        var results = [T?](repeating: nil, count: count)
        results.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let base = buffer.baseAddress
            parallelFor(count, chunk: 1) { range in
                for i in range { base?[i] = make(i) }
            }
        }
        return results
    }

    /// Objects `range` of the sequence of `seed`; the share `compositions` of them has no class.
    static func objects(numbered range: Range<Int>, seed: UInt64, split: ToySplit, compositions: Float) throws
        -> [ToyObject]
    {
        // Without a class name `make` cannot throw.
        try parallel(range.count) {
            try? ToyObject.make(
                seed: seed &+ UInt64(range.lowerBound + $0), split: split, compositions: compositions)
        }
        .enumerated().map { i, object in
            guard let object else {
                throw ToyError("object \(range.lowerBound + i) of seed \(seed) could not be made")
            }
            return object
        }
    }

    package static func metadata(captions: [Any], surroundings: [Any] = []) throws -> [String: String] {
        var metadata = ["captions": try json(captions), "classes": try json(ToyObject.classNames)]
        if !surroundings.isEmpty { metadata["surroundings"] = try json(surroundings) }
        return metadata
    }

    static func json(_ value: Any) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]), as: UTF8.self
        )
    }
}
