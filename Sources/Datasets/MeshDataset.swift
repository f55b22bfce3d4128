// A dataset of mesh samples as numbered shards in a folder.

import Checkpoints
import Foundation
import Images
package import Toybox

/// Writes `views` shards of the meshes of a folder.
package struct MeshDataset: Sendable {
    package let samples: MeshViewSamples
    package let split: ToySplit
    package let seed: UInt64

    /// - Parameters:
    ///   - meshes: A folder of meshes; see `MeshLibrary`.
    ///   - surroundings: A folder of equirectangular JPEG or PNG pictures for light and surfaces; nil for none.
    /// - Throws: `DatasetError`, `ImageError` in one line.
    package init(
        meshes: String, surroundings: String?, split: ToySplit, seed: UInt64, inputSize: Int, viewSize: Int
    ) throws {
        let library = try MeshLibrary(folder: meshes, split: split)
        var pictures: [Image] = []
        if let surroundings {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: surroundings)) ?? []
            let paths = names.sorted().filter {
                ["jpg", "jpeg", "png"].contains(($0 as NSString).pathExtension)
            }
            guard !paths.isEmpty else {
                throw DatasetError("\(surroundings): holds no panorama (.jpg or .png, equirectangular)")
            }
            pictures = try paths.map { try ImageFile(path: surroundings + "/" + $0).image }
        }
        let panoramas = pictures.map(Panorama.init)
        samples = MeshViewSamples(
            variation: MeshVariation(library: library, photographs: panoramas.map(\.picture)),
            panoramas: panoramas, inputSize: inputSize, viewSize: viewSize)
        self.split = split
        self.seed = seed
    }

    /// Writes samples `range` as shard `number` of `folder` and returns its path.
    package func write(_ range: Range<Int>, number: Int, into folder: String) throws -> String {
        let (tensors, metadata) = try samples.shard(range, seed: seed << 32, split: split)
        let path = Shards.path(number, in: folder)
        try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
        return path
    }
}
