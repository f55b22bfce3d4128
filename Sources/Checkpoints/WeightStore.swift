// Where named weights come from, and which of them were read.

import Arrays
import Synchronization

/// The tensors of one model, from one file, several shards, or memory.
final class WeightStore: Sendable {
    private enum Source {
        case file(SafetensorsFile)
        case array(NDArray)
    }

    let origin: String
    let names: [String]
    /// The notes of the one file; empty for shards and for memory.
    let metadata: [String: String]
    private let sources: [String: Source]
    private let ledger = Mutex<Set<String>>([])

    init(_ file: SafetensorsFile) {
        origin = file.path
        names = file.names
        metadata = file.metadata
        sources = Dictionary(uniqueKeysWithValues: file.names.map { ($0, .file(file)) })
    }

    /// Shards whose names do not overlap.
    init(shards: [String: SafetensorsFile], origin: String) {
        self.origin = origin
        names = shards.keys.sorted()
        metadata = [:]
        sources = shards.mapValues { .file($0) }
    }

    init(_ arrays: [String: NDArray], origin: String) {
        self.origin = origin
        names = arrays.keys.sorted()
        metadata = [:]
        sources = arrays.mapValues { .array($0) }
    }

    var namesRead: Set<String> { ledger.withLock { $0 } }

    func shape(of name: String) -> [Int]? {
        switch sources[name] {
        case .file(let file): file.entry(name)?.shape
        case .array(let array): array.shape
        case nil: nil
        }
    }

    func tensor(_ name: String, shape: [Int]) throws -> NDArray {
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
        let array =
            switch source {
            case .file(let file): try file.array(name)
            case .array(let array): array
            }
        guard array.withUnsafeBuffer(isFinite) else {
            throw CheckpointError(
                path: origin,
                reason:
                    "tensor \(name.shown) holds NaN or infinity; the file is damaged or was badly converted")
        }
        ledger.withLock { _ = $0.insert(name) }
        return array
    }
}
