// The tiny random model and the reference's answers (Fixtures/make.py), and how answers are compared.

import Arrays
import Checkpoints
import Foundation
import Images
import SegmentAnything
import Testing

let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

/// Largest difference over the largest magnitude of the reference.
func relativeError(_ value: NDArray, _ reference: NDArray) -> Float {
    guard value.shape == reference.shape else { return .infinity }
    var difference: Float = 0
    var magnitude: Float = 0
    for (a, b) in zip(value.scalars, reference.scalars) {
        guard a.isFinite else { return .infinity }
        difference = max(difference, abs(a - b))
        magnitude = max(magnitude, abs(b))
    }
    return difference / magnitude
}

struct SAMFixture {
    let model: SegmentAnythingModel
    let expected: SafetensorsFile

    init() throws {
        model = try SegmentAnythingModel(folder: fixtures + "/sam")
        expected = try SafetensorsFile(path: fixtures + "/expected.safetensors")
    }

    func array(_ name: String) throws -> NDArray { try expected.array(name) }

    /// The prompt of that name in the fixture script.
    func prompt(_ name: String) throws -> Prompt {
        let xy = try array("points").scalars
        let labels = try array("labels").scalars
        let corners = try array("box").scalars.map(Double.init)
        let points = labels.indices.map {
            Prompt.Point(x: Double(xy[2 * $0]), y: Double(xy[2 * $0 + 1]), isForeground: labels[$0] == 1)
        }
        let box = Prompt.Box(left: corners[0], top: corners[1], right: corners[2], bottom: corners[3])
        let mask = try array("mask")
        return switch name {
        case "point": Prompt(points: [points[0]])
        case "background": Prompt(points: [points[1]])
        case "points": Prompt(points: points)
        case "box": Prompt(box: box)
        case "point_box": Prompt(points: [points[0]], box: box)
        case "box_mask": Prompt(box: box, mask: mask)
        case "mask": Prompt(mask: mask)
        default: Prompt(points: points, box: box, mask: mask)
        }
    }
}
