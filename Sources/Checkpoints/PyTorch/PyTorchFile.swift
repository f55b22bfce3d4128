// Reading tensors from files of torch.save and TorchScript, without running anything in them.

import Files
import Synchronization

/// A file that PyTorch wrote (`.pth`, `.pt`, `.ckpt`, `.bin`), mapped into memory.
///
/// Opening interprets the file's pickle with an interpreter that knows the few names tensors need and refuses every
/// other by name; no code of the file runs. Every size is checked against the file. The bytes of a tensor are
/// touched, and their checksum compared, when it is asked for.
public struct PyTorchFile: TensorFile {
    /// How the file is laid out.
    public enum Kind: String, Sendable {
        case archive = "PyTorch archive"
        case torchScript = "TorchScript archive"
        /// As written before PyTorch 1.6.
        case legacy = "PyTorch file of the old layout"
    }

    /// The file's path as given.
    public let path: String
    public let kind: Kind
    /// The keys that lead to the tensors, such as `state_dict`; empty when they lie at the file's root.
    public let place: String
    /// A wrapper's prefix that every name had, such as `module.`, and that `names` leave out; empty if none.
    public let strippedPrefix: String
    /// Tensors of the file that lie elsewhere than under `place`: an optimiser's, say.
    public let tensorsElsewhere: Int

    private let tensors: [String: TorchTensor]
    private let places: [Int: PyTorchLayout.Place]
    private let map: MappedFile
    private let verified = VerifiedPlaces()

    /// Maps the file at `path` and interprets its pickle.
    /// - Throws: `CheckpointError` when the file is missing, damaged, holds no tensors, or names anything that
    ///   tensors do not need.
    public init(path: String) throws {
        do {
            map = try MappedFile(path: path)
        } catch {
            throw CheckpointError(error)
        }
        self.path = path
        do {
            let layout = try PyTorchLayout(map.bytes)
            let state = try StateDictionary(layout.root, in: layout.heap)
            for (name, tensor) in state.tensors where tensor.count > map.bytes.count {
                throw PyTorchFault(
                    "the tensor \(name.shown) of shape \(tensor.shape) has more elements than the file has bytes"
                )
            }
            kind = layout.kind
            (place, strippedPrefix, tensors) = (state.place, state.strippedPrefix, state.tensors)
            tensorsElsewhere = layout.heap.tensors.count - state.tensors.count
            var places: [Int: PyTorchLayout.Place] = [:]
            for index in Set(state.tensors.values.map(\.storage)) {
                places[index] = layout.storages[layout.heap.storages[index].key]
            }
            self.places = places
        } catch let fault as PyTorchFault {
            throw CheckpointError(path: path, reason: fault.reason)
        }
    }

    /// Names of all tensors, sorted.
    public var names: [String] { tensors.keys.sorted() }

    public func info(_ name: String) -> TensorInfo? {
        tensors[name].map { TensorInfo(type: $0.type, shape: $0.shape) }
    }

    /// Compares every tensor's bytes with their checksum, where the file has one.
    /// - Throws: `CheckpointError` naming a tensor of damaged bytes.
    public func verify() throws {
        for name in names { try withStorage(of: name) { _, _ in } }
    }

    /// Calls `body` with the tensor's elements row by row, little-endian and perhaps unaligned.
    /// - Throws: `CheckpointError` for an unknown name or bytes that do not match their checksum.
    public func withBytes<R>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try withStorage(of: name) { tensor, bytes in try tensor.withContiguousBytes(in: bytes, body) }
    }

    public func region(of name: String) throws -> MappedRegion? {
        guard let tensor = tensors[name], tensor.isContiguous, tensor.count > 0,
            let place = places[tensor.storage]
        else { return nil }
        try withStorage(of: name) { _, _ in }
        let start = place.range.lowerBound + tensor.offset * tensor.type.size
        return MappedRegion(map, start..<start + tensor.count * tensor.type.size)
    }

    // MARK: Helpers

    /// Calls `body` with a tensor and the bytes of its whole storage, which were compared with their checksum.
    private func withStorage<R>(
        of name: String, _ body: (TorchTensor, UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        guard let tensor = tensors[name], let place = places[tensor.storage] else {
            throw CheckpointError(path: path, reason: "there is no tensor \(name.shown) in this file")
        }
        // The mapping lives at least as long as `map`, which the call keeps alive.
        return try withExtendedLifetime(map) {
            let bytes = UnsafeRawBufferPointer(rebasing: map.bytes[place.range])
            guard verified.matches(place, bytes) else {
                throw CheckpointError(
                    path: path,
                    reason:
                        "tensor \(name.shown) does not match its checksum; the file is damaged, fetch it again"
                )
            }
            return try body(tensor, bytes)
        }
    }
}

/// The storages whose checksums were found right, so that views of one storage compare it once.
private final class VerifiedPlaces: Sendable {
    private let known = Mutex<Set<Int>>([])

    func matches(_ place: PyTorchLayout.Place, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // Writers that were told to work out no checksum record 0.
        guard place.checksum != 0, !known.withLock({ $0.contains(place.range.lowerBound) }) else {
            return true
        }
        guard CRC32.checksum(bytes) == place.checksum else { return false }
        known.withLock { _ = $0.insert(place.range.lowerBound) }
        return true
    }
}
