// A toy photographed from all round, as a folder that `lathe fit` and other radiance-field tools read.

import Foundation
import Images
import Lathe
import Radiance
public import Toybox

/// Writes one object in the layout of NeRF-synthetic: pictures with alpha, `transforms_train.json`, and
/// `transforms_test.json` with views that are none of the training views.
public struct ToyCapture: Sendable {
    public var train: Int
    public var test: Int
    /// Side of a picture in pixels.
    public var size: Int

    public init(train: Int = 50, test: Int = 10, size: Int = 160) {
        (self.train, self.test, self.size) = (train, test, size)
    }

    /// Directions in degrees spread evenly between 20 below and 70 above the horizon.
    ///
    /// - Parameter turn: where the spiral starts, so that two captures share no view.
    static func directions(_ count: Int, turn: Float) -> [(azimuth: Float, elevation: Float)] {
        let low = sin(-20 * Float.pi / 180), high = sin(70 * Float.pi / 180)
        return (0..<count).map { i in
            let height = low + (high - low) * (Float(i) + 0.5) / Float(count)
            // The golden angle never comes back to a direction that it has taken.
            let azimuth = (turn + 137.507_76 * Float(i)).truncatingRemainder(dividingBy: 360)
            return (azimuth, asin(height) * 180 / .pi)
        }
    }

    /// Renders and writes the pictures and camera files of `object`.
    /// - Throws: `LatheError` (`badInput`) when the folder cannot be written.
    public func write(_ object: ToyObject, into folder: String) throws {
        try LatheError.asking(.badInput) {
            for (part, count, turn) in [("train", train, Float(0)), ("test", test, Float(61))] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
                var views: [(path: String, camera: Camera)] = []
                for (i, direction) in Self.directions(count, turn: turn).enumerated() {
                    let path = "\(part)/r_\(i)"
                    let camera = ToyCamera(azimuth: direction.azimuth, elevation: direction.elevation)
                    let picture = ToyRenderer.render(object, camera: camera, width: size, height: size)
                    try picture.image.savePNG("\(folder)/\(path).png")
                    views.append(
                        (
                            path,
                            Camera(
                                azimuth: direction.azimuth, elevation: direction.elevation,
                                radius: ToyCamera.standardDistance,
                                fieldOfView: ToyCamera.standardFieldOfView)
                        ))
                }
                let file = try TransformsFile(views, width: size, height: size).encoded()
                try file.write(
                    to: URL(fileURLWithPath: "\(folder)/transforms_\(part).json"), options: .atomic)
            }
        }
    }
}
