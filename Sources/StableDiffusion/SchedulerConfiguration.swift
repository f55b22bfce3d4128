// The settings of a scheduler file: noise schedule, prediction type, and solver.

import Checkpoints

/// The quantity that a denoising network was trained to predict.
public enum PredictionType: String, Sendable, CaseIterable, Codable {
    /// The noise.
    case epsilon
    /// The clean sample.
    case sample
    /// `sqrtAlphaBar · noise - sqrtOneMinusAlphaBar · clean` (Salimans & Ho 2022).
    case velocity = "v_prediction"
}

/// Spacing of the sampling steps over the training timesteps: Lin and others 2023, table 2.
public enum TimestepSpacing: String, Sendable, CaseIterable {
    case leading, linspace, trailing
}

/// Choice of a sampler's noise variance.
public enum VarianceType: String, Sendable, CaseIterable {
    case fixedSmall = "fixed_small"
    case fixedSmallLog = "fixed_small_log"
    case fixedLarge = "fixed_large"
}

/// The settings of a scheduler file of any of diffusers' classes.
///
/// A file may be read for a scheduler other than the one that it names: settings that it omits, and whose defaults
/// differ between schedulers, are optional here and filled in by the sampler, as diffusers' `from_config` does.
public struct SchedulerConfiguration: Decodable, Sendable, Hashable {
    enum BetaSchedule: String, CaseIterable {
        case linear
        case scaledLinear = "scaled_linear"
        case squaredCosine = "squaredcos_cap_v2"
        case sigmoid
    }

    /// diffusers' class name of the scheduler, such as "DDIMScheduler".
    public let className: String?
    public let trainingSteps: Int
    let betaStart: Double
    let betaEnd: Double
    let betaSchedule: BetaSchedule
    let trainedBetas: [Double]?
    public let prediction: PredictionType
    /// Nil if the file leaves it to the scheduler.
    public let spacing: TimestepSpacing?
    public let stepsOffset: Int
    /// Bound of the predicted clean sample under DDIM and DDPM; nil if it is not clipped.
    public var clipRange: Float? { clips ?? true ? clipBound : nil }
    let clips: Bool?
    let clipBound: Float
    /// Whether the last step ends at an alpha of exactly one; nil if the file leaves it to the scheduler.
    public let setsAlphaToOne: Bool?
    public let rescalesToZeroSignal: Bool
    public let variance: VarianceType
    /// Settings that only some solvers use; each sampler checks its own.
    var solver: SolverSettings

    public init(from decoder: any Decoder) throws {
        let file = try ConfigurationReader(decoder)
        try file.refuse(["thresholding": .flag(false)])
        className = try file.text("_class_name")
        let consistency = className == SamplerKind.lcm.className
        trainingSteps = try file.size("num_train_timesteps", default: 1000)
        betaStart = try file.number("beta_start", default: consistency ? 0.00085 : 0.0001)
        betaEnd = try file.number("beta_end", default: consistency ? 0.012 : 0.02)
        betaSchedule = try file.kind("beta_schedule", default: consistency ? .scaledLinear : .linear)
        trainedBetas = try file.numbers("trained_betas")
        prediction = try file.kind("prediction_type", default: .epsilon)
        spacing = try file.optionalKind("timestep_spacing")
        stepsOffset = try file.integer("steps_offset", default: 0)
        clips = try file.optionalFlag("clip_sample")
        clipBound = Float(try file.number("clip_sample_range", default: 1))
        setsAlphaToOne = try file.optionalFlag("set_alpha_to_one")
        rescalesToZeroSignal = try file.flag("rescale_betas_zero_snr", default: false)
        variance = try file.kind("variance_type", default: .fixedSmall)
        solver = try SolverSettings(file)
        for (key, beta) in [("beta_start", betaStart), ("beta_end", betaEnd)] where beta <= 0 || beta >= 1 {
            throw file.fault(key, "\(beta) does not lie between 0 and 1")
        }
        if let trainedBetas {
            try file.requireCount(trainedBetas.count, trainingSteps, "trained_betas")
            guard trainedBetas.allSatisfy({ $0 > 0 && $0 < 1 }) else {
                throw file.fault("trained_betas", "a value does not lie between 0 and 1")
            }
        }
        guard (0..<trainingSteps).contains(stepsOffset) else {
            throw file.fault(
                "steps_offset", "\(stepsOffset) is not below num_train_timesteps, \(trainingSteps)")
        }
        guard clipBound > 0 else { throw file.fault("clip_sample_range", "must be above zero") }
    }
}

/// The settings of solvers beyond the noise schedule, with diffusers' defaults.
struct SolverSettings: Sendable, Hashable {
    /// PNDM: whether the initial Runge-Kutta steps are skipped.
    let skipsRungeKutta: Bool
    /// Euler, DPM-Solver, UniPC: Karras sigmas (Karras and others 2022), and their ends if the file gives them.
    let usesKarrasSigmas: Bool
    let sigmaMin: Double?
    let sigmaMax: Double?
    let endsAtSmallestSigma: Bool
    /// DPM-Solver, UniPC.
    private(set) var order: Int
    private(set) var solverType: String?
    private(set) var algorithm: String
    let lowersOrderAtEnd: Bool
    let takesEulerStepAtEnd: Bool
    private(set) var predictsClean: Bool
    let uncorrectedSteps: Set<Int>
    /// LCM: number of distillation steps, and the factor of the timestep in the boundary condition.
    private(set) var originalSteps: Int
    let timestepScaling: Double
    /// Settings that change a solver and are not supported, with the file's values; each solver rejects its own.
    private(set) var unsupported: [String: String]

    init(_ file: ConfigurationReader) throws {
        skipsRungeKutta = try file.flag("skip_prk_steps", default: false)
        usesKarrasSigmas = try file.flag("use_karras_sigmas", default: false)
        sigmaMin = try file.optionalNumber("sigma_min")
        sigmaMax = try file.optionalNumber("sigma_max")
        endsAtSmallestSigma = try file.kind("final_sigmas_type", default: FinalSigma.zero) == .sigmaMin
        order = try file.size("solver_order", default: SolverSettings.order)
        solverType = try file.text("solver_type")
        algorithm = try file.text("algorithm_type") ?? SolverSettings.algorithm
        lowersOrderAtEnd = try file.flag("lower_order_final", default: true)
        takesEulerStepAtEnd = try file.flag("euler_at_final", default: false)
        predictsClean = try file.flag("predict_x0", default: true)
        uncorrectedSteps = Set(
            try file.numbers("disable_corrector")?.compactMap { Int(exactly: $0) } ?? [])
        originalSteps = try file.size("original_inference_steps", default: SolverSettings.originalSteps)
        timestepScaling = try file.number("timestep_scaling", default: 10)
        var unsupported: [String: String] = [:]
        for key in [
            "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas", "use_flow_sigmas",
            "use_dynamic_shifting",
        ] where try file.flag(key, default: false) { unsupported[key] = "true" }
        for (key, neutral) in [("interpolation_type", "linear"), ("timestep_type", "discrete")] {
            if let value = try file.text(key), value != neutral { unsupported[key] = "'\(value)'" }
        }
        // Minus infinity, its default, is replaced by the smallest finite number.
        if let bound = try file.optionalNumber("lambda_min_clipped"), bound > -.greatestFiniteMagnitude {
            unsupported["lambda_min_clipped"] = "\(bound)"
        }
        self.unsupported = unsupported
    }

    private enum FinalSigma: String, CaseIterable {
        case zero
        case sigmaMin = "sigma_min"
    }

    private static let order = 2
    private static let algorithm = "dpmsolver++"
    private static let originalSteps = 50

    /// Gives the default to a setting that belongs to the file's solver and not to the model.
    ///
    /// Settings of the other kind, such as `use_flow_sigmas` and `timestep_type`, say how the network was trained; no other
    /// solver may ignore them.
    /// - Returns: Whether that changed anything.
    mutating func resetToDefault(_ key: String) -> Bool {
        let before = self
        switch key {
        case "solver_order": order = SolverSettings.order
        case "solver_type": solverType = nil
        case "algorithm_type": algorithm = SolverSettings.algorithm
        case "predict_x0": predictsClean = true
        case "original_inference_steps": originalSteps = SolverSettings.originalSteps
        case "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas", "lambda_min_clipped",
            "interpolation_type":
            unsupported[key] = nil
        default: break
        }
        return self != before
    }

    func requireOrder(_ range: ClosedRange<Int>) throws(ConfigurationProblem) {
        guard !range.contains(order) else { return }
        throw ConfigurationProblem(
            key: "solver_order",
            reason: "is \(order); it must lie from \(range.lowerBound) to \(range.upperBound)")
    }

    /// Rejects those settings among `keys` that are not supported.
    func refuse(_ keys: String...) throws(ConfigurationProblem) {
        for key in keys {
            guard let value = unsupported[key] else { continue }
            throw ConfigurationProblem(key: key, reason: "is \(value), which is not supported")
        }
    }
}
