// A text-to-image model as a prior of single views.

public import Arrays
import Autograd
public import Radiance
public import StableDiffusion

/// A text-conditioned latent diffusion model that scores random single views.
///
/// View-dependent prompting: the prompt is embedded as front, side and back view, and the embeddings are
/// interpolated by the camera's azimuth (stable-dreamfusion `nerf/utils.py`).
public struct TextViewPrior: ViewPrior {
    private let pipeline: DiffusionPipeline
    private let front: NDArray
    private let side: NDArray
    private let back: NDArray
    private let unconditional: NDArray
    private let pictureSide: Int
    public var views: RandomViews
    public let viewSize: Int
    public var guidance: Float
    public var referenceElevation: Float? { nil }
    public var schedule: NoiseSchedule { pipeline.schedule }

    /// Embeds the prompts.
    /// - Parameters:
    ///   - pipeline: the text-to-image model.
    ///   - prompt: what the object is.
    ///   - negativePrompt: text of the unconditional branch.
    ///   - viewSize: side of the rendered views in pixels; they are enlarged to the model's native size.
    ///   - guidance: s of `u + s (c - u)`.
    ///   - views: the distribution of cameras.
    public init(
        _ pipeline: DiffusionPipeline, prompt: String, negativePrompt: String = "", viewSize: Int = 64,
        guidance: Float = 7.5, views: RandomViews = RandomViews()
    ) {
        self.pipeline = pipeline
        self.viewSize = viewSize
        self.guidance = guidance
        self.views = views
        let told = pipeline.embedding(
            of: ["front", "side", "back"].map { "\(prompt), \($0) view" } + [negativePrompt])
        (front, side, back) = (told.leading(0..<1), told.leading(1..<2), told.leading(2..<3))
        unconditional = told.leading(3..<4)
        pictureSide = pipeline.nativeSide
    }

    public func cameras(progress: Float, random: inout RandomStream) -> [Camera] { views.draw(&random) }

    public func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews {
        let background = (0..<3).map { _ in random.uniform() }
        return .latents(views, background: background, side: pictureSide, pipeline.autoencoder)
    }

    public func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray {
        let condition = Tensor.concatenated(cameras.map { Tensor(embedding(turn: $0.turn)) }, axis: 0).value
        let output = pipeline.predict(
            noisy, timestep: Float(timestep), condition: condition, unconditional: unconditional,
            guidance: guidance)
        return schedule.clean(from: Tensor(output), noisy: Tensor(noisy), at: timestep).value
    }

    /// Front to side over the first 90 degrees, side to back over the rest; linear.
    func embedding(turn: Float) -> NDArray {
        let (from, to, share) = turn < 90 ? (front, side, turn / 90) : (side, back, (turn - 90) / 90)
        return from.mapped(with: to) { $0 + ($1 - $0) * share }
    }
}
