// What bfloat16 changes of what users see: masks, captions and pictures of the starter set.

import Arrays
import Compositing
import Foundation
import Images
import LaMa
import Lathe
import StableDiffusion
import Testing

@Suite struct PrecisionTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let scenes = ["car", "duck", "house", "mug", "penguin", "snowman", "teapot", "teddy-bear"]

    private func models(_ precision: Precision) -> ModelSet {
        ModelSet(root: "\(Self.root)/Models/starter", precision: precision)
    }

    /// Peak signal-to-noise ratio in dB of numbers in [0, 1].
    private func likeness(_ a: NDArray, _ b: NDArray) -> Double {
        let d = a - b
        return -10 * log10(max((d * d).total() / Double(a.count), 1e-12))
    }

    @Test func masksAndCaptionsStayTheSame() throws {
        var same = 0
        for scene in Self.scenes {
            let input = try InputPicture.find("\(Self.root)/Scenes/\(scene)")
            let photograph = try Photograph.load(input.picture)
            let masks = try Precision.allCases.map {
                try Selector.select(in: photograph, input.selection, session: ModelSession(models($0))).mask
            }
            let overlap = masks[0].intersectionOverUnion(masks[1])
            #expect(overlap > 0.99, "\(scene): \(overlap)")
            let captions = try Precision.allCases.map {
                try Captioning.describe(
                    photograph.seen, search: .beams(3), session: ModelSession(models($0)))[0]
            }
            if captions[0] == captions[1] { same += 1 }
        }
        // One word of a caption may hang on the last digit.
        #expect(same >= Self.scenes.count - 1, "\(same) captions of \(Self.scenes.count)")
    }

    @Test func picturesLookTheSame() throws {
        let drawn = try Precision.allCases.map { precision in
            let folder = try models(precision).folder(of: .diffusion)
            let pipeline = try DiffusionPipeline(folder: folder, precision: precision)
            let request = GenerationRequest(prompt: "a red apple", steps: 20, guidance: 3, seed: 0)
            return pipeline.pictures(of: try #require(Array(try pipeline.generate(request)).last).latents)
        }
        // Twenty steps may drift; 8-bit JPEG of good quality is as far from its original.
        #expect(likeness(drawn[0], drawn[1]) > 30, "\(likeness(drawn[0], drawn[1])) dB")

        let picture = try Photograph.load("\(Self.root)/Scenes/penguin/photo.png").seen
        let image = picture.pixels.reshaped([1, picture.height, picture.width, 3])
        let hole = NDArray(shape: [1, picture.height, picture.width, 1]) { out in
            for i in out.indices {
                let (x, y) = (i % picture.width, i / picture.width)
                out[i] = abs(x - picture.width / 2) < 40 && abs(y - picture.height / 2) < 30 ? 1 : 0
            }
        }
        let filled = try Precision.allCases.map {
            try LaMaModel(folder: try models($0).folder(of: .inpainter), precision: $0)(image, mask: hole)
        }
        #expect(likeness(filled[0], filled[1]) > 45, "\(likeness(filled[0], filled[1])) dB")
    }
}
