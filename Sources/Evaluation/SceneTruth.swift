// The ground truth of an example scene: object and camera, as named in `scene.yaml`.

import Foundation
import Lathe
import Toybox
import Yams

/// The object of a scene and the camera of its photograph.
struct SceneTruth {
    let scene: String
    let object: ToyObject
    /// The photograph's view of the object, degrees.
    let azimuth: Float
    let elevation: Float

    private struct File: Decodable {
        struct Generator: Decodable {
            var kind: String
            var className: String
            var seed: UInt64
            var split: String

            enum CodingKeys: String, CodingKey {
                case kind, seed, split
                case className = "class"
            }
        }

        struct Camera: Decodable {
            var azimuth: Float
            var elevation: Float
        }

        var generator: Generator
        var camera: Camera
    }

    /// The ground truth of the scene that a run lifted.
    /// - Throws: `LatheError` (`badInput`) if the run's picture is not part of a scene of the toy world.
    static func of(_ record: RunRecord) throws -> SceneTruth {
        let folder = parentFolder(record.options.picture)
        let path = folder.isEmpty ? "scene.yaml" : "\(folder)/scene.yaml"
        guard isFile(path) else {
            throw LatheError.badInput(
                "\(record.options.picture) has no scene.yaml beside it, so its truth is unknown; evaluate runs of Scenes"
            )
        }
        let text = try Disk.readText(path)
        let file: File
        do {
            file = try YAMLDecoder().decode(File.self, from: text)
        } catch {
            throw LatheError.badInput("\(path) does not say which toy it shows (generator, camera)")
        }
        guard file.generator.kind == "toybox", let split = ToySplit(rawValue: file.generator.split) else {
            throw LatheError.badInput("\(path): its generator is not the toy world of this version")
        }
        let object = try LatheError.asking(.badInput) {
            try ToyObject.make(seed: file.generator.seed, split: split, className: file.generator.className)
        }
        return SceneTruth(
            scene: URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent, object: object,
            azimuth: file.camera.azimuth, elevation: file.camera.elevation)
    }
}
