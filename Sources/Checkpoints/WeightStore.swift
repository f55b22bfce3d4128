// The source of named weights, and the record of which were read.

import Arrays
import Synchronization

/// The tensors of one model, from one file, several shards, or memory.
final class WeightStore: Sendable {
    private enum Source {
        case file(any TensorFile)
        case array(NDArray)
        case derived(Derivation, of: WeightStore, Reader)
    }

    /// Reads a tensor of another store by its full name and shape.
    typealias Reader = @Sendable (_ name: String, _ shape: [Int]) throws -> NDArray

    /// A tensor derived from one of another store: a part of it along the first extent, optionally transposed or
    /// reshaped.
    struct Derivation: Sendable {
        let source: String
        /// Shape of the source.
        let stored: [Int]
        let shape: [Int]
        let part: Int
        let parts: Int
        let isTransposed: Bool

        func made(of source: NDArray) -> NDArray {
            let count = source.count / parts
            var part = source
            if parts > 1 {
                part = source.withUnsafeBuffer { values in
                    NDArray(shape: [count]) {
                        _ = $0.update(fromContentsOf: values[self.part * count..<(self.part + 1) * count])
                    }
                }
            }
            return isTransposed
                ? part.reshaped(shape.reversed()).transposed([1, 0]) : part.reshaped(shape)
        }
    }

    let origin: String
    let names: [String]
    /// The metadata of a single file; empty for shards and for memory.
    let metadata: [String: String]
    private let sources: [String: Source]
    /// Answers requests instead of the sources, if the weights are only compared with a model.
    let survey: WeightSurvey?
    /// Answers requests if there are no sources.
    private let random: RandomWeights?
    private let ledger = Mutex<Set<String>>([])
    /// Tensors already checked to be finite.
    private let finite = Mutex<Set<String>>([])

    init(_ file: any TensorFile) {
        origin = file.path
        names = file.names
        metadata = file.metadata
        sources = Dictionary(uniqueKeysWithValues: file.names.map { ($0, .file(file)) })
        (survey, random) = (nil, nil)
    }

    /// The names of another store with requests answered by a survey.
    init(_ store: WeightStore, survey: WeightSurvey) {
        (origin, names, metadata, sources) = (store.origin, store.names, store.metadata, store.sources)
        self.survey = survey
        random = nil
    }

    init(_ random: RandomWeights) {
        (origin, names, metadata, sources) = ("random weights", [], [:], [:])
        (survey, self.random) = (nil, random)
    }

    /// Shards with disjoint names.
    init(shards: [String: any TensorFile], origin: String) {
        self.origin = origin
        names = shards.keys.sorted()
        metadata = [:]
        sources = shards.mapValues { .file($0) }
        (survey, random) = (nil, nil)
    }

    init(_ arrays: [String: NDArray], origin: String) {
        self.origin = origin
        names = arrays.keys.sorted()
        metadata = [:]
        sources = arrays.mapValues { .array($0) }
        (survey, random) = (nil, nil)
    }

    /// Tensors derived from those of another store.
    /// - Parameter read: reads a tensor of that store.
    init(_ derived: [String: Derivation], of store: WeightStore, read: @escaping Reader) {
        origin = store.origin
        names = derived.keys.sorted()
        metadata = store.metadata
        sources = derived.mapValues { .derived($0, of: store, read) }
        (survey, random) = (nil, nil)
    }

    var namesRead: Set<String> { ledger.withLock { $0 } }

    func shape(of name: String) -> [Int]? {
        switch sources[name] {
        case .file(let file): file.info(name)?.shape
        case .array(let array): array.shape
        case .derived(let derivation, _, _): derivation.shape
        case nil: nil
        }
    }

    /// Whether tensors are in files, so that deferred reading saves memory.
    var isStored: Bool { survey == nil && random == nil }

    /// Throws what `tensor` would and records the tensor as read, without storing its numbers.
    func check(_ name: String, shape: [Int]) throws {
        try check(name, try source(of: name, shape: shape))
        ledger.withLock { _ = $0.insert(name) }
    }

    /// Checks once whether the numbers are finite.
    private func check(_ name: String, _ source: Source) throws {
        guard !finite.withLock({ $0.contains(name) }) else { return }
        let isSound: Bool
        switch source {
        case .file(let file): isSound = try file.isFinite(name)
        case .array(let array): isSound = isFinite(array)
        case .derived(let derivation, let store, _):
            try store.check(derivation.source, shape: derivation.stored)
            isSound = true
        }
        guard isSound else {
            throw CheckpointError(
                path: origin,
                reason:
                    "tensor \(name.shown) holds NaN or infinity; the file is damaged or was badly converted")
        }
        finite.withLock { _ = $0.insert(name) }
    }

    func tensor(_ name: String, shape: [Int]) throws -> NDArray {
        if let survey { return try survey.answer(name, shape) }
        if let random { return random.tensor(name, shape) }
        let source = try source(of: name, shape: shape)
        try check(name, source)
        ledger.withLock { _ = $0.insert(name) }
        return switch source {
        case .file(let file): try file.array(name)
        case .array(let array): array
        case .derived(let derivation, _, let read):
            derivation.made(of: try read(derivation.source, derivation.stored))
        }
    }

    private func source(of name: String, shape: [Int]) throws -> Source {
        guard let source = sources[name], let stored = self.shape(of: name) else {
            throw CheckpointError(
                path: origin,
                reason: "tensor \(name.shown) is missing; the configuration asks for it with shape \(shape)")
        }
        guard stored == shape else {
            throw CheckpointError(
                path: origin,
                reason: "tensor \(name.shown) has shape \(stored) and the configuration asks for \(shape)")
        }
        if case .file(let file) = source { try file.requireNumbers(name) }
        return source
    }
}
