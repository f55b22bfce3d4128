// How the weights of one kind of model are told from others: by the names of their tensors.

/// Patterns of tensor names, `*` standing for any characters.
///
/// Weights have the signature when every pattern of `present` occurs among their names and none of `absent` does.
public struct TensorSignature: Sendable, Hashable {
    public let present: [String]
    public let absent: [String]
    /// All the names that there are, where these are few and fixed; patterns do not count then.
    private let exactly: [String]?

    /// Weights with these names and no others.
    public init(exactly names: [String]) { (present, absent, exactly) = ([], [], names) }

    public init(_ present: String..., without absent: [String] = []) {
        self.present = present
        self.absent = absent
        exactly = nil
    }

    /// Whether tensors of these names have the signature.
    public func matches(_ names: [String]) -> Bool {
        if let exactly { return names == exactly }
        func occurs(_ pattern: String) -> Bool {
            let pattern = NamePattern(pattern)
            return names.contains { pattern.matches($0) }
        }
        return present.allSatisfy(occurs) && !absent.contains(where: occurs)
    }
}
