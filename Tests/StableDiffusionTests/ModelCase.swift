// A tiny model among the fixtures and the case recorded beside it.

import Arrays
import TestSupport

/// A model folder with the inputs and outputs that PyTorch recorded.
struct ModelCase {
    let folder: String
    let file: Fixture

    init(_ name: String) throws {
        folder = Fixture.folder() + "/" + name
        file = try Fixture(name + "/case")
    }

    subscript(_ name: String) -> NDArray {
        get throws { try file[name] }
    }
}
