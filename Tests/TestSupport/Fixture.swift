// Small reference tensors, kept beside the tests that use them.
package import Arrays
package import Checkpoints
import Foundation

/// A safetensors file in the `Fixtures` folder beside a test file.
package struct Fixture: Sendable {
    private let file: SafetensorsFile

    /// - Parameters:
    ///   - name: file name without its ending.
    ///   - source: the test's own file; leave it at its default.
    package init(_ name: String, source: String = #filePath) throws {
        file = try SafetensorsFile(path: Fixture.folder(source: source) + "/\(name).safetensors")
    }

    /// The `Fixtures` folder beside a test file.
    package static func folder(source: String = #filePath) -> String {
        URL(filePath: source).deletingLastPathComponent().appending(path: "Fixtures").path
    }

    /// The tensor of that name as float32.
    package subscript(_ name: String) -> NDArray {
        get throws { try file.array(name) }
    }

    /// The integer tensor of that name, flattened.
    package func integers(_ name: String) throws -> [Int] { try file.integers(name) }

    /// Names of all tensors.
    package var names: [String] { file.names }

    /// The file's own string metadata.
    package var metadata: [String: String] { file.metadata }

    /// The tensors whose names start with `prefix` and a dot, as a model's weights.
    package var weights: WeightScope { WeightScope(file) }
}
