// Estimates the remaining time from the pace so far.

/// Exponential moving average of seconds per step.
package struct TimeLeft {
    private var average = 0.0
    private var weight = 0.0
    private let memory: Double

    /// An empty average.
    /// - Parameter memory: decay per step, 0 ..< 1.
    package init(memory: Double = 0.92) { self.memory = memory }

    /// Adds the duration of one step, in seconds.
    package mutating func add(seconds: Double) {
        average = average * memory + seconds * (1 - memory)
        weight = weight * memory + (1 - memory)
    }

    /// Seconds per step, bias-corrected; nil before the first step.
    package var secondsPerStep: Double? { weight > 0 ? average / weight : nil }

    /// Estimated seconds for a number of steps; nil before the first step.
    package func seconds(forSteps steps: Int) -> Double? { secondsPerStep.map { $0 * Double(max(0, steps)) } }
}
