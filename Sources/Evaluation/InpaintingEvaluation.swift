// Scores inpainting on holes with known content: LaMa, a smooth fill and other programs.

import Arrays
import Compositing
import Files
import Foundation
import Images
package import Lathe

/// Cuts holes into pictures, fills them and scores the results.
package struct InpaintingEvaluation {
    /// Another program's results: a folder with `NAME-K.png` for every hole that ``export(to:)`` wrote.
    package struct Peer: Sendable, Hashable {
        /// The name in the table.
        package var name: String
        /// The folder of its results.
        package var folder: String

        /// Parses `name=folder`.
        package init?(parsing text: String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            (name, folder) = (parts[0], parts[1])
        }
    }

    private let trials: [InpaintingTrial]

    /// Cuts the holes.
    /// - Parameters:
    ///   - pictures: picture files, or folders of them.
    ///   - holes: per picture.
    ///   - seed: of the holes.
    /// - Throws: `LatheError` (`badInput`) for a picture that cannot be read.
    package init(pictures: [String], holes: Int, seed: UInt64) throws {
        let files = try pictures.flatMap(InpaintingEvaluation.files)
        guard !files.isEmpty else {
            throw LatheError.badInput("there is no PNG or JPEG among what was given")
        }
        trials = try files.flatMap { path in
            let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
            return try InpaintingTrial.trials(
                on: try EditPicture(path: path).image.seen, name: name, count: holes, seed: seed)
        }
    }

    /// Writes every picture with its hole blackened, and the hole as `NAME-K_mask.png`.
    /// - Throws: `LatheError` (`badInput`) if that cannot be written.
    package func export(to folder: String) throws {
        try LatheError.asking(.badInput) {
            try writeFolder(folder) { folder in
                for trial in trials {
                    let black = Image(
                        width: trial.picture.width, height: trial.picture.height, color: [0, 0, 0])
                    try black.withAlpha(trial.hole.values).composited(over: trial.picture).savePNG(
                        "\(folder)/\(trial.name).png")
                    try trial.hole.savePNG("\(folder)/\(trial.name)_mask.png")
                }
            }
        }
    }

    /// Scores LaMa, a harmonic fill, and every peer.
    /// - Parameters:
    ///   - session: gives the inpainter.
    ///   - textures: as ``EditOptions/textures``.
    ///   - peers: other programs.
    ///   - results: a folder for LaMa's results; nil to keep nothing.
    ///   - progress: called after every hole with the number done and the total; what it throws ends the
    ///     work.
    /// - Throws: `LatheError`: `modelUnusable` for the inpainter, `badInput` for a missing or unreadable
    ///   result of a peer.
    /// - Returns: the mean scores, one entry per method.
    package func scores(
        session: ModelSession, textures: Bool, peers: [Peer], results: String?,
        progress: (Int, Int) throws -> Void
    ) throws -> [InpaintingScore] {
        let painter = HolePainter(filler: try LaMaFiller(session, refines: false), textures: textures)
        if let results { try Disk.createFolder(results) }
        var answers: [(method: String, scores: [[Double]])] = (["lathe", "smooth"] + peers.map(\.name)).map {
            ($0, [])
        }
        for (index, trial) in trials.enumerated() {
            let hole = EditHole(mask: trial.hole, feather: 0)
            // Removes the content first, so that no resampling filter can read it.
            let blank = trial.picture.bridged(over: trial.hole)
            let ours = try painter.paint(blank, hole, prompt: "", seed: 0, strength: 1) { _, _ in }
                .picture
            if let results {
                try LatheError.asking(.badInput) { try ours.savePNG("\(results)/\(trial.name).png") }
            }
            let theirs = try peers.map { peer in
                let image = try EditPicture(path: "\(peer.folder)/\(trial.name).png").image.seen
                guard image.width == trial.picture.width, image.height == trial.picture.height else {
                    throw LatheError.badInput(
                        "\(peer.folder)/\(trial.name).png is not of the size of its picture")
                }
                return image
            }
            for (k, answer) in ([ours, blank] + theirs).enumerated() {
                answers[k].scores.append(trial.scores(of: answer))
            }
            try progress(index + 1, trials.count)
        }
        return answers.map { answer in
            let count = Double(max(1, answer.scores.count))
            let means = (0..<3).map { k in answer.scores.reduce(0) { $0 + $1[k] } / count }
            return InpaintingScore(
                method: answer.method, psnr: means[0], ssim: means[1], perceptual: means[2],
                holes: answer.scores.count)
        }
    }

    private static func files(_ path: String) throws -> [String] {
        guard isFolder(path) else { return [path] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter(EditPicture.isPictureName).sorted().map { "\(path)/\($0)" }
    }
}

extension InpaintingTrial {
    /// PSNR, SSIM and perceptual distance in the hole.
    fileprivate func scores(of answer: Image) -> [Double] {
        guard let box = hole.boundingBox else { return [60, 1, 0] }
        let area = box.expanded(by: 24).clipped(width: hole.width, height: hole.height)
        let (a, b) = (answer.cropped(to: area), picture.cropped(to: area))
        let part = Mask(hole.image.cropped(to: area).pixels.reshaped([area.height, area.width]))
        return [
            PictureScores.psnr(a, b, inside: part), StructuralSimilarity.score(a, b, inside: part),
            PerceptualDistance.score(a, b, inside: part),
        ]
    }
}
