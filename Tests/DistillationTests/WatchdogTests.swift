// Every trouble the watchdog names, provoked in a running lift.
import Arrays
import Distillation
import Radiance
import Testing

@Suite struct WatchdogTests {
    static func run(
        _ prior: any ViewPrior, steps: Int, change: (inout DistillationConfiguration) -> Void = { _ in },
        before: (Int, inout Distiller) -> Void = { _, _ in }
    ) throws -> Distiller {
        var configuration = DistillationFixtures.configuration(steps: steps)
        configuration.referenceWeight = 0
        change(&configuration)
        var lift = try Distiller(configuration, prior: prior, reference: DistillationFixtures.reference())
        for i in 0..<steps {
            before(i, &lift)
            _ = lift.next()
        }
        return lift
    }

    @Test func aValueThatIsNotANumberSendsTheFieldBack() throws {
        let lift = try Self.run(
            try DistillationFixtures.prior(size: 16), steps: 16,
            before: { i, lift in
                guard i == 12 else { return }
                lift.field.network.withUnsafeMutableBuffer { $0[3] = .nan }
            })
        #expect(lift.events.map(\.trouble) == [.notFinite])
        #expect(lift.events.first?.message.contains("last good field") == true)
        #expect(lift.field.network.scalars.allSatisfy { $0.isFinite })
    }

    @Test func withoutAGoodFieldTheRunStartsAfresh() throws {
        let lift = try Self.run(
            try DistillationFixtures.prior(size: 16), steps: 6,
            before: { i, lift in
                guard i == 2 else { return }
                lift.field.grid.withUnsafeMutableBuffer { for k in $0.indices { $0[k] = .infinity } }
            })
        #expect(lift.events.map(\.trouble) == [.notFinite])
        #expect(lift.events.first?.message.contains("afresh") == true)
        #expect(lift.field.grid.scalars.allSatisfy { $0.isFinite })
    }

    @Test func anEmptyFieldIsNamed() throws {
        let lift = try Self.run(try DistillationFixtures.flatPrior([0, 0, 0, 0]), steps: 120)
        #expect(lift.events.contains { $0.trouble == .empty }, "\(lift.events)")
    }

    @Test func aFieldThatFillsTheViewsIsNamed() throws {
        let lift = try Self.run(try DistillationFixtures.flatPrior([0.5, 0.5, 0.5, 1]), steps: 60) {
            // In views this narrow the ball of the field is all there is.
            $0.field.domain = .cube
        }
        #expect(lift.events.contains { $0.trouble == .saturated }, "\(lift.events)")
    }

    @Test func fogIsNamedAndEntropyRaised() throws {
        let lift = try Self.run(try DistillationFixtures.flatPrior([0.15, 0.15, 0.15, 0.3]), steps: 90) {
            $0.entropy = 0
        }
        #expect(lift.events.contains { $0.trouble == .foggy }, "\(lift.events)")
    }

    @Test func soundFieldsAreLeftAlone() {
        var watchdog = Watchdog()
        for step in 0..<50 {
            let vitals = FieldVitals(isFinite: true, opacity: 0.2, haze: 0.3)
            let (action, event) = watchdog.judge(
                vitals, step: step, progress: Float(step) / 50, hasGood: true)
            #expect(action == .none && event == nil)
        }
    }

    @Test func passingTroubleIsForgiven() {
        var watchdog = Watchdog()
        for step in 0..<50 {
            let vitals = FieldVitals(isFinite: true, opacity: step % 3 == 0 ? 0.2 : 0, haze: 0.3)
            #expect(watchdog.judge(vitals, step: step, progress: 0.5, hasGood: true).event == nil)
        }
    }
}
