// Captures an object from all sides as a NeRF-synthetic folder.

import Files
import Foundation
import Images
import Lathe
import Radiance
package import Toybox

/// Renders an object from all sides into the layout of NeRF-synthetic.
///
/// Pictures with alpha, `transforms_train.json`, and `transforms_test.json` with other views.
package struct ToyCapture: Sendable {
    /// Number of training views.
    package var train: Int
    /// Number of test views.
    package var test: Int
    /// Side of a picture in pixels.
    package var size: Int

    /// See the properties.
    package init(train: Int = 50, test: Int = 10, size: Int = 160) {
        (self.train, self.test, self.size) = (train, test, size)
    }

    /// Directions in degrees on a spiral from 20 below to 70 above the horizon, of equal density.
    /// - Parameters:
    ///   - count: number of directions.
    ///   - turn: azimuth of the first, so that two captures share no view.
    /// - Returns: azimuth and elevation in degrees.
    static func directions(_ count: Int, turn: Float) -> [(azimuth: Float, elevation: Float)] {
        let low = sin(-20 * Float.pi / 180), high = sin(70 * Float.pi / 180)
        return (0..<count).map { i in
            let height = low + (high - low) * (Float(i) + 0.5) / Float(count)
            // The golden angle gives azimuths without repetition.
            let azimuth = (turn + 137.507_76 * Float(i)).truncatingRemainder(dividingBy: 360)
            return (azimuth, asin(height) * 180 / .pi)
        }
    }

    /// Renders `object` and writes pictures and camera files, all of them or none.
    /// - Throws: `LatheError` (`badInput`) when the folder cannot be written.
    package func write(_ object: ToyObject, into folder: String) throws {
        try LatheError.asking(.badInput) {
            try writeFolder(folder) { folder in
                for (part, count, turn) in [("train", train, Float(0)), ("test", test, Float(61))] {
                    try write(object, part, count, turn, into: folder)
                }
            }
        }
    }

    /// Renders one part: its pictures and its list of cameras.
    private func write(
        _ object: ToyObject, _ part: String, _ count: Int, _ turn: Float, into folder: String
    ) throws {
        try makeFolders("\(folder)/\(part)")
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
        try writeFile([UInt8](file), to: "\(folder)/transforms_\(part).json")
    }
}
