// The joint multi-view prior as a `ViewPrior`: a fixed ring of views, denoised together.

public import Arrays
import Images
public import Radiance
public import StableDiffusion

/// A joint model's views, eight in the starter model, of the object in one picture.
public struct JointViewPrior: ViewPrior {
    private let model: MultiViewPrior
    private let conditioning: MultiViewPrior.Conditioning
    /// The conditioning on the mirrored picture, and for each view of the ring the index of its mirror image.
    private let mirrored: (conditioning: MultiViewPrior.Conditioning, views: [Int])?
    private let ring: [Camera]
    /// Elevation of the reference picture's camera, degrees: given, or the model's estimate clamped to -10 to
    /// 45.
    public let referenceElevation: Float?
    /// The model's estimate of the reference picture's crop, clamped to plausible values.
    public let referenceCrop: CropTransform?

    public var schedule: NoiseSchedule { model.schedule }
    public var viewSize: Int { model.layout.viewSize }
    public var guidance: Float { model.layout.guidance }

    /// Conditions a model on a picture.
    /// - Parameters:
    ///   - model: the joint model.
    ///   - reference: `[side, side, 4]`, premultiplied RGBA in 0...1, the object centred with its longer side
    ///     46/64 of the picture.
    ///   - elevation: of the picture's camera, degrees; nil uses the model's estimate.
    public init(_ model: MultiViewPrior, reference: NDArray, elevation: Float? = nil) {
        self.model = model
        let size = model.layout.pictureSize
        let picture = ReferenceView.resized(reference, to: size)
        conditioning = model.encode(picture, elevation: elevation)
        mirrored = JointViewPrior.mirrorImages(model.layout).map {
            (model.encode(Image(picture).mirrored.pixels, elevation: elevation), $0)
        }
        referenceElevation = elevation ?? conditioning.estimatedElevation.map { max(-10, min(45, $0)) }
        referenceCrop = conditioning.estimatedCrop?.plausible
        ring = zip(model.layout.azimuths, model.layout.elevations).map {
            Camera(
                azimuth: $0, elevation: $1, radius: model.layout.radius, fieldOfView: model.layout.fieldOfView
            )
        }
    }

    /// An estimate of the most likely views: repeatedly the mean of the clean predictions of several noisy
    /// copies, from pure noise downwards.
    ///
    /// Each round adds less noise to the mean of the last, so the estimate moves from the mean of the
    /// distribution to a mode, as mean shift does. A DDIM sample also ends at a mode but accumulates the
    /// errors of a small denoiser over its steps; averaging over copies reduces them. Half of the copies are
    /// mirrored, whose errors differ. Guidance is off, since it would move the estimate away from the mean.
    public func imagine(random: inout RandomStream) -> PosedPictures? {
        let last = Float(schedule.trainingSteps - 1)
        var views = NDArray.zeros([ring.count, viewSize, viewSize, 4])
        for share in JointViewPrior.rounds {
            let timestep = Int(share * last)
            let a = schedule.sqrtAlphaBar(timestep), s = schedule.sqrtOneMinusAlphaBar(timestep)
            var mean = NDArray.zeros(views.shape)
            for copy in 0..<JointViewPrior.copies {
                let noisy = views.mapped(with: random.normal(views.shape)) { a * $0 + s * $1 }
                let clean =
                    copy % 2 == 0
                    ? denoise(noisy, timestep: timestep, cameras: ring, guidance: 1)
                    : denoiseMirrored(noisy, timestep: timestep)
                mean = mean.mapped(with: clean) { $0 + max(-1, min(1, $1)) / Float(JointViewPrior.copies) }
            }
            views = mean
        }
        return PosedPictures(cameras: ring, pixels: views.mapped { min(1, max(0, $0 * 0.5 + 0.5)) })
    }

    /// Timesteps of the rounds, as shares of the schedule.
    private static let rounds: [Float] = [1, 0.8, 0.6, 0.4]
    private static let copies = 8

    /// The clean estimate from the mirrored views; the plain estimate where the ring has no mirror images.
    private func denoiseMirrored(_ noisy: NDArray, timestep: Int) -> NDArray {
        guard let mirrored else { return denoise(noisy, timestep: timestep, cameras: ring, guidance: 1) }
        let found = model.predictSample(
            flipped(noisy, mirrored.views), timestep: timestep, mirrored.conditioning, guidance: 1)
        return flipped(found, mirrored.views)
    }

    /// Views `[V, H, W, C]` mirrored left to right, each moved to the index of its mirror image.
    private func flipped(_ views: NDArray, _ places: [Int]) -> NDArray {
        let shape = views.shape
        let size = shape[1] * shape[2] * shape[3]
        // Stacked vertically, so that one call mirrors all views.
        let stacked = Image(views.reshaped([shape[0] * shape[1], shape[2], shape[3]])).mirrored.pixels
        return stacked.withUnsafeBuffer { input in
            NDArray(shape: shape) { out in
                for (view, source) in places.enumerated() {
                    for i in 0..<size { out[view * size + i] = input[source * size + i] }
                }
            }
        }
    }

    /// For each view of a ring the index of the view at the opposite azimuth and the same elevation; nil if
    /// one is missing.
    private static func mirrorImages(_ layout: MultiViewLayout) -> [Int]? {
        let places = layout.azimuths.indices.compactMap { view in
            layout.azimuths.indices.first { other in
                let sum = (layout.azimuths[view] + layout.azimuths[other]).truncatingRemainder(
                    dividingBy: 360)
                return abs(sum) < 1e-3 && layout.elevations[view] == layout.elevations[other]
            }
        }
        return places.count == layout.azimuths.count ? places : nil
    }

    public func cameras(progress: Float, random: inout RandomStream) -> [Camera] { ring }

    public func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews { .pixels(views) }

    public func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray {
        model.predictSample(noisy, timestep: timestep, conditioning, guidance: guidance)
    }
}
