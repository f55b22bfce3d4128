// Distance to the outline inside a mask.

import Arrays

extension Mask {
    /// For each pixel inside, the distance of its centre to the nearest pixel outside, in pixels; 0 outside.
    ///
    /// Pixels beyond the image are neither inside nor outside; if nothing is outside, the distance is infinite.
    package var depths: [Float] {
        squaredDistances(to: inside.map { !$0 }, width: width, height: height).map { $0.squareRoot() }
    }
}
