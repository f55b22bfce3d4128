// One step of distillation: render, ask the prior, compare with the picture, go downhill.

import Arrays
import Foundation
import Images
import Radiance
import StableDiffusion

extension Distiller {
    struct Outcome {
        var losses: [String: Double] = [:]
        var quality: Double?
        var timestep = 0
        var samples = 0
        var vitals = FieldVitals(isFinite: true, opacity: 0, haze: 0)
    }

    /// - Parameters:
    ///   - imagined: the prior's own pictures, if they count in this step.
    ///   - share: how much of the prior's pull is towards them, 0 to 1; the rest is score distillation.
    mutating func descend(
        imagined: PosedPictures?, share: Float, progress: Float, cameras: [Camera],
        random: inout RandomStream
    ) -> Outcome {
        var outcome = Outcome()
        let cameras = imagined?.cameras ?? cameras
        let size = prior.viewSize, viewRays = cameras.count * size * size
        var batches = [RayBatch(cameras, width: size, height: size)]
        let referenceSize = referenceSize(progress)
        if let referenceCamera {
            batches.append(referenceCamera.rays(width: referenceSize, height: referenceSize))
        }
        let referenceRays = viewRays..<viewRays + (referenceCamera == nil ? 0 : referenceSize * referenceSize)
        // Its detail is taken from the photograph itself, in films and textures.
        let mirroredCameras = mirroredCameras
        let mirroredSize = Swift.min(referenceSize, mirroredCameras.count > 1 ? 64 : 96)
        batches.append(RayBatch(mirroredCameras, width: mirroredSize, height: mirroredSize))
        let rays = RayBatch.concatenated(batches)
        let (rendering, record) = field.renderRecorded(
            rays,
            RenderSettings(samplesAcross: configuration.samplesAcross, jitterSeed: random.nextUInt32()))
        outcome.samples = rendering.sampleCount
        outcome.vitals = vitals(rendering, viewRays)
        var adjoint = RenderingAdjoint(count: rays.count)
        if let imagined {
            // The factor 4: pictures from 0 to 1, where distillation sees -1 to 1.
            match(
                rendering, 0..<viewRays, imagined.pixels, 4 * share * configuration.priorWeight, "imagined",
                &adjoint, &outcome)
        }
        if share < 1 {
            distil(
                rendering, cameras, progress, (1 - share) * configuration.priorWeight, &random, &adjoint,
                &outcome)
        }
        if referenceCamera != nil {
            compare(rendering, referenceRays, referenceSize, &adjoint, &outcome)
        }
        if !mirroredCameras.isEmpty {
            let picture = Image(reference.picture(size: mirroredSize)).mirrored.pixels
            let each = mirroredSize * mirroredSize
            for index in mirroredCameras.indices {
                let first = referenceRays.upperBound + index * each
                match(
                    rendering, first..<first + each, picture,
                    Self.mirroredShare * configuration.referenceWeight, "mirrored", &adjoint, &outcome)
            }
        }
        outcome.losses["entropy"] = adjoint.addEntropy(
            of: rendering, weight: configuration.entropy * watchdog.entropy * progress)
        outcome.losses["sparsity"] = adjoint.addSparsity(
            of: rendering, rays: 0..<viewRays, weight: configuration.sparsity + watchdog.sparsity)
        adjoint.addDistortion(weight: configuration.distortion)
        if outcome.vitals.isFinite && outcome.losses.values.allSatisfy(\.isFinite) {
            field.accumulate(adjoint, record, into: &gradients)
            // One cell of the finest level: over two cells, a pattern that repeats every other cell makes no difference.
            let cell = 2 * field.configuration.bound / Float(field.configuration.grid.finestResolution)
            outcome.losses["smoothness"] = field.addSmoothness(
                configuration.smoothness, count: configuration.smoothnessPoints, spacing: cell,
                random: &random, into: &gradients)
            optimizer.update(&field, &gradients, rateScale: rateScale(progress))
        } else {
            outcome.vitals.isFinite = false
        }
        return outcome
    }

    /// Weight of the mirrored reference picture, as a share of the picture's own: the plane is known less well.
    private static let mirroredShare: Float = 0.5

    /// Where the mirrored reference picture was taken from, where that shows another side of the object.
    private var mirroredCameras: [Camera] {
        guard let referenceCamera else { return [] }
        return mirrors.filter(\.showsOtherSide).map { referenceCamera.reflected(in: $0) }
    }

    private func rateScale(_ progress: Float) -> Float {
        Swift.min(1, Float(step + 1) / 10) * pow(configuration.finalRate, progress) * watchdog.rate
    }

    /// Squared distance of the views to the prior's clean estimate of their noisy selves, in the prior's space.
    ///
    /// The estimate is held fixed, so its derivative is the score distillation gradient (DreamFusion, equation 3).
    private func distil(
        _ rendering: Rendering, _ cameras: [Camera], _ progress: Float, _ priorWeight: Float,
        _ random: inout RandomStream, _ adjoint: inout RenderingAdjoint, _ outcome: inout Outcome
    ) {
        let size = prior.viewSize
        let views = rendering.pictures(cameras.count, width: size, height: size)
        let encoded = prior.encode(views, random: &random)
        let low = configuration.noiseLow(progress), high = configuration.noiseHigh(progress)
        let share = low + (Swift.max(low, high) - low) * random.uniform()
        let last = prior.schedule.trainingSteps - 1
        let timestep = Swift.max(1, Swift.min(last, Int(share * Float(last))))
        let a = prior.schedule.sqrtAlphaBar(timestep), s = prior.schedule.sqrtOneMinusAlphaBar(timestep)
        let noise = random.normal(encoded.values.shape)
        let noisy = encoded.values.mapped(with: noise) { a * $0 + s * $1 }
        let clean = prior.denoise(
            noisy, timestep: timestep, cameras: cameras, guidance: configuration.guidance ?? prior.guidance)
        let weight = priorWeight * (configuration.weight == .clean ? 1 : 4 * a * s)
        let scale = weight / Float(encoded.values.count)
        var total = 0.0
        let slope = encoded.values.mapped(with: clean) { x, target in
            total += Double((x - target) * (x - target))
            return 2 * scale * (x - target)
        }
        outcome.losses["prior"] = total * Double(scale)
        outcome.timestep = timestep
        adjoint.addPictures(encoded.pullback(slope), firstRay: 0)
    }

    /// Mean squared difference of premultiplied colour and opacity to the reference picture.
    ///
    /// Premultiplied colour
    /// over any background is straight colour with a soft edge, so no fringe of a background is learnt.
    private func compare(
        _ rendering: Rendering, _ rays: Range<Int>, _ size: Int, _ adjoint: inout RenderingAdjoint,
        _ outcome: inout Outcome
    ) {
        let target = reference.picture(size: size)
        let error = match(
            rendering, rays, target, configuration.referenceWeight, "reference", &adjoint, &outcome)
        outcome.quality = -10 * log10(Swift.max(1e-10, error))
        if let referenceDepth, configuration.depth > 0 {
            outcome.losses["depth"] = adjoint.addDepthCorrelation(
                of: rendering, rays: rays, depth: referenceDepth, picture: target, size: size,
                weight: configuration.depth)
        }
    }

    /// Adds `weight` times the mean squared difference of rendered rays to pictures.
    /// - Returns: the mean squared difference.
    @discardableResult
    private func match(
        _ rendering: Rendering, _ rays: Range<Int>, _ target: NDArray, _ weight: Float, _ name: String,
        _ adjoint: inout RenderingAdjoint, _ outcome: inout Outcome
    ) -> Double {
        precondition(target.count == 4 * rays.count, "match: \(target.shape) for \(rays.count) rays")
        let scale = weight / Float(target.count)
        var slope = NDArray.zeros([rays.count, 4])
        var total = 0.0
        rendering.outputs.withUnsafeBuffer { seen in
            target.withUnsafeBuffer { target in
                slope.withUnsafeMutableBuffer { out in
                    for i in 0..<rays.count {
                        for c in 0..<4 {
                            let d = seen[(rays.lowerBound + i) * RayOutput.count + c] - target[4 * i + c]
                            total += Double(d * d)
                            out[4 * i + c] = 2 * scale * d
                        }
                    }
                }
            }
        }
        outcome.losses[name, default: 0] += total * Double(scale)
        adjoint.addPictures(slope, firstRay: rays.lowerBound)
        return total / Double(target.count)
    }

    private func vitals(_ rendering: Rendering, _ rays: Int) -> FieldVitals {
        rendering.outputs.withUnsafeBuffer { seen in
            var sum = 0.0, haze = 0.0
            for i in 0..<rays {
                let a = Double(seen[i * RayOutput.count + RayOutput.opacity])
                sum += a
                haze += 4 * a * (1 - a)
            }
            // A ReLU turns a NaN into zero, so sound pictures do not prove sound parameters.
            let checked = seen.allSatisfy(\.isFinite) && field.isFinite
            return FieldVitals(
                isFinite: checked && sum.isFinite, opacity: Float(sum / Double(Swift.max(1, rays))),
                haze: Float(haze / Swift.max(1e-9, sum)))
        }
    }
}
