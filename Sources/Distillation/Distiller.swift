// Lifting one picture into a field: score distillation with a view prior, as a sequence of steps.

public import Arrays
import Foundation
public import Radiance

/// The part of a run a step belongs to.
public enum DistillationStage: String, Codable, Sendable, CaseIterable {
    /// The prior alone forms a rough shape.
    case form
    /// Prior and reference picture work together, with less and less noise.
    case distil
    /// Little noise, the reference picture at its largest.
    case refine
}

/// One finished step.
public struct DistillationState: Sendable {
    /// Steps taken, 1...total.
    public let step: Int
    public let total: Int
    public let stage: DistillationStage
    /// Value of each term: imagined, prior, reference, mirrored, entropy, sparsity, smoothness, depth.
    public let losses: [String: Double]
    /// Peak signal-to-noise ratio of the reference view in dB, premultiplied; nil before it is placed.
    public let referenceQuality: Double?
    /// Timestep of the noise.
    public let timestep: Int
    public let samples: Int
    /// What the watchdog saw and did in this step.
    public let events: [WatchdogEvent]
}

/// A running lift: iterate it to advance.
///
/// Same configuration, prior and picture: same bytes, whatever the number of threads, and whether or not the run was
/// interrupted and resumed from its checkpoint.
public struct Distiller: Sequence, IteratorProtocol {
    public let configuration: DistillationConfiguration
    public package(set) var field: RadianceField
    /// Steps taken so far.
    public internal(set) var step = 0
    /// Everything the watchdog has done so far.
    public internal(set) var events: [WatchdogEvent] = []
    /// Where the reference picture was taken from, once it is placed.
    public internal(set) var referenceCamera: Camera?
    /// The object's planes of mirror symmetry; empty before the rough shape is formed, and where none is clear.
    public internal(set) var mirrors: [MirrorPlane] = []

    let prior: any ViewPrior
    let reference: ReferenceView
    let referenceDepth: NDArray?
    var optimizer: FieldOptimizer
    var gradients: FieldGradients
    var watchdog = Watchdog()
    var good: Snapshot?
    /// Outer nil: not asked yet.
    private var imagined: PosedPictures??

    /// The last field that was in order, to go back to.
    struct Snapshot: Sendable {
        var field: RadianceField
        var optimizer: FieldOptimizer
    }

    /// Prepares a lift.
    /// - Parameters:
    ///   - prior: already conditioned on the picture.
    ///   - reference: `[side, side, 4]`, premultiplied RGBA in 0...1 of the cut-out object, framed as the prior wants.
    ///   - depth: `[side, side]`, relative distance of the reference's pixels in any unit; used where opaque.
    /// - Throws: `FieldError` for settings out of range or an empty picture.
    public init(
        _ configuration: DistillationConfiguration, prior: any ViewPrior, reference: NDArray,
        depth: NDArray? = nil
    ) throws {
        try configuration.validate()
        self.configuration = configuration
        self.prior = prior
        self.reference = try ReferenceView(
            picture: reference, elevation: configuration.elevation ?? prior.referenceElevation ?? 10)
        referenceDepth = depth
        field = try Self.freshField(configuration)
        optimizer = FieldOptimizer(for: field, configuration.optimizer)
        gradients = FieldGradients(for: field)
    }

    /// The field to show: averaged parameters.
    public var result: RadianceField { optimizer.averaged(field) }

    /// Takes one step; nil when all are taken.
    public mutating func next() -> DistillationState? {
        guard step < configuration.steps else { return nil }
        let progress = Float(step) / Float(configuration.steps)
        var random = RandomStream(seed: configuration.seed, stream: "distil", step: UInt64(step))
        field.levelWeights = levelWeights(progress)
        refreshOccupancy(&random)
        let stage = stage(progress)
        let cameras = prior.cameras(progress: progress, random: &random)
        if referenceCamera == nil {
            if let imagined = imagine() {
                if stage != .form {
                    referenceCamera = reference.camera(
                        for: field, like: imagined.cameras[0], guess: prior.referenceCrop,
                        samplesAcross: configuration.samplesAcross)
                }
            } else if let first = cameras.first {
                referenceCamera = reference.unframed(like: first)
            }
        }
        if step == symmetryStep { mirrors = symmetryPlanes() }
        let share = stage == .form ? 1 : configuration.imaginedShare(progress)
        let imagined = share > 0 ? imagine() : nil
        let outcome = descend(
            imagined: imagined, share: imagined == nil ? 0 : share, progress: progress, cameras: cameras,
            random: &random)
        step += 1
        let found = guardField(outcome.vitals, progress)
        return DistillationState(
            step: step, total: configuration.steps, stage: stage, losses: outcome.losses,
            referenceQuality: outcome.quality, timestep: outcome.timestep, samples: outcome.samples,
            events: found)
    }

    /// Renders the result.
    /// - Returns: `[size, size, 4]`, premultiplied.
    public func preview(_ camera: Camera, size: Int) -> NDArray {
        result.render(
            camera.rays(width: size, height: size), RenderSettings(samplesAcross: configuration.samplesAcross)
        ).picture(width: size, height: size)
    }

    /// The step in which planes of symmetry are looked for: the field has the shape of the prior's views, and is still so
    /// coarse that their faults in detail do not hide its symmetry.
    private var symmetryStep: Int {
        Swift.min(28, Int(configuration.formingShare * Float(configuration.steps)))
    }

    private mutating func symmetryPlanes() -> [MirrorPlane] {
        switch configuration.symmetry {
        case .off: return []
        case .plane(let azimuth): return [MirrorPlane(azimuth: azimuth)]
        case .auto:
            // Only imagined views give a shape so early.
            guard let ring = imagine()?.cameras.first else { return [] }
            return SymmetrySearch(
                of: field, like: reference.unframed(like: ring), samplesAcross: configuration.samplesAcross
            ).planes()
        }
    }

    /// The prior's own pictures; drawn once, the same whenever the run is resumed.
    private mutating func imagine() -> PosedPictures? {
        if case .some(let drawn) = imagined { return drawn }
        var random = RandomStream(seed: configuration.seed, stream: "imagine")
        let drawn = prior.imagine(random: &random)
        imagined = .some(drawn)
        return drawn
    }

    // MARK: Schedules

    static func freshField(_ configuration: DistillationConfiguration) throws -> RadianceField {
        var random = RandomStream(seed: configuration.seed, stream: "field")
        return try RadianceField(configuration.field, random: &random)
    }

    func stage(_ progress: Float) -> DistillationStage {
        if progress < configuration.formingShare { return .form }
        return progress < 1 - configuration.refiningShare ? .distil : .refine
    }

    func referenceSize(_ progress: Float) -> Int {
        let sizes = configuration.referenceSizes
        let done = (progress - configuration.formingShare) / Swift.max(1e-6, 1 - configuration.formingShare)
        return sizes[Swift.max(0, Swift.min(sizes.count - 1, Int(done * Float(sizes.count))))]
    }

    /// The three coarsest levels from the start; the others fade in one after another.
    private func levelWeights(_ progress: Float) -> [Float] {
        let levels = configuration.field.grid.levels
        guard configuration.coarseToFine > 0 else { return Array(repeating: 1, count: levels) }
        let open = 3 + Float(levels - 3) * progress / configuration.coarseToFine
        return (0..<levels).map { Swift.max(0, Swift.min(1, open - Float($0))) }
    }

    private mutating func refreshOccupancy(_ random: inout RandomStream) {
        let seed = random.nextUInt32()
        guard step > 0, step % 8 == 0 else { return }
        field.updateOccupancy(seed: seed, decay: 0.6)
    }

    // MARK: Watchdog

    private mutating func guardField(_ vitals: FieldVitals, _ progress: Float) -> [WatchdogEvent] {
        let (action, event) = watchdog.judge(vitals, step: step, progress: progress, hasGood: good != nil)
        switch action {
        case .none:
            if event == nil, step % 10 == 0, vitals.isFinite, vitals.opacity > Watchdog.emptyOpacity {
                good = Snapshot(field: field, optimizer: optimizer)
            }
        case .adjust: break
        case .restore:
            if let good { (field, optimizer) = (good.field, good.optimizer) }
            gradients = FieldGradients(for: field)
        case .restart:
            // The configuration was checked when the run began.
            if let fresh = try? Self.freshField(configuration) { field = fresh }
            optimizer = FieldOptimizer(for: field, configuration.optimizer)
            gradients = FieldGradients(for: field)
        }
        if let event { events.append(event) }
        return event.map { [$0] } ?? []
    }
}
