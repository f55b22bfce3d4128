// The tiny models and the reference's answers (Fixtures/make.py).

import Arrays
import Checkpoints
import LaMa
import TestSupport

struct LaMaFixture {
    let expected: Fixture

    init() throws { expected = try Fixture("expected") }

    /// Three quarters of the channels global, two downsamplings, two blocks.
    func small() throws -> LaMaModel { try LaMaModel(folder: Fixture.folder() + "/small") }

    /// Three downsamplings whose doubling of channels is cut short, as a training checkpoint names its tensors.
    func capped() throws -> LaMaModel { try LaMaModel(from: Fixture("capped").weights) }

    func image(_ name: String) throws -> NDArray { try expected["\(name).image"] }
    func mask(_ name: String) throws -> NDArray { try expected["\(name).mask"] }

    /// `output` where the mask is set, `image` elsewhere.
    func composed(_ name: String) throws -> NDArray {
        let mask = try mask(name)
        return try expected["\(name).output"] * mask + image(name) * mask.affine(scale: -1, shift: 1)
    }
}

/// A smooth picture `[1, height, width, 3]` and a mask of the given rectangles of rows and columns.
func scene(height: Int, width: Int, holes: [(rows: Range<Int>, columns: Range<Int>)]) -> (NDArray, NDArray) {
    let image = NDArray(shape: [1, height, width, 3]) { out in
        for i in 0..<out.count {
            let (y, x, c) = (i / 3 / width, i / 3 % width, i % 3)
            out[i] = Float((y * (c + 2) + x * 3) % 97) / 97
        }
    }
    let mask = NDArray(shape: [1, height, width, 1]) { out in
        for i in 0..<out.count {
            out[i] = holes.contains { $0.rows.contains(i / width) && $0.columns.contains(i % width) } ? 1 : 0
        }
    }
    return (image, mask)
}

/// Whether every value outside the mask has the same bits in both pictures.
func agreeOutside(_ mask: NDArray, _ a: NDArray, _ b: NDArray) -> Bool {
    let (hole, x, y) = (mask.scalars, a.scalars, b.scalars)
    return a.shape == b.shape
        && x.indices.allSatisfy { hole[$0 / 3] > 0 || x[$0].bitPattern == y[$0].bitPattern }
}
