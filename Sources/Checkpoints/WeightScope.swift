// Named weights, with a record of which have been read.

public import Arrays

/// A node in a tree of named weights, such as `encoder.layers.3`, from which modules read their tensors.
///
/// All scopes of a model share one record. After a model is built, `finish()` throws if any tensor has not been read,
/// so that a wrong configuration or key mapping is detected.
public struct WeightScope: Sendable {
    /// The dotted path of this scope; empty at the root.
    public let path: String
    /// The precision of matmuls with these weights; float32 unless `multiplied(in:)` changes it.
    public let precision: Precision
    private let store: WeightStore
    /// Functions applied to a tensor after it was read, in order; each takes the tensor's full name.
    private let adjustments: [Adjustment]

    private typealias Adjustment = @Sendable (_ name: String, _ tensor: NDArray) throws -> NDArray

    init(path: String, store: WeightStore) {
        self.init(path: path, store: store, adjustments: [], precision: .float32)
    }

    private init(path: String, store: WeightStore, adjustments: [Adjustment], precision: Precision) {
        self.path = path
        self.store = store
        self.adjustments = adjustments
        self.precision = precision
    }

    /// The weights of one file.
    public init(_ file: any TensorFile) {
        self.init(path: "", store: WeightStore(file))
    }

    /// Weights in memory, for tests and newly built models.
    /// - Parameter origin: used in error messages instead of a file name.
    public init(arrays: [String: NDArray], origin: String = "weights in memory") {
        self.init(path: "", store: WeightStore(arrays, origin: origin))
    }

    /// A child scope; `"a.b"` goes down two levels.
    public func scope(_ name: String) -> WeightScope {
        WeightScope(path: fullName(name), store: store, adjustments: adjustments, precision: precision)
    }

    /// The same weights with another matmul precision.
    public func multiplied(in precision: Precision) -> WeightScope {
        WeightScope(path: path, store: store, adjustments: adjustments, precision: precision)
    }

    /// The same weights with every tensor transformed when it is read; the record is shared.
    ///
    /// Used to merge low-rank adapters without changing the models. `mapped(by:)` of adjusted weights derives from
    /// the adjusted tensors. A survey compares names and shapes, which adjustments preserve, so it does not run them.
    /// - Parameter adjust: takes a tensor's name relative to this scope and its values; must keep the shape.
    public func adjusted(
        _ adjust: @escaping @Sendable (_ name: String, _ tensor: NDArray) throws -> NDArray
    ) -> WeightScope {
        let offset = path.isEmpty ? 0 : path.count + 1
        return WeightScope(
            path: path, store: store,
            adjustments: adjustments + [{ try adjust(String($0.dropFirst(offset)), $1) }],
            precision: precision)
    }

    /// A child scope.
    public subscript(_ name: String) -> WeightScope { scope(name) }

    /// A numbered child scope.
    public subscript(_ index: Int) -> WeightScope { scope(String(index)) }

    /// Reads the tensor `name` of this scope as float32 and records it as read.
    /// - Parameter shape: required shape; must equal the file's shape exactly.
    /// - Throws: `CheckpointError` with the tensor's full path if it is missing, has another shape or a type that is
    ///   not a float, or contains NaN or infinity.
    public func tensor(_ name: String, _ shape: [Int]) throws -> NDArray {
        let full = fullName(name)
        let stored = try store.tensor(full, shape: shape)
        // Tensors of a survey have the requested shape, which an adjustment may not expect.
        guard store.survey == nil else { return stored }
        return try adjustments.reduce(stored) { tensor, adjust in
            let adjusted = try adjust(full, tensor)
            precondition(
                adjusted.shape == shape, "adjusted weights: \(full) became \(adjusted.shape) from \(shape)")
            return adjusted
        }
    }

    /// The tensor `name` of this scope as a layer's weight.
    ///
    /// Its numbers are checked now and read again when the layer is first used, so that a model takes no memory
    /// before it is used, and damaged weights are detected when it is built.
    /// - Parameter shape: as for `tensor`.
    /// - Throws: `CheckpointError` as `tensor` does.
    public func weight(_ name: String, _ shape: [Int]) throws -> Weight {
        guard store.isStored else { return Weight(try tensor(name, shape), precision: precision) }
        try store.check(fullName(name), shape: shape)
        return Weight(shape: shape, precision: precision) {
            do {
                return try tensor(name, shape)
            } catch {
                preconditionFailure("weights: \(error), which was found whole when it was opened")
            }
        }
    }

    /// The shape of the tensor `name`, or nil if there is none.
    ///
    /// To distinguish layouts; does not record the tensor as read.
    public func shape(of name: String) -> [Int]? { store.shape(of: fullName(name)) }

    /// The extents of a tensor from which a model's sizes are inferred; does not record it as read.
    /// - Throws: `CheckpointError` naming the tensor if it is missing, empty or of another rank; `hint` is appended
    ///   to the message.
    package func extents(of name: String, rank: Int, hint: String = "") throws -> [Int] {
        guard let shape = shape(of: name), shape.count == rank, !shape.contains(0) else {
            throw CheckpointError(
                path: origin, reason: "tensor '\(name)' is missing or has another rank than \(rank)" + hint)
        }
        return shape
    }

    /// Whether this scope contains a tensor of that name.
    public func contains(_ name: String) -> Bool { shape(of: name) != nil }

    /// Full names of all tensors in this scope, sorted.
    public var names: [String] {
        let prefix = path.isEmpty ? "" : path + "."
        return store.names.filter { $0.hasPrefix(prefix) }
    }

    /// The file or folder of the weights, for messages.
    public var origin: String { store.origin }

    /// The file's metadata, such as safetensors' `__metadata__`; empty for shards and for weights in memory.
    public var metadata: [String: String] { store.metadata }

    /// Checks that every tensor of this scope was read.
    /// - Parameter ignoring: names, relative to this scope, that may be unread; `*` matches any characters.
    /// - Throws: `CheckpointError` listing the unread tensors.
    public func finish(ignoring patterns: [String] = []) throws {
        if let survey = store.survey { return survey.ignore(patterns.map(fullName)) }
        let read = store.namesRead
        let offset = path.isEmpty ? 0 : path.count + 1
        let left = names.filter { name in
            !read.contains(name)
                && !patterns.contains { NamePattern($0).matches(String(name.dropFirst(offset))) }
        }
        guard !left.isEmpty else { return }
        let shown = left.prefix(4).map(\.shown).joined(separator: ", ")
        let more = left.count > 4 ? " and \(left.count - 4) more" : ""
        throw CheckpointError(
            path: store.origin,
            reason:
                "\(left.count) tensor(s) do not belong to the model that the configuration describes: \(shown)\(more)"
        )
    }

    /// A new root whose tensors derive from those of this scope's store, as adjusted.
    func derivedScope(_ tensors: [String: WeightStore.Derivation]) -> WeightScope {
        let root = WeightScope(path: "", store: store, adjustments: adjustments, precision: precision)
        return WeightScope(path: "", store: WeightStore(tensors, of: store) { try root.tensor($0, $1) })
            .multiplied(in: precision)
    }

    /// The same names; requests are recorded and answered by `survey`.
    func surveyed(by survey: WeightSurvey) -> WeightScope {
        WeightScope(
            path: path, store: WeightStore(store, survey: survey), adjustments: adjustments,
            precision: precision)
    }

    private func fullName(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

/// A name in which `*` matches any run of characters.
struct NamePattern {
    private let pieces: [Substring]

    init(_ pattern: String) {
        pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
    }

    func matches(_ name: String) -> Bool {
        guard let first = pieces.first, let last = pieces.last, name.hasPrefix(first) else { return false }
        if pieces.count == 1 { return name == first }
        var rest = name.dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let range = rest.firstRange(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
