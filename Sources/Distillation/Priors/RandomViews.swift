// Random cameras round the object, for priors that judge single views.

import Arrays
import Radiance

/// How random views are spread.
public struct RandomViews: Codable, Sendable, Hashable {
    /// Views per step; azimuths are stratified over the circle.
    public var count: Int
    /// Degrees.
    public var lowestElevation: Float
    public var highestElevation: Float
    public var radius: Float
    /// Vertical, degrees.
    public var fieldOfView: Float

    public init(
        count: Int = 4, lowestElevation: Float = -10, highestElevation: Float = 45, radius: Float = 2.7,
        fieldOfView: Float = 45
    ) {
        self.count = count
        self.lowestElevation = lowestElevation
        self.highestElevation = highestElevation
        self.radius = radius
        self.fieldOfView = fieldOfView
    }

    func draw(_ random: inout RandomStream) -> [Camera] {
        (0..<count).map { i in
            let azimuth = 360 * (Float(i) + random.uniform()) / Float(count)
            let elevation = lowestElevation + (highestElevation - lowestElevation) * random.uniform()
            return Camera(azimuth: azimuth, elevation: elevation, radius: radius, fieldOfView: fieldOfView)
        }
    }
}

extension Camera {
    /// Degrees round from the front, 0...180, without a side.
    var turn: Float {
        let a = abs(azimuth).truncatingRemainder(dividingBy: 360)
        return a > 180 ? 360 - a : a
    }
}
