// Comparing weights with the model they are for, without reading them.

import Arrays
import Synchronization

/// What a model asks of a set of weights, noted while it is built on arbitrary numbers.
///
/// A model built from `scope` asks for every tensor it needs; instead of failing at the first that is missing, the
/// survey notes each and goes on. The model itself is of no use afterwards.
public final class WeightSurvey: Sendable {
    /// A tensor whose shape differs from what the model asks for.
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
        /// Elements of the tensors that are missing or differ.
        var standIns = 0.0
    }

    private let weights: WeightScope
    private let notes = Mutex(Notes())

    /// - Parameter weights: what is compared, a whole set; nothing but names and shapes of it is read.
    public init(of weights: WeightScope) {
        precondition(weights.path.isEmpty, "WeightSurvey: \(weights.path) is a part of a set of weights")
        self.weights = weights
    }

    /// Give this to the model's initialiser.
    public var scope: WeightScope { weights.surveyed(by: self) }

    /// Tensors that the model needs and the weights lack, sorted.
    public var missing: [String] { notes.withLock { $0.missing.sorted() } }

    /// Tensors of another shape than the model needs, sorted by name.
    public var differing: [Difference] { notes.withLock { $0.differing.values.sorted { $0.name < $1.name } } }

    /// Tensors that the model has no use for, sorted; those that it is known to leave are left out.
    public var unexpected: [String] {
        let (asked, ignored) = notes.withLock { ($0.asked, $0.ignored.map(NamePattern.init)) }
        return weights.names.filter { name in
            !asked.contains(name) && !ignored.contains { $0.matches(name) }
        }
    }

    /// Answers a request for a tensor with arbitrary numbers.
    /// - Throws: `CheckpointError` where the stand-ins of what is missing might not fit into memory: only a tensor
    ///   that is in the weights can be as large as they are.
    func answer(_ name: String, _ shape: [Int]) throws -> NDArray {
        let stored = weights.shape(of: name)
        let standIns = notes.withLock { notes in
            notes.asked.insert(name)
            guard stored != shape else { return notes.standIns }
            if let stored {
                notes.differing[name] = Difference(name: name, stored: stored, asked: shape)
            } else {
                notes.missing.insert(name)
            }
            notes.standIns += shape.reduce(1.0) { $0 * Double($1) }
            return notes.standIns
        }
        guard standIns <= 0x1p28 else {
            throw CheckpointError(
                path: weights.origin,
                reason: "much of the model is missing, from tensor \(name.shown) of shape \(shape) on")
        }
        // A variance must not be negative; the large tensors of a model are better left untouched.
        return shape.count == 1 ? .full(1, shape) : NDArray(shape: shape) { _ in }
    }

    func ignore(_ patterns: [String]) {
        notes.withLock { $0.ignored += patterns }
    }
}
