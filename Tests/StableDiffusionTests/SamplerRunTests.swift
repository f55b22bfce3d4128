// Whole runs of every sampler against diffusers, and the timesteps of every number of steps.

import Arrays
import Checkpoints
import Foundation
import StableDiffusion
import TestSupport
import Testing

/// What `Fixtures/sampling/make.py` recorded.
struct SamplingCases: Decodable, Sendable {
    struct Run: Decodable, Sendable {
        let kind: String
        let steps: Int
        let start: Int
        let config: SchedulerConfiguration
    }

    struct Table: Decodable, Sendable {
        let kind: String
        let spacing: String
        let count: Int
        let digest: String
    }

    struct Picture: Decodable, Sendable {
        let task: String
        let kind: String
        let seed: UInt64
        let strength: Double
    }

    let runs: [Run]
    let tables: [Table]
    let pictures: [Picture]

    static let all: SamplingCases? = {
        let path = Fixture.folder() + "/sampling/cases.json"
        return try? JSONDecoder().decode(
            SamplingCases.self, from: Data(contentsOf: URL(filePath: path)))
    }()
}

private func sampler(_ name: String, _ configuration: SchedulerConfiguration) throws -> any Sampler {
    try #require(SamplerKind(rawValue: name)).sampler(NoiseSchedule(configuration))
}

@Suite struct SamplerRunTests {
    @Test func runsAreRecorded() throws {
        let cases = try #require(SamplingCases.all)
        #expect(cases.runs.count == 184)
        #expect(Set(cases.runs.map(\.kind)) == Set(SamplerKind.allCases.map(\.rawValue)))
    }

    /// Every state follows from the one before it, so errors add up as in a real run.
    @Test func everyStateOfEveryRunMatchesTheReference() throws {
        let cases = try #require(SamplingCases.all)
        let file = try Fixture("sampling/runs")
        let (states, timesteps, inputs) = (try file["states"], try file["timesteps"], try file["inputs"])
        var (row, place) = (0, 0)
        for (number, run) in cases.runs.enumerated() {
            let name = "run \(number), \(run.kind) in \(run.steps) steps"
            let sampler = try sampler(run.kind, run.config)
            let steps = sampler.steps(run.steps, from: run.start)
            // The last bit of a fraction depends on the logarithm.
            expectClose(
                steps.map(\.timestep), Array(timesteps.scalars[place..<place + steps.count]),
                relative: 1e-7, name)
            func drawn(_ index: Int) -> NDArray {
                var generator = TorchGenerator(seed: UInt64(1000 * number + index))
                return generator.normal([1, 2, 2, 2]).channelsLast
            }
            let first =
                run.start > 0
                ? sampler.noised(drawn(0), with: drawn(1), at: steps[0])
                : drawn(0) * sampler.initialSigma(at: steps[0])
            expectClose(first, states.leading(row..<row + 1), relative: 1e-6, name + ", start")
            expectClose(
                sampler.input(first, at: steps[0]), inputs.leading(number..<number + 1), relative: 1e-6,
                name + ", input")
            // Where the signal is rescaled to zero, the first sigma is 4096 and costs the reference two digits.
            let tolerance = run.config.rescalesToZeroSignal ? 5e-5 : 1e-5
            var state = SamplerState(first)
            for (index, step) in steps.enumerated() {
                let noise = sampler.needsNoise(at: step) ? drawn(3 + 2 * index) : nil
                state = sampler.advance(state, output: drawn(2 + 2 * index), at: step, noise: noise).state
                expectClose(
                    state.sample, states.leading(row + index + 1..<row + index + 2),
                    relative: tolerance,
                    "\(name), step \(index)")
            }
            row += steps.count + 1
            place += steps.count
        }
        #expect(row == states.shape[0] && place == timesteps.count)
    }

    @Test(arguments: SamplingCases.all?.tables ?? [])
    func timestepsOfAnyNumberOfStepsAreTheReferences(table: SamplingCases.Table) throws {
        let json = #"{"timestep_spacing": "\#(table.spacing)", "steps_offset": 1}"#
        let configuration = try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(json.utf8))
        let sampler = try sampler(table.kind, configuration)
        let timesteps = (1..<500).flatMap { sampler.steps($0).map(\.timestep) }
        #expect(timesteps.count == table.count)
        let digest = timesteps.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3
        }
        #expect(String(digest, radix: 16) == table.digest.drop { $0 == "0" })
    }

    @Test(arguments: SamplerKind.allCases)
    func aRunGoesOnFromAnyStateToTheSameBytes(kind: SamplerKind) throws {
        let schedule = NoiseSchedule(
            try JSONDecoder().decode(SchedulerConfiguration.self, from: Data("{}".utf8)))
        let sampler = try kind.sampler(schedule)
        let steps = sampler.steps(8)
        func drawn(_ name: String, _ step: Int) -> NDArray {
            var stream = RandomStream(seed: 1, stream: name, step: UInt64(step))
            return stream.normal([1, 3, 2, 4])
        }
        func run(_ state: SamplerState, _ range: Range<Int>) -> [SamplerState] {
            var (state, states) = (state, [SamplerState]())
            for index in range {
                state =
                    sampler.advance(
                        state, output: drawn("output", index), at: steps[index], noise: drawn("noise", index)
                    ).state
                states.append(state)
            }
            return states
        }
        let whole = run(SamplerState(drawn("start", 0)), steps.indices)
        for cut in 1..<steps.count {
            let rest = run(whole[cut - 1], cut..<steps.count)
            expectIdentical(
                try #require(rest.last).sample, try #require(whole.last).sample, "cut after \(cut)")
        }
    }

    @Test(arguments: [
        (SamplerKind.dpmSolver, #"{"algorithm_type": "sde-dpmsolver++"}"#, "algorithm_type"),
        (.dpmSolver, #"{"solver_order": 3}"#, "solver_order"),
        (.dpmSolver, #"{"use_lu_lambdas": true}"#, "use_lu_lambdas"),
        (.dpmSolver, #"{"lambda_min_clipped": -5.1}"#, "lambda_min_clipped"),
        (.uniPC, #"{"solver_type": "bh1"}"#, "solver_type"),
        (.uniPC, #"{"predict_x0": false}"#, "predict_x0"),
        (.uniPC, #"{"use_flow_sigmas": true}"#, "use_flow_sigmas"),
        (.euler, #"{"use_beta_sigmas": true}"#, "use_beta_sigmas"),
        (.euler, #"{"timestep_type": "continuous"}"#, "timestep_type"),
        (.pndm, #"{"prediction_type": "sample"}"#, "prediction_type"),
        (.lcm, #"{"original_inference_steps": 2000}"#, "original_inference_steps"),
    ])
    func aSettingThatASamplerCannotHonourIsNamed(kind: SamplerKind, json: String, key: String) throws {
        let schedule = NoiseSchedule(
            try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(json.utf8)))
        let problem = #expect(throws: ConfigurationProblem.self) { try kind.sampler(schedule) }
        #expect(problem?.key == key)
        // Other samplers do not read it.
        if kind != .lcm { _ = try SamplerKind.ddim.sampler(schedule) }
    }

    @Test func samplersAreFoundByEitherName() {
        #expect(SamplerKind(rawValue: "euler-a") == .eulerAncestral)
        #expect(SamplerKind(className: "DPMSolverMultistepScheduler") == .dpmSolver)
        #expect(SamplerKind(className: "HeunDiscreteScheduler") == nil)
        for kind in SamplerKind.allCases where kind != .dpmSolverKarras {
            #expect(SamplerKind(className: kind.className) == kind)
        }
    }
}

extension NDArray {
    /// `[batch, channels, height, width]` with the channels last.
    var channelsLast: NDArray { transposed([0, 2, 3, 1]) }
}
