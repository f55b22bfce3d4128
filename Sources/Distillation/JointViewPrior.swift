// The joint multi-view prior as a `ViewPrior`: a fixed ring of views, denoised together.

public import Arrays
import Images
public import Radiance
public import StableDiffusion

/// Eight views (or as many as the model has) of the object in one picture.
public struct JointViewPrior: ViewPrior {
    private let model: MultiViewPrior
    private let conditioning: MultiViewPrior.Conditioning
    private let ring: [Camera]
    /// Elevation of the reference picture's camera, degrees: given, or the model's guess within -10 to 45.
    public let referenceElevation: Float?

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
        conditioning = model.encode(ReferenceView.resized(reference, to: size), elevation: elevation)
        referenceElevation = elevation ?? conditioning.estimatedElevation.map { max(-10, min(45, $0)) }
        ring = zip(model.layout.azimuths, model.layout.elevations).map {
            Camera(
                azimuth: $0, elevation: $1, radius: model.layout.radius, fieldOfView: model.layout.fieldOfView
            )
        }
    }

    /// Draws all views together by DDIM (Song and others 2021) in a few steps.
    public func imagine(random: inout RandomStream) -> PosedPictures? {
        let steps = 8, last = schedule.trainingSteps - 1
        let times = (0...steps).map { last * (steps - $0) / steps }
        var noisy = random.normal([ring.count, viewSize, viewSize, 4])
        for (time, next) in zip(times, times.dropFirst()) {
            let clean = denoise(noisy, timestep: time, cameras: ring, guidance: guidance)
            if next == 0 {
                noisy = clean
                break
            }
            let a = schedule.signal(time), s = max(1e-4, schedule.sigma(time))
            let a2 = schedule.signal(next), s2 = schedule.sigma(next)
            noisy = noisy.mapped(with: clean) { z, x in a2 * x + s2 * (z - a * x) / s }
        }
        return PosedPictures(cameras: ring, pixels: noisy.mapped { min(1, max(0, $0 * 0.5 + 0.5)) })
    }

    public func cameras(progress: Float, random: inout RandomStream) -> [Camera] { ring }

    public func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews { .pixels(views) }

    public func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray {
        model.predictSample(noisy, timestep: timestep, conditioning, guidance: guidance)
    }
}
