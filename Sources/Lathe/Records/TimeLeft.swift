// Estimates the time left from the pace so far, smoothed so that it does not jump about.

/// Pace of a stage: an exponential moving average of seconds per step.
package struct TimeLeft {
    private var average = 0.0
    private var weight = 0.0
    private let memory: Double

    /// - Parameter memory: Share of the average that one step leaves in place, 0 ..< 1.
    package init(memory: Double = 0.92) { self.memory = memory }

    package mutating func add(seconds: Double) {
        average = average * memory + seconds * (1 - memory)
        weight = weight * memory + (1 - memory)
    }

    /// Seconds per step, corrected for the start of the average; nil before the first step.
    package var secondsPerStep: Double? { weight > 0 ? average / weight : nil }

    package func seconds(forSteps steps: Int) -> Double? { secondsPerStep.map { $0 * Double(max(0, steps)) } }
}
