// Fitting of a field to posed images, as a sequence of steps.
import Arrays
import Foundation

/// Settings of a fit.
public struct FitConfiguration: Codable, Sendable, Hashable {
    public var field: FieldConfiguration
    public var optimizer: FieldOptimizerConfiguration
    public var steps: Int
    public var raysPerStep: Int
    public var samplesAcross: Int
    /// Learning rates decay exponentially to this share of their initial values over the run.
    public var finalRate: Float
    /// Weight of the distortion term, which concentrates the density along a ray.
    public var distortion: Float
    /// Weight of the entropy of opacity, which penalises semi-transparency; ramps up over the run.
    public var entropy: Float
    public var seed: UInt64

    public init(
        field: FieldConfiguration = .fit, optimizer: FieldOptimizerConfiguration = .init(averageDecay: 0.95),
        steps: Int = 1500, raysPerStep: Int = 4096, samplesAcross: Int = 192, finalRate: Float = 0.05,
        distortion: Float = 0, entropy: Float = 1e-3, seed: UInt64 = 0
    ) {
        self.field = field
        self.optimizer = optimizer
        self.steps = steps
        self.raysPerStep = raysPerStep
        self.samplesAcross = samplesAcross
        self.finalRate = finalRate
        self.distortion = distortion
        self.entropy = entropy
        self.seed = seed
    }

    /// Throws `FieldError` naming the first value out of range.
    public func validate() throws {
        try field.validate()
        try FieldError.require(1...10_000_000 ~= steps, "steps", "\(steps)", "1 to 10000000")
        try FieldError.require(1...1 << 20 ~= raysPerStep, "raysPerStep", "\(raysPerStep)", "1 to 1048576")
        try FieldError.require(8...4096 ~= samplesAcross, "samplesAcross", "\(samplesAcross)", "8 to 4096")
    }
}

extension FieldConfiguration {
    /// The field that `fit` makes by default: ten levels up to 256 cells per axis in the cube of side 2.
    public static let fit = FieldConfiguration(
        grid: HashGrid(
            levels: 10, featuresPerLevel: 2, log2TableSize: 17, baseResolution: 12, finestResolution: 256),
        hiddenWidth: 64, density: .fit, bound: 1, domain: .cube, occupancyResolution: 64,
        occupancyThreshold: 0.5)
}

/// State after a step of a fit.
public struct FitState: Sendable {
    /// Steps taken, 1...total.
    public let step: Int
    public let total: Int
    /// Mean squared error of this step's pixels over random backgrounds, or over that of opaque pictures.
    public let loss: Double
    /// Samples evaluated in this step.
    public let samples: Int
    /// Share of cells that rays sample.
    public let occupied: Float
}

/// A fit in progress; iterating over it takes steps.
///
/// Results depend on the seed only, not on the number of threads.
public struct FieldFitting: Sequence, IteratorProtocol {
    public let configuration: FitConfiguration
    public private(set) var field: RadianceField
    public private(set) var optimizer: FieldOptimizer
    /// Steps taken so far.
    public private(set) var step = 0
    private let pictures: PosedPictures
    private var gradients: FieldGradients

    /// Starts from a new field.
    public init(_ configuration: FitConfiguration, pictures: PosedPictures) throws {
        try configuration.validate()
        var random = RandomStream(seed: configuration.seed, stream: "field")
        field = try RadianceField(configuration.field, random: &random)
        optimizer = FieldOptimizer(for: field, configuration.optimizer)
        gradients = FieldGradients(for: field)
        self.configuration = configuration
        self.pictures = pictures
    }

    /// Continues from a checkpoint of the same configuration; the result is that of an uninterrupted run.
    public init(_ configuration: FitConfiguration, pictures: PosedPictures, from checkpoint: FieldCheckpoint)
        throws
    {
        try configuration.validate()
        guard let optimizer = checkpoint.optimizer, checkpoint.field.configuration == configuration.field,
            checkpoint.seed == configuration.seed
        else {
            throw FieldError("the checkpoint belongs to a run with other settings; start anew or use its own")
        }
        field = checkpoint.field
        self.optimizer = optimizer
        step = checkpoint.step
        gradients = FieldGradients(for: field)
        self.configuration = configuration
        self.pictures = pictures
    }

    /// The state needed to continue the run.
    public var checkpoint: FieldCheckpoint {
        FieldCheckpoint(field: field, optimizer: optimizer, step: step, seed: configuration.seed)
    }

    /// The resulting field: averaged parameters if the optimiser keeps them.
    public var result: RadianceField { optimizer.averaged(field) }

    /// Takes one step; nil after the last.
    public mutating func next() -> FitState? {
        guard step < configuration.steps else { return nil }
        var random = RandomStream(seed: configuration.seed, stream: "fit", step: UInt64(step))
        refreshOccupancy(&random)
        let count = configuration.raysPerStep
        let batch = draw(count, &random)
        let settings = RenderSettings(
            samplesAcross: configuration.samplesAcross, jitterSeed: random.nextUInt32(),
            transmittanceFloor: 1e-3)
        let (rendering, record) = field.renderRecorded(batch.rays, settings)
        var adjoint = RenderingAdjoint(count: count)
        let loss = squaredError(rendering, batch, &adjoint)
        if let background = pictures.background { clear(batch, background, &adjoint) }
        let progress = Float(step) / Float(configuration.steps)
        adjoint.addEntropy(of: rendering, weight: configuration.entropy * progress)
        adjoint.addDistortion(weight: configuration.distortion)
        field.accumulate(adjoint, record, into: &gradients)
        // With full learning rates on the first images the density would vanish everywhere.
        let rateScale = Swift.min(1, Float(step + 1) / 50) * pow(configuration.finalRate, progress)
        optimizer.update(&field, &gradients, rateScale: rateScale)
        step += 1
        return FitState(
            step: step, total: configuration.steps, loss: loss, samples: rendering.sampleCount,
            occupied: field.occupancy.occupiedFraction)
    }

    /// All cells frequently at first, then a quarter of them at intervals.
    private mutating func refreshOccupancy(_ random: inout RandomStream) {
        let seed = random.nextUInt32()
        if step < 128 {
            if step > 0 && step % 16 == 0 { field.updateOccupancy(seed: seed, decay: 0.5) }
        } else if step % 16 == 0 {
            field.updateOccupancy(phase: step / 16 % 4, of: 4, seed: seed, decay: 0.7)
        }
    }

    private struct Batch {
        var rays: RayBatch
        /// `[n, 4]` premultiplied pixels and `[n, 3]` backgrounds.
        var targets: NDArray
        var backgrounds: NDArray
        /// Whether a ray's pixel counts; empty if all do.
        var counts: [Bool] = []
    }

    private func draw(_ count: Int, _ random: inout RandomStream) -> Batch {
        let picks = random.uniform([count, 3]).scalars
        var backgrounds = random.uniform([count, 3])
        if let plain = pictures.background {
            backgrounds = NDArray(shape: [count, 3]) { out in
                for i in 0..<3 * count { out[i] = plain[i % 3] }
            }
        }
        var counts: [Bool] = []
        let width = pictures.width, height = pictures.height
        let pixels = pictures.pixels, cameras = pictures.cameras
        var targets = NDArray(shape: [count, 4]) { _ in }
        let rays = NDArray(shape: [count, 6]) { out in
            targets.withUnsafeMutableBuffer { target in
                pixels.withUnsafeBuffer { source in
                    for i in 0..<count {
                        let view = Swift.min(cameras.count - 1, Int(picks[3 * i] * Float(cameras.count)))
                        let x = Swift.min(width - 1, Int(picks[3 * i + 1] * Float(width)))
                        let y = Swift.min(height - 1, Int(picks[3 * i + 2] * Float(height)))
                        let (o, d) = cameras[view].ray(
                            x: Float(x) + 0.5, y: Float(y) + 0.5, width: width, height: height)
                        for a in 0..<3 { (out[6 * i + a], out[6 * i + 3 + a]) = (o[a], d[a]) }
                        let p = (view * height + y) * width + x
                        for c in 0..<4 { target[4 * i + c] = source[4 * p + c] }
                        if let known = pictures.counts { counts.append(known[p]) }
                    }
                }
            }
        }
        return Batch(rays: RayBatch(rays), targets: targets, backgrounds: backgrounds, counts: counts)
    }

    /// Weight of the opacity of rays that show the background of opaque pictures.
    private static let clearing: Float = 0.01

    /// Penalises opacity where a picture shows its background, which fog of that colour would show as well.
    ///
    /// The weight is so small that the colours of other pictures decide about a part of the object that has this colour.
    private func clear(
        _ batch: Batch, _ background: SIMD3<Float>, _ adjoint: inout RenderingAdjoint
    ) {
        let count = batch.rays.count, weight = FieldFitting.clearing / Float(count)
        batch.targets.withUnsafeBuffer { target in
            adjoint.outputs.withUnsafeMutableBuffer { out in
                for i in 0..<count where batch.counts.isEmpty || batch.counts[i] {
                    let colour = SIMD3(target[4 * i], target[4 * i + 1], target[4 * i + 2])
                    guard PosedPictures.isBackground(colour, background) else { continue }
                    out[RayOutput.count * i + RayOutput.opacity] += weight
                }
            }
        }
    }

    /// Mean squared error of colour over the backgrounds, and its derivatives.
    private func squaredError(
        _ rendering: Rendering, _ batch: Batch, _ adjoint: inout RenderingAdjoint
    ) -> Double {
        let count = batch.rays.count, stride = RayOutput.count
        var sum = 0.0
        let scale = 2 / Float(3 * count)
        rendering.outputs.withUnsafeBuffer { seen in
            batch.targets.withUnsafeBuffer { target in
                batch.backgrounds.withUnsafeBuffer { background in
                    adjoint.outputs.withUnsafeMutableBuffer { out in
                        for i in 0..<count where batch.counts.isEmpty || batch.counts[i] {
                            let lost = target[4 * i + 3] - seen[stride * i + RayOutput.opacity]
                            for c in 0..<3 {
                                let b = background[3 * i + c]
                                let d = seen[stride * i + c] - target[4 * i + c] + lost * b
                                sum += Double(d * d)
                                out[stride * i + c] += scale * d
                                out[stride * i + RayOutput.opacity] -= scale * d * b
                            }
                        }
                    }
                }
            }
        }
        return sum / Double(3 * count)
    }
}
