// Shards: names, types, shapes, captions; the same bytes whatever the number of threads.

import Arrays
import Checkpoints
import Foundation
import TestSupport
import Testing
import Toybox

@Suite struct DatasetTests {
    private func write(
        _ kind: ToyDatasetKind, count: Int, into folder: String, split: ToySplit = .train
    ) throws -> SafetensorsFile {
        let dataset = ToyDataset(kind: kind, split: split, count: count, seed: 5, shardSize: count)
        return try SafetensorsFile(path: try dataset.write(shard: 0, into: folder))
    }

    private func captions(_ file: SafetensorsFile) throws -> [Any] {
        let text = try #require(file.metadata["captions"])
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any])
    }

    @Test func viewsHaveTheirShapes() throws {
        try withTemporaryFolder { folder in
            let file = try write(.views, count: 5, into: folder)
            #expect(file.path.hasSuffix("shard-00000.safetensors"))
            #expect(file.names == ["class", "input", "pose", "views", "window"])
            #expect(try file.shape(of: "input") == [5, 64, 64, 4])
            #expect(try file.shape(of: "views") == [5, 8, 48, 48, 4])
            #expect(try file.shape(of: "pose") == [5, 2])
            #expect(try file.shape(of: "window") == [5, 3])
            #expect(try file.integers("class").allSatisfy { $0 < ToyObject.classNames.count })
            let captions = try captions(file) as? [String]
            #expect(captions?.count == 5)
            // Two inputs per object.
            #expect(captions?[0] == captions?[1] && captions?[2] == captions?[3])
            let elevations = try file.array("pose").scalars.enumerated().filter { $0.offset % 2 == 1 }.map(
                \.element)
            #expect(elevations.allSatisfy { (-5...32).contains($0) })
            let windows = try file.array("window").scalars
            for i in 0..<5 {
                #expect(max(abs(windows[3 * i]), abs(windows[3 * i + 1])) < 0.6)
                #expect((0.5...3).contains(windows[3 * i + 2]), "magnification \(windows[3 * i + 2])")
            }
            let classes = try JSONSerialization.jsonObject(with: Data((file.metadata["classes"] ?? "").utf8))
            #expect(classes as? [String] == ToyObject.classNames)
        }
    }

    @Test func viewsGoRoundTheObject() {
        #expect((0..<8).map { ViewSamples.pose(ofView: $0).elevation } == [5, 30, 5, 30, 5, 30, 5, 30])
        #expect((0..<8).map { ViewSamples.pose(ofView: $0).azimuth } == [0, 45, 90, 135, 180, 225, 270, 315])
    }

    @Test func scenesAndCaptionsHaveTheirShapes() throws {
        try withTemporaryFolder { folder in
            let scenes = try write(.scenes, count: 2, into: folder)
            #expect(try scenes.shape(of: "image") == [2, 256, 256, 3])
            #expect(try scenes.shape(of: "ids") == [2, 256, 256])
            #expect(try scenes.shape(of: "boxes") == [2, 8, 4])
            #expect(try scenes.shape(of: "count") == [2])
            #expect(try captions(scenes).first as? [String: Any] != nil)
            let single = try write(.captions, count: 3, into: folder, split: .heldOut)
            #expect(try single.shape(of: "image") == [3, 128, 128, 3])
            #expect(try single.shape(of: "mask") == [3, 128, 128])
            let azimuths = try single.array("azimuth").scalars
            #expect(azimuths.count == 3 && Set(azimuths).count == 3)
            #expect(try captions(single).count == 3)
        }
    }

    @Test func bytesDoNotDependOnTheThreads() throws {
        try withTemporaryFolder { folder in
            let dataset = ToyDataset(kind: .views, split: .train, count: 4, seed: 8, shardSize: 4)
            let path = try dataset.write(shard: 0, into: folder)
            let first = try fileBytes(path), before = Threads.limit
            Threads.setLimit(1)
            defer { Threads.setLimit(before) }
            _ = try dataset.write(shard: 0, into: folder)
            #expect(try fileBytes(path) == first)
            #expect(try folderContents(folder).count == 1)
        }
    }

    @Test func unwritableFolderIsAnError() {
        #expect(throws: (any Error).self) {
            try ToyDataset(kind: .captions, split: .train, count: 1, seed: 1).write(
                shard: 0, into: "/nowhere/at/all")
        }
    }
}
