// Weights by dotted name, with a ledger of what has been read.

public import Arrays

/// A place in a tree of named weights, such as `encoder.layers.3`, from which modules fetch their tensors.
///
/// Every scope of one model shares a ledger. After a model is built, `finish()` throws if any tensor was left
/// unread, so a wrong configuration or key mapping cannot pass unnoticed.
public struct WeightScope: Sendable {
    /// The dotted path of this scope; empty at the root.
    public let path: String
    /// What the layers made of these weights multiply; float32 unless `multiplied(in:)` says otherwise.
    public let precision: Precision
    private let store: WeightStore
    /// What is done to a tensor after it was read, in order; each takes the tensor's full name.
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

    /// Weights held in memory, for tests and for models that were just made.
    /// - Parameter origin: what error messages call them, in place of a file.
    public init(arrays: [String: NDArray], origin: String = "weights in memory") {
        self.init(path: "", store: WeightStore(arrays, origin: origin))
    }

    /// The scope of a child; `"a.b"` steps down twice.
    public func scope(_ name: String) -> WeightScope {
        WeightScope(path: fullName(name), store: store, adjustments: adjustments, precision: precision)
    }

    /// The same weights for layers that multiply in `precision`.
    public func multiplied(in precision: Precision) -> WeightScope {
        WeightScope(path: path, store: store, adjustments: adjustments, precision: precision)
    }

    /// The same weights with every tensor changed as it is fetched; the ledger stays shared.
    ///
    /// This is how low-rank adapters enter a model that knows nothing of them. What `mapped(by:)` makes of adjusted weights
    /// is made of the adjusted tensors. A survey compares names and shapes, which adjustments keep, so it runs none.
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

    /// The scope of a child.
    public subscript(_ name: String) -> WeightScope { scope(name) }

    /// The scope of a numbered child.
    public subscript(_ index: Int) -> WeightScope { scope(String(index)) }

    /// Fetches the tensor `name` of this scope, as float32, and notes it as read.
    /// - Parameter shape: the shape it must have; the file's shape must equal it exactly.
    /// - Throws: `CheckpointError` naming the tensor's full path when it is missing, of another shape, of a type
    ///   that is not a float, or holds NaN or infinity.
    public func tensor(_ name: String, _ shape: [Int]) throws -> NDArray {
        let full = fullName(name)
        let stored = try store.tensor(full, shape: shape)
        // The stand-ins of a survey have the shape that was asked for, which may not be the one an adjustment knows.
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
    /// Its numbers are checked now and read again when the layer is first used, so that a model of weights that are not
    /// used yet takes no memory and no model is made of damaged ones.
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
    /// For layouts that are told apart by their tensors; does not count as reading it.
    public func shape(of name: String) -> [Int]? { store.shape(of: fullName(name)) }

    /// The extents of a tensor that tells a model's sizes; does not count as reading it.
    /// - Throws: `CheckpointError` naming the tensor if it is missing, empty or of another rank; `hint` ends the line.
    package func extents(of name: String, rank: Int, hint: String = "") throws -> [Int] {
        guard let shape = shape(of: name), shape.count == rank, !shape.contains(0) else {
            throw CheckpointError(
                path: origin, reason: "tensor '\(name)' is missing or has another rank than \(rank)" + hint)
        }
        return shape
    }

    /// Whether this scope holds a tensor of that name.
    public func contains(_ name: String) -> Bool { shape(of: name) != nil }

    /// Full names of all tensors in this scope, sorted.
    public var names: [String] {
        let prefix = path.isEmpty ? "" : path + "."
        return store.names.filter { $0.hasPrefix(prefix) }
    }

    /// The file or folder the weights come from, for messages.
    public var origin: String { store.origin }

    /// The file's own notes, such as safetensors' `__metadata__`; empty for shards and for weights in memory.
    public var metadata: [String: String] { store.metadata }

    /// Checks that every tensor of this scope was read.
    /// - Parameter ignoring: names, relative to this scope, that may stay unread; `*` stands for any characters.
    /// - Throws: `CheckpointError` that lists the tensors left over.
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

    /// A new root whose tensors are made of those of this scope's store, as adjusted.
    func derivedScope(_ tensors: [String: WeightStore.Derivation]) -> WeightScope {
        let root = WeightScope(path: "", store: store, adjustments: adjustments, precision: precision)
        return WeightScope(path: "", store: WeightStore(tensors, of: store) { try root.tensor($0, $1) })
            .multiplied(in: precision)
    }

    /// The same names, with every request noted and answered by `survey`.
    func surveyed(by survey: WeightSurvey) -> WeightScope {
        WeightScope(
            path: path, store: WeightStore(store, survey: survey), adjustments: adjustments,
            precision: precision)
    }

    private func fullName(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

/// A name with `*` for any run of characters.
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
