// A generator of big-lama's size against PyTorch, and a 4K picture in bounded memory, on the checkpoint lama.py makes.

import Arrays
import Checkpoints
import LaMa
import TestSupport
import Testing

extension ReferenceTests {
    @Suite struct LaMaReferenceTests {
        @Test(
            .enabled(if: ReferenceModel.exists("lama"), ReferenceModel.absent("lama")),
            arguments: Precision.allCases)
        func inpainterMatchesPyTorch(_ precision: Precision) throws {
            let reference = try ReferenceModel("lama")
            let model = try reference.timed("LaMa load", rounds: 1) {
                try LaMaModel(folder: reference.folder, precision: precision)
            }
            let (image, mask) = (try reference["image"], try reference["mask"])
            let filled = reference.timed("LaMa 512 x 512") { model(image, mask: mask) }
            try reference.compare(filled, "LaMa", in: precision, with: "output")
        }

        /// Rate and number of steps do not matter to time and memory of one.
        @Test(.enabled(if: ReferenceModel.exists("lama"), ReferenceModel.absent("lama")))
        func refinementDescendsAtRealSize() throws {
            let reference = try ReferenceModel("lama")
            let model = try LaMaModel(folder: reference.folder)
            let (image, mask) = (try reference["image"], try reference["mask"])
            var options = LaMaRefinement.Options()
            (options.iterations, options.minimumSide) = (2, 256)
            let states = reference.timed(
                "LaMa refinement 512 x 512: one pass at 256, one step and one pass", rounds: 1
            ) {
                Array(model.refine(image, mask: mask, options: options))
            }
            let losses = states.compactMap(\.loss)
            #expect(losses.count == 2 && losses[1] < losses[0])
        }

        /// Two holes, one of them too large for a pass.
        @Test(.enabled(if: ReferenceModel.exists("lama"), ReferenceModel.absent("lama")))
        func pictureOfFourThousandPixelsStaysUnderThreeGigabytes() throws {
            let reference = try ReferenceModel("lama")
            let model = try LaMaModel(folder: reference.folder)
            let (height, width) = (2160, 3840)
            let image = NDArray(shape: [1, height, width, 3]) { out in
                for i in 0..<out.count { out[i] = Float((i / 3 % width + i / 3 / width * 2) % 255) / 255 }
            }
            let mask = NDArray(shape: [1, height, width, 1]) { out in
                for i in 0..<out.count {
                    let (y, x) = (i / width, i % width)
                    out[i] =
                        (400..<1400 ~= y && 500..<1400 ~= x) || (2000..<2100 ~= y && 3000..<3200 ~= x) ? 1 : 0
                }
            }
            let passes = model.inpaint(image, mask: mask).steps
            let filled = reference.timed("LaMa 3840 x 2160 in \(passes) passes", rounds: 1) {
                model.inpaint(image, mask: mask).reduce(image) { $1.picture }
            }
            #expect(filled.shape == image.shape)
            #expect(reference.peakMegabytes < 3000)
        }
    }
}
