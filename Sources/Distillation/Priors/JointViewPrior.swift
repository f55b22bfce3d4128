// The joint multi-view prior as a `ViewPrior`: a fixed ring of views, denoised together.

public import Arrays
import Images
public import Radiance
public import StableDiffusion

/// Eight views (or as many as the model has) of the object in one picture.
public struct JointViewPrior: ViewPrior {
    private let model: MultiViewPrior
    private let conditioning: MultiViewPrior.Conditioning
    /// The same of the picture's mirror image, with the view of the ring that each view's mirror image is.
    private let mirrored: (conditioning: MultiViewPrior.Conditioning, views: [Int])?
    private let ring: [Camera]
    /// Elevation of the reference picture's camera, degrees: given, or the model's guess within -10 to 45.
    public let referenceElevation: Float?
    /// The model's guess of how the reference picture was cropped, within what a picture can be.
    public let referenceWindow: PictureWindow?

    public var schedule: NoiseSchedule { model.schedule }
    public var viewSize: Int { model.layout.viewSize }
    public var guidance: Float { model.layout.guidance }

    /// Conditions a model on a picture.
    /// - Parameters:
    ///   - reference: `[side, side, 4]`, premultiplied RGBA in 0...1, the object centred with its longer side 46/64
    ///     of the picture.
    ///   - elevation: of the picture's camera, degrees; nil lets the model guess.
    public init(_ model: MultiViewPrior, reference: NDArray, elevation: Float? = nil) {
        self.model = model
        let size = model.layout.pictureSize
        let picture = ReferenceView.resized(reference, to: size)
        conditioning = model.encode(picture, elevation: elevation)
        mirrored = JointViewPrior.mirrorImages(model.layout).map {
            (model.encode(Image(picture).mirrored.pixels, elevation: elevation), $0)
        }
        referenceElevation = elevation ?? conditioning.estimatedElevation.map { max(-10, min(45, $0)) }
        referenceWindow = conditioning.estimatedWindow?.plausible
        ring = zip(model.layout.azimuths, model.layout.elevations).map {
            Camera(
                azimuth: $0, elevation: $1, radius: model.layout.radius, fieldOfView: model.layout.fieldOfView
            )
        }
    }

    /// What all views most likely show: the mean of the clean estimates of a few noisy copies, from pure noise down.
    ///
    /// Each round noises the last round's mean a little less, so the estimate climbs from the mean over everything
    /// possible to the top of one likely case, as mean shift does. A sample drawn by DDIM is one such case too, but
    /// carries what this small a denoiser gets wrong at each step; the mean over copies does not. Every second copy is
    /// made of the mirror image, which errs in other ways. No guidance: it would push away from the mean.
    public func imagine(random: inout RandomStream) -> PosedPictures? {
        let last = Float(schedule.trainingSteps - 1)
        var views = NDArray.zeros([ring.count, viewSize, viewSize, 4])
        for share in JointViewPrior.rounds {
            let timestep = Int(share * last)
            let a = schedule.signal(timestep), s = schedule.sigma(timestep)
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

    /// Noise levels of the rounds, as shares of the schedule.
    private static let rounds: [Float] = [1, 0.8, 0.6, 0.4]
    private static let copies = 8

    /// The clean estimate by way of the mirror image; as it is where the ring has none.
    private func denoiseMirrored(_ noisy: NDArray, timestep: Int) -> NDArray {
        guard let mirrored else { return denoise(noisy, timestep: timestep, cameras: ring, guidance: 1) }
        let found = model.predictSample(
            flipped(noisy, mirrored.views), timestep: timestep, mirrored.conditioning, guidance: 1)
        return flipped(found, mirrored.views)
    }

    /// Views `[V, H, W, C]`, each in the place of its mirror image and left to right.
    private func flipped(_ views: NDArray, _ places: [Int]) -> NDArray {
        let shape = views.shape
        let size = shape[1] * shape[2] * shape[3]
        // Stacked, the views are one tall picture.
        let stacked = Image(views.reshaped([shape[0] * shape[1], shape[2], shape[3]])).mirrored.pixels
        return stacked.withUnsafeBuffer { input in
            NDArray(shape: shape) { out in
                for (view, source) in places.enumerated() {
                    for i in 0..<size { out[view * size + i] = input[source * size + i] }
                }
            }
        }
    }

    /// For each view of a ring the view from the other side at the same elevation; nil if one has none.
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
