// Timings: what they hold, and that every workload can be asked for.

import Arrays
import Bench
import Foundation
import Lathe
import Testing

struct TimingTests {
    @Test func theFieldIsTimed() throws {
        let workload = try #require(Workload.named("field-step"))
        var told: [Int] = []
        let timing = try Timing.of(workload, rounds: 4) { done, total in
            #expect(total == 4)
            told.append(done)
        }
        #expect(told == [0, 1, 2, 3] && timing.seconds.count == 4)
        let sorted = timing.seconds.sorted()
        #expect(timing.minimum == sorted[0] && timing.minimum > 0)
        #expect(timing.median == (sorted[1] + sorted[2]) / 2)
        #expect(timing.peakMebibytes > 0)
        // It has no count of operations.
        #expect(timing.gigaflopsPerSecond == nil && timing.row.hasPrefix("field-step "))
    }

    @Test(arguments: ["sam-decoder", "clip-text", "blip", "tiny-vae-decode", "lama"])
    func operationsPerSecond(name: String) throws {
        let workload = try #require(Workload.named(name))
        let timing = try Timing.of(workload, rounds: 1) { _, _ in }
        #expect(timing.gigaflopsPerSecond == workload.gigaflops / timing.median)
    }

    @Test(arguments: [
        ("sam-decoder", ModelSet.Part.segmenter), ("sam-encoder", .segmenter), ("blip", .captioner),
        ("lama", .inpainter), ("clip-text", .diffusion), ("unet", .diffusion), ("sds-step", .diffusion),
    ])
    func givenWeightsAreTimed(name: String, part: ModelSet.Part) throws {
        let workload = try #require(Workload.named(name))
        let starter = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Models/starter").path
        let models = ModelSet(root: starter, precision: .bfloat16)
        let timing = try Timing.of(workload, on: Networks(models, given: [part]), rounds: 1) { _, _ in }
        #expect(timing.weights == "\(starter)/\(part.rawValue)" && timing.precision == .bfloat16)
        // Operations are counted of published sizes.
        #expect(timing.gigaflopsPerSecond == nil && timing.row.hasSuffix("/" + part.rawValue))
    }

    @Test func aMissingCheckpointIsToldOf() throws {
        let workload = try #require(Workload.named("sam-decoder"))
        let models = ModelSet(root: nil, overrides: [.segmenter: "/no/such/sam"])
        let error = #expect(throws: LatheError.self) {
            try Timing.of(workload, on: Networks(models, given: [.segmenter]), rounds: 1) { _, _ in }
        }
        #expect(error?.code == .modelUnusable)
    }

    @Test func whatProgressThrowsEndsTheTiming() throws {
        struct Stop: Error {}
        let workload = try #require(Workload.named("field-step"))
        #expect(throws: Stop.self) { try Timing.of(workload, rounds: 2) { _, _ in throw Stop() } }
    }

    @Test func namesAreUnique() {
        #expect(Set(Workload.all.map(\.name)).count == Workload.all.count)
        #expect(Workload.named("nothing") == nil)
    }

    @Test(arguments: Precision.allCases) func kernelsAgreeWithTheirReferences(_ precision: Precision) throws {
        let checks = try KernelCheck.all(precision)
        for check in checks { #expect(check.holds, "\(check)") }
        // Rounding shows, so that something was compared.
        #expect(checks.filter { $0.error > 0 }.count >= 10)
    }
}
