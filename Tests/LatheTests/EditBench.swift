// What the tests of edits share: models, pictures, holes and fillers that need no network.

import Arrays
import Compositing
import Foundation
import Images
import Lathe
import Testing

enum EditBench {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let scenes = package.appending(path: "Scenes").path
    static let pictures = package.appending(path: "Tests/ImagesTests/Fixtures").path

    static let models = ModelSet(root: package.appending(path: "Models/starter").path)

    /// An edit of what a mask file says, in as few steps as make sense.
    static func options(
        _ task: EditTask, _ picture: String, masks: [String], prompt: String? = nil, output: String
    ) -> EditOptions {
        let objects = masks.map { path in
            var selection = Selection()
            selection.maskPath = path
            return EditObject(selection: selection, prompt: prompt)
        }
        var options = EditOptions(
            task: task, picture: picture, objects: objects, models: models, output: output)
        options.diffusion.steps = 2
        options.diffusion.detail = 0
        options.attempts = 1
        return options
    }

    static func noise(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) -> Image {
        var random = RandomStream(seed: seed, stream: "edit pictures")
        return Image(
            width: width, height: height, channels: channels,
            bytes: random.uniform([width * height * channels]).scalars.map { UInt8(min(255, $0 * 256)) })
    }

    /// A hole that is a box.
    static func box(_ box: PixelRectangle, width: Int, height: Int) -> Mask {
        Mask(
            width: width, height: height,
            inside: (0..<width * height).map {
                box.columns.contains($0 % width) && box.rows.contains($0 / width)
            })
    }

    /// Checks that a picture differs from another inside a mask only; by its samples as stored.
    static func expectKept(
        _ after: Image, _ before: Image, outside hole: Mask, _ words: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(after.pixels.shape == before.pixels.shape, "\(words)", sourceLocation: sourceLocation)
        guard after.pixels.shape == before.pixels.shape else { return }
        let (a, b, members, c) = (after.pixels.scalars, before.pixels.scalars, hole.inside, before.channels)
        let changed = members.indices.filter { pixel in
            !members[pixel] && (0..<c).contains { a[pixel * c + $0] != b[pixel * c + $0] }
        }
        #expect(changed.isEmpty, "\(words) \(changed.count) pixels changed", sourceLocation: sourceLocation)
    }
}

/// Makes one colour of every hole.
struct FlatFiller: HoleFiller {
    var value: Float = 0.5
    /// What a step does before it is told of.
    var step: (@Sendable () throws -> Void)?

    var needs: CropPlan.Needs { CropPlan.Needs(size: .free(thickness: 64), multiple: 8, context: 1) }

    func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
        let made = Image(
            width: request.shown.width, height: request.shown.height, color: [value, value, value])
        try step?()
        try progress(FillStep(1, of: 1, preview: { made }, notes: ["flat"]))
        return made
    }
}

extension TemporaryFolder {
    func save(_ image: Image, _ name: String, bits: Int = 8, colorProfile: [UInt8] = []) throws -> String {
        try image.savePNG("\(path)/\(name)", bits: bits, colorProfile: colorProfile)
        return "\(path)/\(name)"
    }

    func save(_ mask: Mask, _ name: String) throws -> String { try save(mask.image, name) }

    /// Names in the folder, sorted.
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
