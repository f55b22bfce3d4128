// A text-to-image model as a prior of views: what the words say, seen from where the camera stands.

public import Arrays
import Autograd
public import Radiance
public import StableDiffusion

/// A text-conditioned latent diffusion model that judges random single views.
///
/// The prompt is told three times, as front, side and back view, and the embeddings are blended by how far the
/// camera has turned (stable-dreamfusion `nerf/utils.py`).
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

    /// - Parameters:
    ///   - prompt: what the object is.
    ///   - viewSize: side of the rendered views; they are enlarged to what the model was trained on.
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

    /// Front to side over the first 90 degrees, side to back over the rest.
    func embedding(turn: Float) -> NDArray {
        let (from, to, share) = turn < 90 ? (front, side, turn / 90) : (side, back, (turn - 90) / 90)
        return from.mapped(with: to) { $0 + ($1 - $0) * share }
    }
}
