// Estimates the duration and memory of a lift.

import Foundation

/// Durations of the stages of a lift in seconds, and its memory.
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

    func seconds(_ stage: LiftStage) -> Double {
        switch stage {
        case .select: 0.3 * scale(.segmenter)
        case .caption: options.prompt == .auto ? 0.2 * scale(.captioner) : 0
        case .lift: Double(steps) * LiftEstimate.secondsPerStep(options.preset) * scale(.viewPrior)
        case .film: Double(options.film.frames) * 1.2e-6 * Double(options.film.size * options.film.size)
        case .mesh:
            2 * pow(Double(options.mesh.resolution) / 112, 3) + 4e-6 * pow(Double(options.mesh.texture), 2)
        case .report: 0.2
        }
    }

    var peakMegabytes: Int {
        let largest = ModelSet.Part.allCases.map { bytes($0) * 2 }.max() ?? 0
        let painting = 40 * Double(options.mesh.texture * options.mesh.texture)
        return Int((largest + 220e6 + painting) / 1e6)
    }

    private static func secondsPerStep(_ preset: LiftOptions.Preset) -> Double {
        switch preset {
        case .draft: 0.055
        case .standard, .fine: 0.06
        }
    }

    private func scale(_ part: ModelSet.Part) -> Double {
        max(1, bytes(part) / (LiftEstimate.starterBytes[part] ?? 1e7))
    }

    private func bytes(_ part: ModelSet.Part) -> Double {
        guard let folder = try? options.models.weightFolder(of: part),
            let files = try? options.models.weightFiles(of: part)
        else { return 0 }
        return files.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
            return sum + ((attributes?[.size] as? NSNumber)?.doubleValue ?? 0)
        }
    }
}
