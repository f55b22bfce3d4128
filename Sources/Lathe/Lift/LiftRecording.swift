// The models of a run in its record, and their check on resuming.

import Foundation

enum LiftRecording {
    /// The models that a run uses, with the digests of their weights.
    static func models(of options: LiftOptions) throws -> [RunRecord.Model] {
        let parts = ModelSet.Part.allCases.filter { part in
            switch part {
            case .viewPrior: true
            case .segmenter: !options.selection.points.isEmpty || !options.selection.boxes.isEmpty
            case .captioner: options.prompt == .auto
            case .diffusion, .inpainter: false
            }
        }
        return try parts.map(options.models.record)
    }

    /// Checks that the prior's weights have not changed since the run began, since results would differ.
    static func checkModels(_ record: RunRecord, _ models: ModelSet) throws {
        guard let before = record.models.first(where: { $0.part == ModelSet.Part.viewPrior.rawValue }) else {
            return
        }
        let folder = try models.folder(of: .viewPrior)
        for (file, digest) in before.sha256 {
            guard isFile("\(folder)/\(file)") else {
                throw LatheError.modelUnusable(
                    "\(folder)/\(file), which the run began with, is gone; run it again")
            }
            guard try Digest.sha256(ofFile: "\(folder)/\(file)") == digest else {
                throw LatheError.modelUnusable(
                    "\(folder)/\(file) has changed since the run began; run it again")
            }
        }
    }
}
