// Estimates of a lift before it runs.

import Arrays
import Foundation

/// The stages of a lift with estimated durations and memory.
public struct LiftPlan: Codable, Sendable {
    /// A stage with its estimate.
    public struct Stage: Codable, Sendable {
        /// The stage.
        public var stage: LiftStage
        /// Estimated duration in seconds.
        public var seconds: Double
        /// What is done, for example the number of steps.
        public var work: String
    }

    /// The run directory.
    public var output: String
    /// The stages in order.
    public var stages: [Stage]
    /// Estimated peak memory in MB: the largest model and the field, as float32.
    public var peakMegabytes: Int

    /// The estimates; looks at no file but the sizes of the models' weights.
    /// - Throws: `LatheError` (`badInput`) naming the first option that cannot be used.
    package init(of options: LiftOptions) throws {
        let estimate = try LiftEstimate(validating: options)
        output = options.output
        stages = Lift.stages.map {
            Stage(stage: $0.stage, seconds: $0.seconds(estimate), work: $0.work(estimate))
        }
        peakMegabytes = estimate.peakMegabytes
    }

    /// Estimated duration of the lift in seconds.
    public var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }

    /// The plan as lines of text.
    package var lines: [String] {
        stages.map { stage in
            "\(pad(stage.stage.label, 22)) \(pad(rounded(stage.seconds), 9)) \(stage.work)"
        } + [
            "\(pad("in all", 22)) \(pad(rounded(seconds), 9)) about \(peakMegabytes) MB of memory, into \(output)"
        ]
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }

    private func rounded(_ seconds: Double) -> String {
        seconds < 90
            ? "\(Int(clamped: seconds.rounded(.up))) s" : "\(Int(clamped: (seconds / 60).rounded(.up))) min"
    }
}
