// Comparison of weights with the model that they are for, without reading them.

import Arrays
import Synchronization

/// Records which tensors a model requests while it is built without its weights.
///
/// A model built from `scope` requests every tensor that it needs; instead of failing at the first missing one, the
/// survey records it and continues. The model itself must not be used afterwards.
public final class WeightSurvey: Sendable {
    /// A tensor whose shape differs from the requested one.
    public struct Difference: Sendable {
        public let name: String
        public let stored: [Int]
        public let asked: [Int]
    }

    private struct Notes {
        var asked: Set<String> = []
        var missing: Set<String> = []
        var ignored: [String] = []
        var differing: [String: Difference] = [:]
        /// Number of elements allocated for missing or differing tensors.
        var allocated = 0.0
    }

    private let weights: WeightScope
    private let notes = Mutex(Notes())

    /// - Parameter weights: a complete set; only names and shapes are read.
    public init(of weights: WeightScope) {
        precondition(weights.path.isEmpty, "WeightSurvey: \(weights.path) is a part of a set of weights")
        self.weights = weights
    }

    /// To be passed to the model's initialiser.
    public var scope: WeightScope { weights.surveyed(by: self) }

    /// Tensors that the model requests and the weights lack, sorted.
    public var missing: [String] { notes.withLock { $0.missing.sorted() } }

    /// Tensors whose shape differs from the requested one, sorted by name.
    public var differing: [Difference] { notes.withLock { $0.differing.values.sorted { $0.name < $1.name } } }

    /// Tensors that the model does not request, sorted, without those known to be unused.
    public var unexpected: [String] {
        let (asked, ignored) = notes.withLock { ($0.asked, $0.ignored.map(NamePattern.init)) }
        return weights.names.filter { name in
            !asked.contains(name) && !ignored.contains { $0.matches(name) }
        }
    }

    /// Answers a request for a tensor with one of that shape, whose values mean nothing.
    /// - Throws: `CheckpointError` if the tensors allocated for missing ones might not fit into memory: only a tensor
    ///   that is present can be as large as the weights.
    func answer(_ name: String, _ shape: [Int]) throws -> NDArray {
        let stored = weights.shape(of: name)
        let allocated = notes.withLock { notes in
            notes.asked.insert(name)
            guard stored != shape else { return notes.allocated }
            if let stored {
                notes.differing[name] = Difference(name: name, stored: stored, asked: shape)
            } else {
                notes.missing.insert(name)
            }
            notes.allocated += shape.reduce(1.0) { $0 * Double($1) }
            return notes.allocated
        }
        guard allocated <= 0x1p28 else {
            throw CheckpointError(
                path: weights.origin,
                reason: "much of the model is missing, from tensor \(name.shown) of shape \(shape) on")
        }
        // A variance must not be negative; large tensors are left uninitialised, so that their pages are not touched.
        return shape.count == 1 ? .full(1, shape) : NDArray(shape: shape) { _ in }
    }

    func ignore(_ patterns: [String]) {
        notes.withLock { $0.ignored += patterns }
    }
}
