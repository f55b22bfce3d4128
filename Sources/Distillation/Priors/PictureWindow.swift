// How a cropped picture of an object lies in the view it was cropped from.

/// A similarity between two square pictures of one camera: an uncropped view, and a part of it.
///
/// The point f of the view, in half picture heights from its centre, y up, lies at `principalPoint + magnification * f`
/// of the picture.
public struct PictureWindow: Sendable, Hashable {
    /// Where the middle of the view falls in the picture, half picture heights from its centre, y up.
    public var principalPoint: SIMD2<Float>
    /// How many times larger things are in the picture than in the view.
    public var magnification: Float

    public init(principalPoint: SIMD2<Float>, magnification: Float) {
        self.principalPoint = principalPoint
        self.magnification = magnification
    }

    /// The nearest window that a picture of a whole object can have: magnification 0.5 to 3, the view's middle in it.
    public var plausible: PictureWindow {
        PictureWindow(
            principalPoint: principalPoint.clamped(lowerBound: SIMD2(repeating: -1), upperBound: .one),
            magnification: PictureWindow.plausible(magnification: magnification))
    }

    package static func plausible(magnification: Float) -> Float { max(0.5, min(3, magnification)) }
}
