// Dilation, erosion and blurring of masks.

import Arrays

extension Mask {
    /// The mask dilated by a disc of `radius` pixels, or eroded if `radius` is negative; the result is binary.
    ///
    /// The image's border does not erode the mask: pixels beyond it are neither inside nor outside.
    public func grown(by radius: Float) -> Mask {
        guard radius != 0 else { return self }
        let limit = radius * radius
        let members = inside
        if radius > 0 {
            let distances = squaredDistances(to: members, width: width, height: height)
            return Mask(width: width, height: height, inside: distances.map { $0 <= limit })
        }
        let distances = squaredDistances(to: members.map { !$0 }, width: width, height: height)
        return Mask(width: width, height: height, inside: distances.map { $0 > limit })
    }

    /// The mask blurred by a Gaussian with a standard deviation of half of `radius` pixels; edges are replicated.
    public func feathered(by radius: Float) -> Mask {
        guard radius > 0 else { return self }
        let blurred = gaussianBlurred(values.reshaped([height, width, 1]), sigma: radius / 2)
        return Mask(blurred.reshaped([height, width]))
    }
}
