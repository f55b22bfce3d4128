// `lathe evaluate --inpainting`: how well holes over known things are filled, beside other programs.

import Arrays
import Compositing
import Foundation
import Images
public import Lathe

/// Fills holes over known things, and scores what others filled in the same holes.
public struct InpaintingEvaluation {
    /// Another program's answers: a folder with `NAME-K.png` for every hole that ``export(to:)`` wrote.
    public struct Peer: Sendable, Hashable {
        public var name: String
        public var folder: String

        /// Parses `name=folder`.
        public init?(parsing text: String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            (name, folder) = (parts[0], parts[1])
        }
    }

    private let trials: [InpaintingTrial]

    /// - Parameters:
    ///   - pictures: picture files, or folders of them.
    ///   - holes: per picture.
    /// - Throws: `LatheError` (`badInput`) for a picture that cannot be read.
    public init(pictures: [String], holes: Int, seed: UInt64) throws {
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

    /// Writes every picture with its hole blackened, and the hole as `NAME-K_mask.png`, for other programs to fill.
    /// - Throws: `LatheError` (`badInput`) if that cannot be written.
    public func export(to folder: String) throws {
        try Disk.createFolder(folder)
        try LatheError.asking(.badInput) {
            for trial in trials {
                let black = Image(width: trial.picture.width, height: trial.picture.height, color: [0, 0, 0])
                try black.withAlpha(trial.hole.values).composited(over: trial.picture).savePNG(
                    "\(folder)/\(trial.name).png")
                try trial.hole.savePNG("\(folder)/\(trial.name)_mask.png")
            }
        }
    }

    /// Scores LaMa, a plain smooth fill, and every peer.
    /// - Parameters:
    ///   - textures: as ``EditOptions/textures``.
    ///   - results: a folder for what LaMa made; nil to keep nothing.
    ///   - progress: called after every hole with the number done and of all.
    public func scores(
        models: ModelSet, textures: Bool, peers: [Peer], results: String?, progress: (Int, Int) throws -> Void
    ) throws -> [InpaintingScore] {
        let painter = HolePainter(filler: try LaMaFiller(models, refines: false), textures: textures)
        if let results { try Disk.createFolder(results) }
        var answers: [(method: String, scores: [[Double]])] = (["lathe", "smooth"] + peers.map(\.name)).map {
            ($0, [])
        }
        for (index, trial) in trials.enumerated() {
            let hole = EditHole(mask: trial.hole, feather: 0)
            // The truth must not be seen, not even by a filter.
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
    /// PSNR, SSIM and perceptual distance of an answer, on the part of the picture round the hole.
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
