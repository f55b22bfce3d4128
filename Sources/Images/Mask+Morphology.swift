// Growing, shrinking and softening masks.

import Arrays

extension Mask {
    /// The mask grown by a disc of `radius` pixels, or shrunk by one if `radius` is negative; hard edges result.
    ///
    /// The picture's border does not shrink the mask: what lies outside the picture counts as neither.
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

    /// The mask blurred by a Gaussian whose standard deviation is half of `radius` pixels; edges repeat.
    public func feathered(by radius: Float) -> Mask {
        guard radius > 0 else { return self }
        let blurred = gaussianBlurred(values.reshaped([height, width, 1]), sigma: radius / 2)
        return Mask(blurred.reshaped([height, width]))
    }
}
