// Scores of a lift against ground truth, beside baselines.

package import Arrays
import Compositing
import Foundation
import Images
import Lathe
import Toybox

/// The scores of one run on a scene with ground truth.
package struct LiftEvaluation: Codable, Sendable {
    /// Agreement with the ground truth over the twelve held-out views: silhouettes at opacity one half,
    /// colours over white.
    package struct Novel: Codable, Sendable {
        /// Mean intersection over union of the silhouettes.
        package var overlap: Double
        /// Mean peak signal-to-noise ratio, dB.
        package var psnr: Double

        package init(_ pictures: [NDArray], truth: [NDArray]) {
            precondition(
                pictures.count == truth.count, "Novel: \(pictures.count) pictures for \(truth.count) views")
            let count = Double(truth.count)
            overlap =
                zip(pictures, truth).reduce(0) { sum, pair in
                    sum + PictureScores.intersectionOverUnion(Novel.opacity(pair.0), Novel.opacity(pair.1))
                } / count
            psnr =
                zip(pictures, truth).reduce(0) { sum, pair in
                    sum + PictureScores.psnr(Novel.onWhite(pair.0), Novel.onWhite(pair.1))
                } / count
        }

        private static func opacity(_ picture: NDArray) -> NDArray {
            NDArray(shape: [picture.count / 4]) { out in
                picture.withUnsafeBuffer { input in
                    for i in out.indices { out[i] = input[4 * i + 3] }
                }
            }
        }

        private static func onWhite(_ picture: NDArray) -> NDArray {
            NDArray(shape: [picture.count / 4, 3]) { out in
                picture.withUnsafeBuffer { input in
                    for i in 0..<input.count / 4 {
                        for k in 0..<3 { out[3 * i + k] = min(1, input[4 * i + k] + 1 - input[4 * i + 3]) }
                    }
                }
            }
        }
    }

    /// Name of the scene.
    package var scene: String
    /// The run directory.
    package var run: String
    /// Class of the object.
    package var className: String
    /// Whether objects of that class were in the training set.
    package var isTrainedClass: Bool
    /// PSNR of the photograph's view inside the mask, dB.
    package var frontPSNR: Double
    /// The lift's held-out views.
    package var lift: Novel
    /// Baseline: the extruded silhouette.
    package var extruded: Novel
    /// Baseline: the mean of training objects.
    package var meanObject: Novel
    /// Baseline: the nearest training object.
    package var retrieval: Novel

    /// Scores by the names used in a ``Requirement``.
    package var figures: [String: Double] {
        [
            "front-psnr": frontPSNR, "novel-iou": lift.overlap, "novel-psnr": lift.psnr,
            "novel-psnr-above-extruded": lift.psnr - extruded.psnr,
            "novel-psnr-above-mean": lift.psnr - meanObject.psnr,
            "novel-psnr-above-retrieval": lift.psnr - retrieval.psnr,
            "novel-iou-above-retrieval": lift.overlap - retrieval.overlap,
        ]
    }

    /// Number of training objects in the mean, and in the retrieval.
    private static let meanCount = 200
    private static let bankCount = 2500
    /// Side of the compared pictures, pixels.
    private static let size = 64

    /// Scores a run against its scene's ground truth.
    /// - Throws: `ToyError` if a training object cannot be made.
    package static func evaluate(_ pair: LiftAndTruth) throws -> LiftEvaluation {
        let truth = pair.truth
        let guesses = Baselines(azimuth: truth.azimuth, elevation: truth.elevation, size: size)
        let views = pair.truthViews(size: size)
        let input = guesses.framedCamera(of: truth.object)
        let photograph = Baselines.picture(truth.object, camera: input, size: size)
        let bank = try (0..<bankCount).map { try ToyObject.make(seed: UInt64($0), split: .train) }
        return LiftEvaluation(
            scene: truth.scene, run: pair.run, className: truth.object.className,
            isTrainedClass: !ToyObject.heldOutClassNames.contains(truth.object.className),
            frontPSNR: pair.record.scores["front PSNR"] ?? 0,
            lift: Novel(pair.liftViews(size: size), truth: views),
            extruded: Novel(guesses.extruded(photograph, camera: input), truth: views),
            meanObject: Novel(guesses.meanObject(of: Array(bank.prefix(meanCount))), truth: views),
            retrieval: Novel(guesses.retrieved(for: photograph, from: bank), truth: views))
    }

    /// Header of the table whose rows are ``row``.
    package static let head = row(
        "scene", ["front dB", "IoU", "dB", "extruded", "mean object", "retrieval"])

    /// A row of the table; baselines as IoU / dB.
    package var row: String {
        func pair(_ novel: Novel) -> String {
            "\(String(format: "%.3f", novel.overlap)) / \(String(format: "%.2f", novel.psnr))"
        }
        return LiftEvaluation.row(
            scene + (isTrainedClass ? "" : " (unseen class)"),
            [
                String(format: "%.2f", frontPSNR), String(format: "%.3f", lift.overlap),
                String(format: "%.2f", lift.psnr), pair(extruded), pair(meanObject), pair(retrieval),
            ])
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        let first = name.padding(toLength: max(32, name.count), withPad: " ", startingAt: 0)
        let rest = zip(cells, [9, 6, 6, 14, 14, 14]).map { cell, width in
            String(repeating: " ", count: max(0, width - cell.count)) + cell
        }
        return first + rest.joined(separator: "  ")
    }
}
