// What changes over the steps of a run: learning rates, noise levels, sizes of the reference picture.

import Arrays
import Distillation
import Radiance
import Testing

@Suite struct ScheduleTests {
    private func lift(_ change: (inout DistillationConfiguration) -> Void) throws -> Distiller {
        var configuration = DistillationFixtures.configuration(steps: 2)
        change(&configuration)
        return try Distiller(
            configuration, prior: try DistillationFixtures.prior(size: 16),
            reference: DistillationFixtures.reference())
    }

    /// How far each number of the network moves in the next step.
    private func moves(_ lift: inout Distiller) -> [Float] {
        let before = lift.field.network.scalars
        _ = lift.next()
        return zip(lift.field.network.scalars, before).map { abs($0 - $1) }
    }

    /// Adam's first step is its rate, whatever the gradient; warming up takes ten steps.
    @Test func theFirstStepIsATenthOfTheRate() throws {
        var lift = try lift { _ in }
        let rate = lift.configuration.optimizer.networkRate
        let largest = moves(&lift).max() ?? 0
        // Numbers near 1 move by 5e-4, so rounding takes up to a part in a thousand.
        #expect(abs(largest / (rate / 10) - 1) < 0.01, "\(largest) at a rate of \(rate)")
    }

    /// Two runs that differ in the last rate alone: after half of the run one has fallen to the square root of it.
    @Test func ratesFallExponentially() throws {
        var constant = try lift { $0.finalRate = 1 }
        var falling = try lift { $0.finalRate = 0.04 }
        let first = (moves(&constant), moves(&falling))
        #expect(first.0 == first.1, "the first step is at the full rate")
        let second = (moves(&constant).reduce(0, +), moves(&falling).reduce(0, +))
        #expect(abs(second.1 / second.0 - 0.2) < 0.002, "\(second.1 / second.0)")
    }

    /// Every step draws its noise between two shares of the schedule that fall over the run.
    @Test func noiseIsDrawnBetweenItsRamps() throws {
        var lift = try lift {
            $0.steps = 12
            $0.formingShare = 0
            $0.imaginedShare = Ramp(0, 0)
            $0.noiseLow = Ramp(0.8, 0.2)
            $0.noiseHigh = Ramp(0.9, 0.3)
        }
        var step = 0
        while let state = lift.next() {
            let progress = Float(step) / 12
            let (low, high) = (0.8 - 0.6 * progress, 0.9 - 0.6 * progress)
            let share = Float(state.timestep) / 999
            // A timestep is a whole number: one in 999.
            #expect(share > low - 0.0011 && share < high + 0.0011, "step \(step): \(share)")
            step += 1
        }
        #expect(step == 12)
    }

    @Test func stagesFollowTheirShares() throws {
        var lift = try lift {
            $0.steps = 10
            $0.formingShare = 0.3
            $0.refiningShare = 0.2
        }
        var stages: [DistillationStage] = []
        while let state = lift.next() { stages.append(state.stage) }
        #expect(
            stages == Array(repeating: .form, count: 3) + Array(repeating: .distil, count: 5)
                + Array(repeating: .refine, count: 2))
    }
}
