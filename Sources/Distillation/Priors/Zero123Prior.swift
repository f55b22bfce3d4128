// Zero-1-to-3: a prior conditioned on one picture and the relative camera.

public import Arrays
import Autograd
import CLIP
import Checkpoints
import Foundation
import Images
import Layers
public import Radiance
public import StableDiffusion

/// A latent diffusion model conditioned on a picture and the relative camera.
///
/// The U-Net's input is the noisy latents concatenated with the picture's latents (the autoencoder's mode,
/// unscaled). It attends to one token: the picture's CLIP embedding with (change of polar angle, sine and
/// cosine of the change of azimuth, change of distance), projected. Both are zero in the unconditional
/// branch. Source: Liu and others 2023; diffusers' community pipeline `pipeline_zero1to3.py`.
public struct Zero123Prior: ViewPrior {
    private let unet: UNet2DConditionModel
    private let autoencoder: Autoencoder
    private let projection: Linear
    private let embedding: NDArray
    private let pictureLatents: NDArray
    private let pictureSide: Int
    private let reference: Camera
    public let schedule: NoiseSchedule
    public var views: RandomViews
    public let viewSize: Int
    public var guidance: Float
    public let referenceElevation: Float?

    /// Opens a folder with `unet/`, `vae/`, `image_encoder/`, `scheduler/` and the camera projection
    /// (`cc_projection/` or `clip_camera_projection/`), and encodes a picture.
    /// - Parameters:
    ///   - folder: in diffusers' layout.
    ///   - reference: `[side, side, 4]`, premultiplied RGBA in 0...1, the object centred with its longer side
    ///     46/64 of the picture.
    ///   - elevation: of the picture's camera, degrees.
    ///   - viewSize: side of the rendered views in pixels; they are enlarged to the model's native size.
    ///   - guidance: s of `u + s (c - u)`.
    ///   - views: the distribution of cameras.
    ///   - precision: of the weights.
    /// - Throws: `CheckpointError` when a part is missing, damaged or does not fit.
    public init(
        folder: String, reference: NDArray, elevation: Float, viewSize: Int = 64, guidance: Float = 3,
        views: RandomViews = RandomViews(), precision: Precision = .float32
    ) throws {
        unet = try UNet2DConditionModel(folder: folder + "/unet", precision: precision)
        autoencoder = try Autoencoder(folder: folder + "/vae", precision: precision)
        schedule = try NoiseSchedule(path: folder + "/scheduler/scheduler_config.json")
        let vision = try CLIPVisionEncoder(folder: folder + "/image_encoder", precision: precision)
        let width = unet.configuration.crossAttentionWidth
        guard unet.configuration.inChannels == 2 * autoencoder.latentChannels else {
            throw CheckpointError(
                path: folder + "/unet",
                reason: "a view-conditioned U-Net takes \(2 * autoencoder.latentChannels) channels, this one "
                    + "\(unet.configuration.inChannels)")
        }
        let side = unet.configuration.nativeSide(else: 32) * autoencoder.downscale
        let picture = Image(premultiplied: ReferenceView.resized(reference, to: side)).composited(over: [
            1, 1, 1,
        ])
        let latents = Tensor(picture.pixels).reshaped([1, side, side, 3]) * 2 - 1
        pictureLatents =
            switch autoencoder {
            case .kl(let model): model.encode(latents).mean.value
            case .tiny(let model): model.encode(latents).value
            }
        let eye = vision.configuration.imageSize
        let seen = picture.resized(width: eye, height: eye, filter: .bicubic)
        let mean = Tensor(NDArray([0.48145466, 0.4578275, 0.40821073], shape: [1, 1, 1, 3]))
        let deviation = Tensor(NDArray([0.26862954, 0.26130258, 0.27577711], shape: [1, 1, 1, 3]))
        let pixels = (Tensor(seen.pixels).reshaped([1, eye, eye, 3]) - mean) / deviation
        guard let token = vision(pixels).embedding else {
            throw CheckpointError(
                path: folder + "/image_encoder",
                reason: "it has no projection; a CLIPVisionModelWithProjection is needed")
        }
        embedding = token.value
        projection = try Self.projection(folder, in: embedding.shape[1] + 4, out: width)
        pictureSide = side
        self.reference = Camera(
            azimuth: 0, elevation: elevation, radius: views.radius, fieldOfView: views.fieldOfView)
        referenceElevation = elevation
        self.views = views
        self.viewSize = viewSize
        self.guidance = guidance
    }

    public func cameras(progress: Float, random: inout RandomStream) -> [Camera] { views.draw(&random) }

    public func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews {
        .latents(views, background: [1, 1, 1], side: pictureSide, autoencoder)
    }

    public func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray {
        let batch = noisy.shape[0]
        let tokens = Tensor.concatenated(
            cameras.map { camera in
                Tensor.concatenated(
                    [Tensor(embedding), Tensor(Self.pose(from: reference, to: camera))], axis: 1)
            }, axis: 0)
        let token = projection(tokens).reshaped([batch, 1, unet.configuration.crossAttentionWidth])
        let picture = Tensor.concatenated(Array(repeating: Tensor(pictureLatents), count: batch), axis: 0)
        let noisyTensor = Tensor(noisy)
        let both = Tensor.concatenated(
            [
                Tensor.concatenated([noisyTensor, Tensor(NDArray.zeros(picture.shape))], axis: 3),
                Tensor.concatenated([noisyTensor, picture], axis: 3),
            ], axis: 0)
        let context = Tensor.concatenated([Tensor(NDArray.zeros(token.shape)), token], axis: 0)
        let output = unet(both, timesteps: [Float(timestep)], context: context).value
        let guided = Tensor(Guidance(strength: guidance).combined(output))
        return schedule.clean(from: guided, noisy: noisyTensor, at: timestep).value
    }

    /// `[1, 4]`: change of polar angle in radians (positive downwards), sine and cosine of the change of azimuth
    /// (positive to the viewer's right), change of distance.
    static func pose(from reference: Camera, to camera: Camera) -> NDArray {
        func radius(_ c: Camera) -> Float { (c.position * c.position).sum().squareRoot() }
        let turn = (camera.azimuth - reference.azimuth) * .pi / 180
        return NDArray(
            [
                (reference.elevation - camera.elevation) * .pi / 180, sin(turn), cos(turn),
                radius(camera) - radius(reference),
            ], shape: [1, 4])
    }

    private static func projection(_ folder: String, in input: Int, out: Int) throws -> Linear {
        let names = ["cc_projection", "clip_camera_projection"]
        guard let name = names.first(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") })
        else {
            throw CheckpointError(
                path: folder, reason: "the camera projection is missing; it lies in 'cc_projection'")
        }
        let weights = try WeightScope.open(folder: "\(folder)/\(name)")
        let key = weights.contains("projection.weight") ? "projection" : "proj"
        let layer = try Linear(from: weights.scope(key), in: input, out: out)
        try weights.finish()
        return layer
    }
}
