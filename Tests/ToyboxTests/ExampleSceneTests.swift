// The committed example scenes are what the generator makes: their ground truth is the object of their seed.

import Arrays
import Foundation
import Images
import Testing
import Toybox

@Suite struct ExampleSceneTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Scenes").path

    static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/scene.yaml") }.sorted()

    /// The values of a scene file by key, nesting ignored.
    private func values(_ name: String) throws -> [String: String] {
        let text = try String(contentsOfFile: "\(Self.folder)/\(name)/scene.yaml", encoding: .utf8)
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        return values
    }

    @Test func thereAreEnough() { #expect(Self.names.count >= 8) }

    @Test(arguments: names)
    func photographShowsTheGroundTruth(name: String) throws {
        let values = try values(name), seed = try #require(UInt64(values["seed"] ?? ""))
        let photograph = try ToyPhotograph.make(
            seed: seed, split: try #require(ToySplit(rawValue: values["split"] ?? "")),
            className: values["class"],
            azimuth: try #require(Float(values["azimuth"] ?? "")),
            elevation: try #require(Float(values["elevation"] ?? "")), size: 128,
            arrangement: try #require(UInt64(values["arrangement"] ?? "")))
        let picture = try Image.load("\(Self.folder)/\(name)/photo.png").rgb
        #expect(picture.width == picture.height)
        let truth = ToyRenderer.render(
            photograph.object, camera: photograph.camera, width: picture.width, height: picture.height)
        var squared = 0.0, count = 0.0
        picture.pixels.withUnsafeBuffer { pixels in
            for i in 0..<(picture.width * picture.height) where truth.colour[i * 4 + 3] == 1 {
                for c in 0..<3 {
                    let difference = Double(pixels[i * 3 + c] - truth.colour[i * 4 + c])
                    squared += difference * difference
                    count += 1
                }
            }
        }
        // The photograph is blurred by half a pixel; patterns with sharp edges lose most by it.
        #expect(-10 * log10(squared / count) > 28, "\(name)")
        // The first click is on the object; others may say what is not.
        let click = try #require(values["point"] ?? values["points"]).split(whereSeparator: { !$0.isNumber })
            .compactMap { Int($0) }
        #expect(click.count >= 2 && truth.alpha(click[0], click[1]) == 1, "\(name)")
    }
}
