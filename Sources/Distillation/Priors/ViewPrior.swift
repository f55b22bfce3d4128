// The interface between distillation and diffusion models: predict clean views from noisy ones.

public import Arrays
public import Radiance
public import StableDiffusion

/// A diffusion prior over views of one object, already conditioned on a picture or a prompt.
///
/// Joint models denoise a fixed set of views together; per-view models treat the views they asked for as a
/// batch. Either way one call denoises all views of a step.
public protocol ViewPrior: Sendable {
    /// Noise levels and what the network predicts.
    var schedule: NoiseSchedule { get }
    /// Side of the square views, in pixels.
    var viewSize: Int { get }
    /// The recommended guidance, s of `u + s (c - u)`.
    var guidance: Float { get }
    /// Elevation of the reference picture's camera in degrees; nil if neither known nor estimated.
    var referenceElevation: Float? { get }
    /// The crop transform from a view of the prior's standard camera to the reference picture; nil if
    /// unknown.
    var referenceCrop: CropTransform? { get }
    /// Consistent views of the object sampled from the prior, to which the first rough field is fitted; nil
    /// from priors that cannot sample consistent views.
    func imagine(random: inout RandomStream) -> PosedPictures?
    /// The cameras of one step.
    /// - Parameters:
    ///   - progress: share of the run that is done, 0 to 1.
    ///   - random: the step's random stream.
    func cameras(progress: Float, random: inout RandomStream) -> [Camera]
    /// Maps rendered views to the space in which the prior adds and removes noise.
    /// - Parameters:
    ///   - views: `[views, viewSize, viewSize, 4]`, premultiplied, 0 to 1.
    ///   - random: the step's random stream.
    func encode(_ views: NDArray, random: inout RandomStream) -> EncodedViews
    /// Predicts the clean views.
    /// - Parameters:
    ///   - noisy: `sqrtAlphaBar(t) * clean + sqrtOneMinusAlphaBar(t) * noise`, in the space of `encode`.
    ///   - timestep: t, from 0 to the schedule's last.
    ///   - cameras: of the views.
    ///   - guidance: s of `u + s (c - u)`.
    /// - Returns: an estimate of the clean views, of the shape of `noisy`.
    func denoise(_ noisy: NDArray, timestep: Int, cameras: [Camera], guidance: Float) -> NDArray
}

extension ViewPrior {
    /// No estimate.
    public var referenceCrop: CropTransform? { nil }

    /// No sampled views.
    public func imagine(random: inout RandomStream) -> PosedPictures? { nil }
}

/// Views in a prior's space, with the pullback.
public struct EncodedViews: Sendable {
    /// In the prior's space; of the shape that the prior's network takes.
    public let values: NDArray
    /// From derivatives with respect to `values` to derivatives with respect to the rendered views.
    public let pullback: @Sendable (NDArray) -> NDArray

    /// Values with their pullback.
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
    package func mapped(_ f: (Float) -> Float) -> NDArray {
        withUnsafeBuffer { source in
            NDArray(shape: shape) { out in for i in 0..<source.count { out[i] = f(source[i]) } }
        }
    }

    /// `f` of every pair of elements.
    package func mapped(with other: NDArray, _ f: (Float, Float) -> Float) -> NDArray {
        precondition(shape == other.shape, "mapped: shapes \(shape) and \(other.shape)")
        return withUnsafeBuffer { a in
            other.withUnsafeBuffer { b in
                NDArray(shape: shape) { out in for i in 0..<a.count { out[i] = f(a[i], b[i]) } }
            }
        }
    }
}
