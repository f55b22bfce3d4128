// Random cameras round the object, for priors that judge single views.

import Arrays
import Radiance

/// The distribution of random views.
public struct RandomViews: Codable, Sendable, Hashable {
    /// Views per step; azimuths are stratified over the circle.
    public var count: Int
    /// Least elevation, degrees above the horizon.
    public var lowestElevation: Float
    /// Greatest elevation, degrees above the horizon.
    public var highestElevation: Float
    /// Distance from the origin, scene units.
    public var radius: Float
    /// Vertical field of view, degrees.
    public var fieldOfView: Float

    /// A distribution of views; see the properties.
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
    /// Angle from the front in degrees, 0...180, the same for left and right.
    var turn: Float {
        let a = abs(azimuth).truncatingRemainder(dividingBy: 360)
        return a > 180 ? 360 - a : a
    }
}
