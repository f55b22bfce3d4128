// `lathe evaluate`: how close a lift came to the truth, beside what simple guesses reach.

package import Arrays
import Compositing
import Foundation
import Lathe
import Toybox

/// The scores of one run on a scene whose truth is known.
public struct LiftEvaluation: Codable, Sendable {
    /// Agreement with the truth over twelve views: silhouettes at one half of opacity, colours over white.
    public struct Novel: Codable, Sendable {
        /// Mean intersection over union of the silhouettes.
        public var overlap: Double
        /// Mean peak signal-to-noise ratio, dB.
        public var psnr: Double

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

    public var scene: String
    public var run: String
    /// What the object is, and whether objects of its class were ever trained on.
    public var className: String
    public var isTrainedClass: Bool
    /// The photograph's view against the photograph inside the mask, dB.
    public var frontPSNR: Double
    public var lift: Novel
    public var extruded: Novel
    public var meanObject: Novel
    public var retrieval: Novel

    /// Scores by the names that bounds are given for.
    public var figures: [String: Double] {
        [
            "front-psnr": frontPSNR, "novel-iou": lift.overlap, "novel-psnr": lift.psnr,
            "novel-psnr-above-extruded": lift.psnr - extruded.psnr,
            "novel-psnr-above-mean": lift.psnr - meanObject.psnr,
            "novel-psnr-above-retrieval": lift.psnr - retrieval.psnr,
            "novel-iou-above-retrieval": lift.overlap - retrieval.overlap,
        ]
    }

    /// Training objects that the mean and the retrieval draw on.
    private static let meanCount = 200
    private static let bankCount = 2500
    /// Side of the pictures that are compared, pixels.
    private static let size = 64

    /// Scores a run against the object that its scene shows.
    public static func evaluate(_ pair: LiftAndTruth) throws -> LiftEvaluation {
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

    /// The head of the table that `row` continues.
    public static let head = row(
        "scene", ["front dB", "IoU", "dB", "extruded", "mean object", "retrieval"])

    /// One row of a table for a person; guesses as IoU / dB.
    public var row: String {
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
