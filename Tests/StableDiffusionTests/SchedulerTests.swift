// Noise schedules and samplers against diffusers, step by step.

import Arrays
import Autograd
import Checkpoints
import Foundation
import StableDiffusion
import TestSupport
import Testing

/// A run that diffusers recorded.
private struct RecordedRun: Decodable, Sendable {
    let kind: String
    let steps: Int
    let eta: Float

    static let all: [RecordedRun] = {
        let path = Fixture.folder() + "/schedules/cases.json"
        return (try? JSONDecoder().decode([RecordedRun].self, from: Data(contentsOf: URL(filePath: path))))
            ?? []
    }()

    func sampler(_ index: Int) throws -> any Sampler {
        let schedule = try NoiseSchedule(path: Fixture.folder() + "/schedules/run\(index).json")
        return kind == "ddim" ? DDIMSampler(schedule, eta: eta) : DDPMSampler(schedule)
    }
}

@Suite struct NoiseScheduleTests {
    @Test(arguments: ["linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid"], [false, true])
    func tablesMatchTheReference(name: String, rescaled: Bool) throws {
        let json = """
            {"beta_schedule": "\(name)", "beta_start": 0.00085, "beta_end": 0.012, "rescale_betas_zero_snr": \(rescaled)}
            """
        let schedule = NoiseSchedule(
            try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(json.utf8)))
        let expected = try Fixture("schedules/case")[name + (rescaled ? "_zero" : "_plain")].scalars
        #expect(schedule.cumulativeAlphas.count == expected.count)
        for (ours, theirs) in zip(schedule.cumulativeAlphas, expected) {
            // Rescaling divides differences of nearly equal numbers near the end, hence the floor.
            #expect(abs(ours - theirs) <= 2e-6 * theirs + 1e-9)
        }
    }

    @Test(arguments: [
        (#"{"thresholding": true}"#, "thresholding"), (#"{"beta_schedule": "laplace"}"#, "beta_schedule"),
        (#"{"prediction_type": "flow"}"#, "prediction_type"),
        (#"{"variance_type": "learned"}"#, "variance_type"),
        (#"{"timestep_spacing": "karras"}"#, "timestep_spacing"), (#"{"beta_end": 2}"#, "beta_end"),
        (#"{"trained_betas": [0.1]}"#, "trained_betas"), (#"{"steps_offset": -1}"#, "steps_offset"),
    ])
    func refusesUnsupportedSettingsByName(json: String, key: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/scheduler_config.json"
            try json.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: CheckpointError.self) { try NoiseSchedule(path: path) }
            #expect(try #require(error).description.contains("'\(key)'"))
        }
    }

    @Test func infinityAsPythonWritesItIsNoSetting() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/scheduler_config.json"
            let name = #""a -Infinity \" b""#
            try #"{"_class_name": \#(name), "lambda_min_clipped": -Infinity}"#
                .write(toFile: path, atomically: true, encoding: .utf8)
            let schedule = try NoiseSchedule(path: path)
            #expect(schedule.configuration.className == #"a -Infinity " b"#)
            _ = try DPMSolverSampler(schedule)
            for value in ["Infinity", "NaN"] {
                try #"{"beta_end": \#(value)}"#.write(toFile: path, atomically: true, encoding: .utf8)
                #expect(throws: CheckpointError.self) { try NoiseSchedule(path: path) }
            }
        }
    }
}

@Suite struct SamplerTests {
    @Test func runsAreRecorded() { #expect(RecordedRun.all.count == 11) }

    @Test(arguments: RecordedRun.all.indices)
    func everyStepMatchesTheReference(index: Int) throws {
        let (run, file, key) = (RecordedRun.all[index], try Fixture("schedules/case"), "run\(index)_")
        let sampler = try run.sampler(index)
        let (states, outputs) = (try file[key + "states"], try file[key + "outputs"])
        let (noises, clean) = (try file[key + "noises"], try file[key + "clean"])
        let steps = sampler.steps(run.steps)
        #expect(steps.map(\.timestep) == (try file[key + "timesteps"].scalars))
        for (position, step) in steps.enumerated() {
            let result = sampler.advance(
                SamplerState(states[leading: position]), output: outputs[leading: position], at: step,
                noise: noises[leading: position])
            expectClose(
                result.state.sample, states[leading: position + 1], relative: 2e-5, "step \(position)")
            expectClose(result.clean, clean[leading: position], relative: 2e-5, "step \(position)")
        }
    }

    @Test(arguments: RecordedRun.all.indices)
    func noisingMatchesTheReference(index: Int) throws {
        let (run, file, key) = (RecordedRun.all[index], try Fixture("schedules/case"), "run\(index)_")
        let sampler = try run.sampler(index)
        let steps = sampler.steps(run.steps)
        for (row, step) in [(0, steps[0]), (1, steps[steps.count - 1])] {
            let clean = Tensor(try file[key + "a"][leading: row])
            let noise = Tensor(try file[key + "n"][leading: row])
            let noised = sampler.schedule.noised(clean, with: noise, at: Int(step.timestep))
            expectClose(noised.value, try file[key + "noised"][leading: row], relative: 1e-5)
            let own = sampler.noised(clean.value, with: noise.value, at: step)
            expectClose(own, noised.value, relative: 1e-6)
            guard run.kind == "ddpm" else { continue }
            let velocity = sampler.schedule.velocity(of: clean, with: noise, at: Int(step.timestep))
            expectClose(velocity.value, try file[key + "velocity"][leading: row], relative: 1e-5)
        }
    }

    @Test(arguments: ["epsilon", "sample", "v_prediction"])
    func aPerfectNetworkLeadsToTheCleanSample(prediction: String) throws {
        let json =
            #"{"beta_schedule": "squaredcos_cap_v2", "clip_sample": false, "prediction_type": "\#(prediction)"}"#
        let schedule = NoiseSchedule(
            try JSONDecoder().decode(SchedulerConfiguration.self, from: Data(json.utf8)))
        var stream = RandomStream(seed: 5, stream: "test")
        let (clean, noise) = (Tensor(stream.normal([1, 4, 4, 3])), Tensor(stream.normal([1, 4, 4, 3])))
        let sampler = DDIMSampler(schedule)
        let steps = sampler.steps(10)
        var state = SamplerState(sampler.noised(clean.value, with: noise.value, at: steps[0]))
        for step in steps {
            let output: Tensor =
                switch schedule.prediction {
                case .epsilon: noise
                case .sample: clean
                case .velocity: schedule.velocity(of: clean, with: noise, at: Int(step.timestep))
                }
            state = sampler.advance(state, output: output.value, at: step, noise: nil).state
        }
        expectClose(state.sample, clean.value, relative: 1e-4)
    }
}
