// A finished lift and the ground truth of its scene, in one frame.

import Arrays
package import Images
import Lathe
import Radiance
import Toybox

/// A run on a scene with ground truth.
package struct LiftAndTruth: Sendable {
    let run: String
    let record: RunRecord
    let truth: SceneTruth
    private let field: PhotographedField
    /// A framed photograph leaves the object's size open; the scale is that of the ground truth's framing.
    private let scale: Float

    /// Opens a run and its scene.
    /// - Throws: `LatheError` (`badInput`) if the run is not complete, or not of a scene with ground truth.
    package init(run: String) throws {
        self.run = run
        record = try RunRecord.load(fromRun: run)
        guard record.status == .complete else {
            throw LatheError.badInput("\(run) is not complete; go on with: \(resuming: run)")
        }
        truth = try SceneTruth.of(record)
        let lift = try LiftedField(run: run)
        field = PhotographedField(lift.field, photograph: lift.photograph)
        let input = Baselines(azimuth: truth.azimuth, elevation: truth.elevation, size: 1)
            .framedCamera(of: truth.object)
        let truthScale = 2 * ToyMath.tan(ToyMath.radians(ToyCamera.standardFieldOfView / 2)) / input.width
        scale = lift.camera.magnification / truthScale
    }

    /// The held-out views of the ground truth, premultiplied `[size, size, 4]`.
    func truthViews(size: Int) -> [NDArray] {
        Baselines(azimuth: truth.azimuth, elevation: truth.elevation, size: size).render(truth.object)
    }

    /// The held-out views of the lift.
    func liftViews(size: Int) -> [NDArray] {
        Baselines.views.map { view in
            var camera = Camera(azimuth: view.azimuth, elevation: view.elevation)
            camera.magnification = scale
            return field.view(from: camera, size: size, needsNormals: false).colour
        }
    }

    /// Two rows of twelve pictures over white: ground truth above, lift below.
    /// - Parameter size: side of one picture, pixels.
    /// - Returns: 24 pictures, row by row.
    package func pictures(size: Int = 96) -> [Image] {
        (truthViews(size: size) + liftViews(size: size)).map {
            Image(premultiplied: $0).composited(over: [1, 1, 1])
        }
    }
}
