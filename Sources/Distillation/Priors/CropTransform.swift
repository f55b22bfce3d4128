// The transform between a cropped picture of an object and the uncropped view.

/// A similarity between two square pictures of one camera: an uncropped view, and a crop of it.
///
/// The point f of the view, in half picture heights from its centre, y up, lies at `principalPoint +
/// magnification * f` of the crop.
public struct CropTransform: Sendable, Hashable {
    /// The centre of the view in the crop, in half picture heights from the crop's centre, y up.
    public var principalPoint: SIMD2<Float>
    /// Scale from the view to the crop.
    public var magnification: Float

    /// A crop transform; see the properties.
    public init(principalPoint: SIMD2<Float>, magnification: Float) {
        self.principalPoint = principalPoint
        self.magnification = magnification
    }

    /// Clamped to what a crop of a whole object can have: magnification 0.5 to 3, the view's centre inside
    /// the crop.
    public var plausible: CropTransform {
        CropTransform(
            principalPoint: principalPoint.clamped(lowerBound: SIMD2(repeating: -1), upperBound: .one),
            magnification: CropTransform.plausible(magnification: magnification))
    }

    /// The magnification clamped to 0.5 to 3.
    package static func plausible(magnification: Float) -> Float { max(0.5, min(3, magnification)) }
}
