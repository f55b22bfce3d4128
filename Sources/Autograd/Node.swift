// The recorded graph: one node per operation whose gradient may be wanted.

internal import Arrays
import Synchronization

/// Gradients of an operation's inputs, from the gradient of its output; nil where `needed` is false.
typealias Pullback = @Sendable (_ gradient: NDArray, _ needed: [Bool]) -> [NDArray?]

/// An operation of the graph, or a variable (without a pullback).
///
/// `@unchecked Sendable`: everything is fixed after `init`, except that `deinit` takes `inputs` apart.
final class Node: @unchecked Sendable {
    /// Grows with creation, so inputs always have smaller numbers than what is computed from them.
    let number: Int
    let shape: [Int]
    /// Parallel to the operation's inputs; nil for constants.
    private(set) var inputs: [Node?]
    let pullback: Pullback?

    private static let counter = Atomic<Int>(0)

    init(shape: [Int], inputs: [Node?] = [], pullback: Pullback? = nil) {
        number = Node.counter.wrappingAdd(1, ordering: .relaxed).newValue
        self.shape = shape
        self.inputs = inputs
        self.pullback = pullback
    }

    /// Releases long chains one by one: nested deinitialisers would overflow the stack.
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
