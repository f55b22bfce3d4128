// Estimates the duration and memory of a lift.

import Distillation

/// What the durations of a lift's stages depend on, and its memory.
///
/// Measured with the starter models on two cores, scaled by the size of the weight files.
struct LiftEstimate {
    /// Bytes of the starter models' weight files.
    private static let starterBytes: [ModelSet.Part: Double] = [
        .segmenter: 4e6, .captioner: 4e6, .viewPrior: 26e6,
    ]

    let options: LiftOptions
    /// Steps of the distillation.
    let steps: Int

    /// The estimate of a lift that can run.
    /// - Throws: `LatheError` (`badInput`) naming the first option that cannot be used.
    init(validating options: LiftOptions) throws {
        try options.validate()
        self.init(options: options, steps: try LiftSettings.configuration(options).steps)
    }

    init(options: LiftOptions, steps: Int) { (self.options, self.steps) = (options, steps) }

    var peakMegabytes: Int {
        let largest = ModelSet.Part.allCases.map { bytes($0) * 2 }.max() ?? 0
        let painting = 40 * Double(options.mesh.texture * options.mesh.texture)
        return Int((largest + 220e6 + painting) / 1e6)
    }

    /// Seconds of one distillation step with the starter prior.
    var secondsPerStep: Double {
        switch options.preset {
        case .draft: 0.055
        case .standard, .fine: 0.06
        }
    }

    /// How many times heavier a part's weights are than the starter model's, at least 1.
    func scale(_ part: ModelSet.Part) -> Double {
        max(1, bytes(part) / (LiftEstimate.starterBytes[part] ?? 1e7))
    }

    private func bytes(_ part: ModelSet.Part) -> Double { Double(options.models.weightFileBytes(of: part)) }
}
