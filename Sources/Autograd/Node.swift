// The recorded graph: one node per operation whose gradient may be needed.

internal import Arrays
import Synchronization

/// Gradients of an operation's inputs, from the gradient of its output; nil where `needed` is false.
typealias Pullback = @Sendable (_ gradient: NDArray, _ needed: [Bool]) -> [NDArray?]

/// An operation of the graph, or a variable (without a pullback).
///
/// `@unchecked Sendable`: immutable after `init`, except that `deinit` clears `inputs`.
final class Node: @unchecked Sendable {
    /// Increases with creation, so that inputs always have smaller numbers than results.
    let number: Int
    let shape: [Int]
    /// One per input of the operation; nil for constants.
    private(set) var inputs: [Node?]
    let pullback: Pullback?

    private static let counter = Atomic<Int>(0)

    init(shape: [Int], inputs: [Node?] = [], pullback: Pullback? = nil) {
        number = Node.counter.wrappingAdd(1, ordering: .relaxed).newValue
        self.shape = shape
        self.inputs = inputs
        self.pullback = pullback
    }

    /// Releases long chains iteratively: nested deinitialisers would overflow the stack.
    deinit {
        var pending = inputs.compactMap { $0 }
        inputs = []
        while var node = pending.popLast() {
            guard isKnownUniquelyReferenced(&node) else { continue }
            pending.append(contentsOf: node.inputs.compactMap { $0 })
            node.inputs = []
        }
    }
}
