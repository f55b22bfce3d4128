// The one question distillation asks of a diffusion model: what would these views look like without their noise?

public import Arrays
public import Radiance
public import StableDiffusion

/// A diffusion prior over views of one object, already conditioned on what is known of it.
///
/// Joint models look at a fixed set of views together; per-view models treat whatever views they asked for as a
/// batch. Either way one call denoises all views of a step.
public protocol ViewPrior: Sendable {
    /// Noise levels and what the network predicts.
    var schedule: NoiseSchedule { get }
    /// Side of the square views, in pixels.
    var viewSize: Int { get }
    /// Guidance the prior works best with, s of `u + s (c - u)`.
    var guidance: Float { get }
    /// Elevation of the reference picture's camera in degrees, if the prior knows or guesses it.
    var referenceElevation: Float? { get }
    /// Where the reference picture lies in a view of the prior's standard camera, if the prior knows or guesses it.
    var referenceWindow: PictureWindow? { get }
    /// Pictures of the object as the prior imagines it, from which the first rough shape is formed; nil from priors
    /// that draw no consistent views.
    func imagine(random: inout RandomStream) -> PosedPictures?
    /// The cameras of one step.
    /// - Parameter progress: share of the run that is done, 0 to 1.
    func cameras(progress: Float, random: inout RandomStream) -> [Camera]
    /// Takes rendered views to the space in which the prior adds and removes noise.
    /// - Parameter views: `[views, viewSize, viewSize, 4]`, premultiplied, 0 to 1.
    func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews
    /// Estimates the clean views.
    /// - Parameters:
    ///   - noisy: `signal(t) * clean + sigma(t) * noise`, in the space of `encode`.
    ///   - timestep: t, from 0 to the schedule's last.
    /// - Returns: an estimate of the clean views, of the shape of `noisy`.
    func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray
}

extension ViewPrior {
    public var referenceWindow: PictureWindow? { nil }

    public func imagine(random: inout RandomStream) -> PosedPictures? { nil }
}

/// Views in a prior's space, with the way back for derivatives.
public struct EncodedViews: Sendable {
    public let values: NDArray
    /// From derivatives by `values` to derivatives by the rendered views.
    public let pullback: @Sendable (NDArray) -> NDArray

    public init(values: NDArray, pullback: @escaping @Sendable (NDArray) -> NDArray) {
        self.values = values
        self.pullback = pullback
    }

    /// Premultiplied pixels scaled from [0, 1] to [-1, 1].
    public static func pixels(_ views: NDArray) -> EncodedViews {
        EncodedViews(values: views.mapped { 2 * $0 - 1 }) { $0.mapped { 2 * $0 } }
    }
}

extension NDArray {
    /// `f` of every element.
    func mapped(_ f: (Float) -> Float) -> NDArray {
        withUnsafeBuffer { source in
            NDArray(shape: shape) { out in for i in 0..<source.count { out[i] = f(source[i]) } }
        }
    }

    /// `f` of every pair of elements.
    func mapped(with other: NDArray, _ f: (Float, Float) -> Float) -> NDArray {
        precondition(shape == other.shape, "mapped: shapes \(shape) and \(other.shape)")
        return withUnsafeBuffer { a in
            other.withUnsafeBuffer { b in
                NDArray(shape: shape) { out in for i in 0..<a.count { out[i] = f(a[i], b[i]) } }
            }
        }
    }
}
