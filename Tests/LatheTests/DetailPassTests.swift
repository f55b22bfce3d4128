// The second pass over large holes: tiles at the picture's own resolution, each put back where it was taken.

import Arrays
import Compositing
import Foundation
import Images
import Lathe
import Testing

/// A model that knows the whole picture, and shows whatever part of it is asked for.
private struct Oracle: HoleFiller {
    let truth: Image
    /// Called with the strength of each request.
    let asked: (Double) -> Void

    var needs: CropPlan.Needs { CropPlan.Needs(size: .area(side: 32, aspect: 1), multiple: 8, context: 0.25) }

    func fill(_ request: HoleRequest, progress: FillProgress) throws -> Image {
        asked(request.strength)
        try progress(FillStep(1, of: 1))
        return request.plan.shown(truth)
    }
}

@Suite struct DetailPassTests {
    private let size = 160

    /// Waves of 16 pixels: shown at a quarter of the size they are hardly seen, and three pixels off they do not fit.
    private var truth: Image {
        Image(
            NDArray(shape: [size, size, 3]) { out in
                for pixel in 0..<size * size {
                    let (x, y) = (Float(pixel % size), Float(pixel / size))
                    out[3 * pixel] = 0.5 + 0.4 * sin(x * 2 * .pi / 16)
                    out[3 * pixel + 1] = 0.5 + 0.4 * sin(y * 2 * .pi / 16)
                    out[3 * pixel + 2] = 0.5
                }
            })
    }

    /// Decibels of the result inside the hole, and the strengths that were asked for.
    private func quality(detail: Double) throws -> (decibels: Double, strengths: [Double]) {
        let folder = try TemporaryFolder()
        let truth = truth
        let hole = EditBench.box(
            PixelRectangle(left: 30, top: 25, right: 130, bottom: 125), width: size, height: size)
        var picture = truth
        picture.pixels.withUnsafeMutableBuffer { values in
            for (pixel, inside) in hole.inside.enumerated() where inside {
                for channel in 0..<3 { values[3 * pixel + channel] = 0.5 }
            }
        }
        var options = EditBench.options(
            .fill, try folder.save(picture, "in.png"), masks: [try folder.save(hole, "hole.png")],
            prompt: "waves", output: "\(folder.path)/out.png")
        options.growth = .pixels(0)
        options.ground = .drawn
        options.diffusion.steps = 10
        options.diffusion.detail = detail
        var strengths: [Double] = []
        let result = try EditRun.run(options, filler: Oracle(truth: truth) { strengths.append($0) }) { _ in }
        let after = try Image.load(result.picture)
        return (PictureScores.psnr(truth, after, inside: hole), strengths)
    }

    @Test func tilesAreLaidWhereTheyWereCutOut() throws {
        let coarse = try quality(detail: 0)
        #expect(coarse.strengths.count == 1)
        let fine = try quality(detail: 0.5)
        #expect(fine.strengths.count > 4 && fine.strengths.dropFirst().allSatisfy { $0 == 0.5 })
        // Bicubic there and back at about the picture's own scale; measured: see the figures in the message.
        #expect(fine.decibels > 30 && fine.decibels > coarse.decibels + 6, "\(coarse), \(fine)")
    }
}
