// Recognition of a model kind by the tensor names of its weights.

/// Patterns of tensor names, in which `*` matches any characters.
///
/// Weights match if every pattern of `present` occurs among their names and none of `absent` does.
public struct TensorSignature: Sendable, Hashable {
    public let present: [String]
    public let absent: [String]
    /// The complete list of names, if it is short and fixed; then patterns are not used.
    private let exactly: [String]?

    /// Weights with these names and no others.
    public init(exactly names: [String]) { (present, absent, exactly) = ([], [], names) }

    public init(_ present: String..., without absent: [String] = []) {
        self.present = present
        self.absent = absent
        exactly = nil
    }

    /// Whether tensors of these names match the signature.
    public func matches(_ names: [String]) -> Bool {
        if let exactly { return names == exactly }
        func occurs(_ pattern: String) -> Bool {
            let pattern = NamePattern(pattern)
            return names.contains { pattern.matches($0) }
        }
        return present.allSatisfy(occurs) && !absent.contains(where: occurs)
    }
}
