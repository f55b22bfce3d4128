// Everything that fixes a distillation besides prior and picture.

public import Radiance

/// How much a difference counts at each noise level.
public enum DistillationWeight: String, Codable, Sendable {
    /// 1: the squared distance to the clean estimate.
    case clean
    /// signal * sigma: score distillation as DreamFusion weighs it, in clean form.
    case score
}

/// A value that changes linearly over the run.
public struct Ramp: Codable, Sendable, Hashable {
    public var start: Float
    public var end: Float

    public init(_ start: Float, _ end: Float) {
        self.start = start
        self.end = end
    }

    public func callAsFunction(_ progress: Float) -> Float { start + (end - start) * progress }
}

/// Settings of a distillation.
public struct DistillationConfiguration: Codable, Sendable, Hashable {
    public var field: FieldConfiguration
    public var optimizer: FieldOptimizerConfiguration
    public var steps: Int
    public var seed: UInt64
    /// Guidance of the prior; nil takes what the prior suggests.
    public var guidance: Float?
    public var weight: DistillationWeight
    /// Noise levels are drawn between these shares of the schedule.
    public var noiseLow: Ramp
    public var noiseHigh: Ramp
    /// Share of the steps that form the shape from the prior alone, before the reference picture is placed.
    public var formingShare: Float
    /// How much of the prior's pull after forming is still towards the views that it imagined, the rest being
    /// score distillation; no part with priors that imagine none.
    public var imaginedShare: Ramp
    /// Share of the steps, at the end, with little noise.
    public var refiningShare: Float
    /// Weights of the terms.
    public var priorWeight: Float
    public var referenceWeight: Float
    public var entropy: Float
    public var sparsity: Float
    public var smoothness: Smoothness
    public var distortion: Float
    /// Weight of 1 - Pearson correlation with the reference depth, where one is given.
    public var depth: Float
    /// Sides of the reference picture over the run, in equal parts after forming.
    public var referenceSizes: [Int]
    public var samplesAcross: Int
    /// Learning rates fall exponentially to this share of their start.
    public var finalRate: Float
    /// Points per step at which smoothness is measured.
    public var smoothnessPoints: Int
    /// Share of the run over which finer grid levels fade in; 0 switches all on at once.
    public var coarseToFine: Float
    /// Elevation of the photo's camera, degrees; nil asks the prior, else 10.
    public var elevation: Float?
    /// Whether the object is taken to be mirror-symmetric.
    public var symmetry: SymmetryChoice

    public init(
        field: FieldConfiguration = .lift, optimizer: FieldOptimizerConfiguration = .lift, steps: Int = 200,
        seed: UInt64 = 0, guidance: Float? = nil, weight: DistillationWeight = .clean,
        noiseLow: Ramp = Ramp(0.7, 0.05), noiseHigh: Ramp = Ramp(0.98, 0.5), formingShare: Float = 0.25,
        imaginedShare: Ramp = Ramp(0.5, 0.1),
        refiningShare: Float = 0.15, priorWeight: Float = 1, referenceWeight: Float = 4,
        entropy: Float = 0.15,
        sparsity: Float = 0, smoothness: Smoothness = Smoothness(density: 5e-4, colour: 8e-3, bending: 1e-2),
        distortion: Float = 0,
        depth: Float = 0, referenceSizes: [Int] = [64, 96, 128], samplesAcross: Int = 96,
        finalRate: Float = 0.2,
        smoothnessPoints: Int = 2048, coarseToFine: Float = 0.3, elevation: Float? = nil,
        symmetry: SymmetryChoice = .auto
    ) {
        self.field = field
        self.optimizer = optimizer
        self.steps = steps
        self.seed = seed
        self.guidance = guidance
        self.weight = weight
        self.noiseLow = noiseLow
        self.noiseHigh = noiseHigh
        self.formingShare = formingShare
        self.imaginedShare = imaginedShare
        self.refiningShare = refiningShare
        self.priorWeight = priorWeight
        self.referenceWeight = referenceWeight
        self.entropy = entropy
        self.sparsity = sparsity
        self.smoothness = smoothness
        self.distortion = distortion
        self.depth = depth
        self.referenceSizes = referenceSizes
        self.samplesAcross = samplesAcross
        self.finalRate = finalRate
        self.smoothnessPoints = smoothnessPoints
        self.coarseToFine = coarseToFine
        self.elevation = elevation
        self.symmetry = symmetry
    }

    /// For a first look: about half of the steps, on smaller pictures.
    public static let draft = DistillationConfiguration(
        steps: 110, referenceSizes: [64, 96], samplesAcross: 64, smoothnessPoints: 1024)
    public static let standard = DistillationConfiguration()
    public static let fine = DistillationConfiguration(
        steps: 500, referenceSizes: [64, 96, 128, 160], samplesAcross: 128)

    /// Throws `FieldError` naming the first value out of range.
    public func validate() throws {
        try field.validate()
        func require(_ condition: Bool, _ key: String, _ value: String, _ allowed: String) throws {
            if !condition { throw FieldError("lift settings: \(key) is \(value); it must be \(allowed)") }
        }
        try require(1...100_000 ~= steps, "steps", "\(steps)", "1 to 100000")
        try require(0...0.9 ~= formingShare, "formingShare", "\(formingShare)", "0 to 0.9")
        try require(0...0.9 ~= refiningShare, "refiningShare", "\(refiningShare)", "0 to 0.9")
        try require(16...1024 ~= samplesAcross, "samplesAcross", "\(samplesAcross)", "16 to 1024")
        try require(
            !referenceSizes.isEmpty && referenceSizes.allSatisfy { 16...512 ~= $0 }, "referenceSizes",
            "\(referenceSizes)", "sizes from 16 to 512")
        for (key, ramp) in [
            ("noiseLow", noiseLow), ("noiseHigh", noiseHigh), ("imaginedShare", imaginedShare),
        ] {
            try require(
                0...1 ~= ramp.start && 0...1 ~= ramp.end, key, "\(ramp.start) to \(ramp.end)", "within 0 to 1"
            )
        }
    }
}

extension FieldConfiguration {
    /// The field of a lift: eight levels up to 96 cells per axis in the ball of radius 1.
    public static let lift = FieldConfiguration(
        grid: HashGrid(
            levels: 8, featuresPerLevel: 2, log2TableSize: 15, baseResolution: 6, finestResolution: 96),
        hiddenWidth: 32, density: .lift, bound: 1, domain: .sphere, occupancyResolution: 48,
        occupancyThreshold: 0.1)
}

extension FieldOptimizerConfiguration {
    public static let lift = FieldOptimizerConfiguration(
        gridRate: 2e-2, networkRate: 5e-3, beta2: 0.99, epsilon: 1e-15, averageDecay: 0.9)
}
