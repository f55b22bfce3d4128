// How deep inside a mask its pixels lie.

import Arrays

extension Mask {
    /// For each pixel inside, the distance of its centre to the nearest pixel outside, in pixels; 0 outside.
    ///
    /// What lies beyond the picture counts as neither; where nothing is outside, the distance is infinite.
    package var depths: [Float] {
        squaredDistances(to: inside.map { !$0 }, width: width, height: height).map { $0.squareRoot() }
    }
}
