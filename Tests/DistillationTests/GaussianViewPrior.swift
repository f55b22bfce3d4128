// An analytic prior: views normally distributed around given pictures.

import Arrays
import Distillation
import Radiance
import StableDiffusion

/// Views drawn from a normal distribution around target pictures.
///
/// With clean ~ N(target, spread^2) and noisy = a clean + s noise the posterior mean is
/// `target + a spread^2 / (a^2 spread^2 + s^2) * (noisy - a target)`. Used to test distillation against a known answer.
struct GaussianViewPrior: ViewPrior {
    let schedule: NoiseSchedule
    let guidance: Float = 1
    let referenceElevation: Float?
    let referenceCrop: CropTransform?
    private let targets: PosedPictures
    private let spread: Float
    private let encoded: NDArray

    var viewSize: Int { targets.width }

    /// - Parameters:
    ///   - targets: square pictures and their cameras.
    ///   - spread: standard deviation in the space [-1, 1].
    init(
        targets: PosedPictures, spread: Float, schedule: NoiseSchedule, referenceElevation: Float? = nil,
        referenceCrop: CropTransform? = nil
    ) {
        precondition(
            targets.width == targets.height,
            "GaussianViewPrior: pictures of \(targets.width)x\(targets.height) are not square")
        self.targets = targets
        self.spread = spread
        self.schedule = schedule
        self.referenceElevation = referenceElevation
        self.referenceCrop = referenceCrop
        encoded = targets.pixels.affine(scale: 2, shift: -1)
    }

    func imagine(random: inout RandomStream) -> PosedPictures? { targets }

    func cameras(progress: Float, random: inout RandomStream) -> [Camera] { targets.cameras }

    func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews { .pixels(views) }

    func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray {
        let a = schedule.sqrtAlphaBar(timestep), s = schedule.sqrtOneMinusAlphaBar(timestep)
        let gain = a * spread * spread / (a * a * spread * spread + s * s)
        return noisy * gain + encoded * (1 - gain * a)
    }
}
