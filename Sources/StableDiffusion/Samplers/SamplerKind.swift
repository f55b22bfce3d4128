// The samplers by name.

public import Checkpoints

/// The supported samplers; the raw value is the name on the command line.
public enum SamplerKind: String, Sendable, CaseIterable {
    case ddim
    case ddpm
    case pndm
    case euler
    case eulerAncestral = "euler-a"
    case dpmSolver = "dpm++"
    case dpmSolverKarras = "dpm++-karras"
    case uniPC = "unipc"
    case lcm

    /// diffusers' class name.
    public var className: String {
        switch self {
        case .ddim: "DDIMScheduler"
        case .ddpm: "DDPMScheduler"
        case .pndm: "PNDMScheduler"
        case .euler: "EulerDiscreteScheduler"
        case .eulerAncestral: "EulerAncestralDiscreteScheduler"
        case .dpmSolver, .dpmSolverKarras: "DPMSolverMultistepScheduler"
        case .uniPC: "UniPCMultistepScheduler"
        case .lcm: "LCMScheduler"
        }
    }

    /// The kind of a diffusers class, if supported.
    public init?(className: String) {
        guard let kind = SamplerKind.allCases.first(where: { $0.className == className }) else { return nil }
        self = kind
    }

    /// The sampler over a schedule, in place of the one that the schedule's file describes.
    ///
    /// The noise schedule is the file's, and so are the solver's settings as far as this sampler supports them; those that it
    /// does not support describe the sampler that is replaced, and have diffusers' defaults.
    /// - Throws: `ConfigurationProblem` naming a setting of the model itself that this sampler does not support.
    package func replacing(_ schedule: NoiseSchedule) throws(ConfigurationProblem) -> any Sampler {
        var configuration = schedule.configuration
        while true {
            do {
                return try sampler(NoiseSchedule(configuration))
            } catch {
                guard configuration.solver.resetToDefault(error.key) else { throw error }
            }
        }
    }

    /// The sampler over a schedule, with the settings of the schedule's file and diffusers' defaults for others.
    ///
    /// `dpmSolverKarras` uses Karras sigmas whatever the file says.
    /// - Throws: `ConfigurationProblem` naming a setting of the file that this sampler does not support.
    public func sampler(_ schedule: NoiseSchedule) throws(ConfigurationProblem) -> any Sampler {
        switch self {
        case .ddim: DDIMSampler(schedule)
        case .ddpm: DDPMSampler(schedule)
        case .pndm: try PNDMSampler(schedule)
        case .euler: try EulerSampler(schedule)
        case .eulerAncestral: EulerAncestralSampler(schedule)
        case .dpmSolver: try DPMSolverSampler(schedule)
        case .dpmSolverKarras: try DPMSolverSampler(schedule, karras: true)
        case .uniPC: try UniPCSampler(schedule)
        case .lcm: try LCMSampler(schedule)
        }
    }
}
