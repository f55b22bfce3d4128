// Reading tensors from files of torch.save and TorchScript without executing their code.

import Files
import Synchronization

/// A file that PyTorch wrote (`.pth`, `.pt`, `.ckpt`, `.bin`), mapped into memory.
///
/// Opening interprets the file's pickle with an interpreter that knows the few names that tensors need and rejects
/// all others; no code of the file runs. Every size is checked against the file. The bytes of a tensor are read, and
/// their checksum verified, on request.
public struct PyTorchFile: TensorFile {
    /// The layout of the file.
    public enum Kind: String, Sendable {
        case archive = "PyTorch archive"
        case torchScript = "TorchScript archive"
        /// The layout before PyTorch 1.6.
        case legacy = "PyTorch file of the old layout"
    }

    /// The file's path as given.
    public let path: String
    public let kind: Kind
    /// The keys that lead to the tensors, such as `state_dict`; empty if they are at the file's root.
    public let place: String
    /// A wrapper's prefix that all names had, such as `module.`, and that is removed in `names`; empty if none.
    public let strippedPrefix: String
    /// Number of tensors of the file outside `place`, for example an optimiser's.
    public let tensorsElsewhere: Int

    private let tensors: [String: TorchTensor]
    private let places: [Int: PyTorchLayout.Place]
    private let map: MappedFile
    private let verified = VerifiedPlaces()

    /// Maps the file at `path` and interprets its pickle.
    /// - Throws: `CheckpointError` if the file is missing, damaged, has no tensors, or names anything that tensors do
    ///   not need.
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

    /// Verifies the checksum of every tensor, if the file has checksums.
    /// - Throws: `CheckpointError` naming a tensor of damaged bytes.
    public func verify() throws {
        for name in names { try withStorage(of: name) { _, _ in } }
    }

    /// Calls `body` with the tensor's elements in row-major order, little-endian, possibly unaligned.
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

    /// Calls `body` with a tensor and the bytes of its whole storage, whose checksum has been verified.
    private func withStorage<R>(
        of name: String, _ body: (TorchTensor, UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        guard let tensor = tensors[name], let place = places[tensor.storage] else {
            throw CheckpointError(path: path, reason: "there is no tensor \(name.shown) in this file")
        }
        // The mapping lives at least as long as `map`, which this call keeps alive.
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

/// Storages whose checksums have been verified, so that views of one storage verify it once.
private final class VerifiedPlaces: Sendable {
    private let known = Mutex<Set<Int>>([])

    func matches(_ place: PyTorchLayout.Place, _ bytes: UnsafeRawBufferPointer) -> Bool {
        // Writers configured to omit checksums record 0.
        guard place.checksum != 0, !known.withLock({ $0.contains(place.range.lowerBound) }) else {
            return true
        }
        guard CRC32.checksum(bytes) == place.checksum else { return false }
        known.withLock { _ = $0.insert(place.range.lowerBound) }
        return true
    }
}
