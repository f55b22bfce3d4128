// What a lift would do, how long it would take, how much memory it would need.

import Foundation

/// The stages of a lift with estimates, before anything is computed.
public struct LiftPlan: Codable, Sendable {
    public struct Stage: Codable, Sendable {
        public var stage: LiftStage
        public var seconds: Double
        /// What is done, in figures.
        public var work: String
    }

    public var output: String
    public var stages: [Stage]
    /// The largest model in memory and the field, as float32.
    public var peakMegabytes: Int

    public var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }

    /// The plan for a person.
    public var lines: [String] {
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
        seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
    }
}
