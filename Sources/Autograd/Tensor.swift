// Arrays that record the operations that produced them.
public import Arrays

/// An array together with the operations that produced it, if any of their inputs is a variable.
///
/// Operations on constants record nothing, so inference keeps no intermediate results.
public struct Tensor: Sendable {
    /// The numbers.
    public let value: NDArray
    let node: Node?

    init(value: NDArray, node: Node?) {
        self.value = value
        self.node = node
    }

    /// A constant: gradients do not pass through it.
    public init(_ value: NDArray) { self.init(value: value, node: nil) }

    /// A variable, with respect to which gradients can be computed.
    public static func variable(_ value: NDArray) -> Tensor {
        Tensor(value: value, node: Node(shape: value.shape))
    }

    /// Extents, outermost first.
    public var shape: [Int] { value.shape }
    /// Number of dimensions.
    public var rank: Int { value.rank }
    /// Number of scalars.
    public var count: Int { value.count }
    /// Whether operations on this tensor are recorded.
    public var needsGradient: Bool { node != nil }

    /// An operation's result, recorded only if an input needs gradients.
    static func recorded(_ value: NDArray, _ inputs: [Tensor], _ pullback: @escaping Pullback) -> Tensor {
        guard inputs.contains(where: \.needsGradient) else { return Tensor(value) }
        return Tensor(
            value: value, node: Node(shape: value.shape, inputs: inputs.map(\.node), pullback: pullback))
    }

    /// The result of an operation of one input.
    static func recorded(
        _ value: NDArray, _ input: Tensor, _ pullback: @escaping @Sendable (NDArray) -> NDArray
    ) -> Tensor {
        recorded(value, [input]) { gradient, _ in [pullback(gradient)] }
    }
}
