// Plans of lifts: their figures and how they are written for people.

import Foundation
import Lathe
import Testing

@Suite struct PlanTests {
    private func plan(_ settings: [String: String], _ change: (inout LiftOptions) -> Void = { _ in }) throws
        -> LiftPlan
    {
        var options = LiftOptions(
            picture: "photo.png", selection: Selection(), prompt: .text("a ball"),
            models: ModelSet(root: nil),
            output: "Renders/photo", settings: settings)
        change(&options)
        return try LiftPlan(of: options)
    }

    @Test func aPlanNamesEveryStageWithItsTime() throws {
        let plan = try plan(["steps": "100"])
        #expect(plan.stages.map(\.stage) == LiftStage.allCases)
        #expect(plan.lines.count == LiftStage.allCases.count + 1)
        for (line, stage) in zip(plan.lines, plan.stages) {
            #expect(line.hasPrefix(stage.stage.label) && line.hasSuffix(stage.work))
            #expect(line.contains(" \(Int(stage.seconds.rounded(.up))) s "), "\(line)")
        }
        let last = try #require(plan.lines.last)
        #expect(last.contains("\(plan.peakMegabytes) MB") && last.hasSuffix("into Renders/photo"))
        #expect(abs(plan.seconds - plan.stages.map(\.seconds).reduce(0, +)) < 1e-9)
    }

    /// From a minute and a half on, in minutes that have begun.
    @Test func longTimesAreToldInMinutes() throws {
        let plan = try plan(["steps": "20000"])
        let lift = try #require(plan.stages.first { $0.stage == .lift })
        let minutes = Int((lift.seconds / 60).rounded(.up))
        #expect(lift.seconds > 90 && Double(minutes) > lift.seconds / 60 - 1e-9)
        #expect(plan.lines.contains { $0.contains(" \(minutes) min ") }, "\(plan.lines)")
    }

    @Test func timesGrowWithTheWork() throws {
        func seconds(_ stage: LiftStage, _ plan: LiftPlan) -> Double {
            plan.stages.first { $0.stage == stage }?.seconds ?? -1
        }
        let (short, long) = (try plan(["steps": "100"]), try plan(["steps": "300"]))
        #expect(abs(seconds(.lift, long) / seconds(.lift, short) - 3) < 1e-9)
        let wide = try plan(["steps": "100"]) {
            $0.film.size *= 2
            $0.mesh.resolution *= 2
        }
        #expect(abs(seconds(.film, wide) / seconds(.film, short) - 4) < 1e-9)
        #expect(seconds(.mesh, wide) > seconds(.mesh, short))
        #expect(seconds(.caption, short) == 0)
        #expect(seconds(.caption, try plan([:]) { $0.prompt = .auto }) > 0)
    }
}
