// The three layouts of PyTorch's files: position of the pickle and of each storage.

/// The structure of a file of `torch.save` or TorchScript, before any tensor is read.
struct PyTorchLayout {
    /// Position of a storage in the file, and its checksum; 0 if none was written.
    struct Place: Hashable {
        let range: Range<Int>
        let checksum: UInt32
    }

    let kind: PyTorchFile.Kind
    let root: PickleValue
    let heap: PickleHeap
    let storages: [String: Place]

    init(_ file: UnsafeRawBufferPointer) throws(PyTorchFault) {
        if ZipArchive.matches(file) {
            self = try PyTorchLayout.archive(file)
        } else if file.first == 0x80 {
            self = try PyTorchLayout.legacy(file)
        } else {
            throw PyTorchLayout.unrecognised(file)
        }
    }

    private init(
        kind: PyTorchFile.Kind, root: PickleValue, heap: PickleHeap, storages: [String: Place]
    ) throws(PyTorchFault) {
        (self.kind, self.root, self.heap, self.storages) = (kind, root, heap, storages)
        for storage in heap.storages {
            guard let place = storages[storage.key] else {
                throw PyTorchFault("the storage \(storage.key.shown) is not in the file")
            }
            guard storage.byteCount <= place.range.count else {
                throw PyTorchFault(
                    "the storage \(storage.key.shown) claims \(storage.byteCount) bytes and the file has "
                        + "\(place.range.count) for it")
            }
        }
    }

    // MARK: Zip archives

    /// `NAME/data.pkl`, `NAME/data/KEY` and some metadata, in a zip archive.
    private static func archive(_ file: UnsafeRawBufferPointer) throws(PyTorchFault) -> PyTorchLayout {
        let archive = try ZipArchive(file)
        let pickles = archive.entries.keys.filter { $0.hasSuffix("/data.pkl") && !$0.hasPrefix("/") }
        guard let pickle = pickles.first, pickles.count == 1, let entry = archive.entries[pickle] else {
            throw PyTorchFault(
                pickles.isEmpty
                    ? "the archive has no 'data.pkl'; it was not written by torch.save"
                    : "the archive has \(pickles.count) entries 'data.pkl', and one is needed")
        }
        let folder = pickle.dropLast("data.pkl".count)
        if let order = archive.entries["\(folder)byteorder"],
            !file[order.range].elementsEqual("little".utf8)
        {
            throw PyTorchFault("the file was written on a big-endian machine; save it again on a usual one")
        }
        func bytes(_ entry: ZipArchive.Entry, _ name: String) throws(PyTorchFault) -> UnsafeRawBufferPointer {
            guard entry.isStored else {
                throw PyTorchFault("the entry \(name.shown) is compressed, as torch.save never writes it")
            }
            return UnsafeRawBufferPointer(rebasing: file[entry.range])
        }
        let program = try bytes(entry, pickle)
        guard entry.checksum == 0 || CRC32.checksum(program) == entry.checksum else {
            throw PyTorchFault("the entry \(pickle.shown) does not match its checksum; the file is damaged")
        }
        let (root, heap, end) = try PickleMachine.run(program)
        guard end == program.count else {
            throw PyTorchFault("the pickle ends at byte \(end) of \(program.count); the file is damaged")
        }
        var storages: [String: Place] = [:]
        for key in Set(heap.storages.map(\.key)) {
            let name = "\(folder)data/\(key)"
            guard let entry = archive.entries[name] else { continue }
            _ = try bytes(entry, name)
            storages[key] = Place(range: entry.range, checksum: entry.checksum)
        }
        let isScript = archive.entries["\(folder)constants.pkl"] != nil
        return try PyTorchLayout(
            kind: isScript ? .torchScript : .archive, root: root, heap: heap, storages: storages)
    }

    // MARK: Legacy files

    /// The magic number at the start of a file from before PyTorch 1.6, as the end of its pickle.
    private static let magic: [UInt8] = [
        0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    /// Five pickles — magic number, protocol, machine, object, storage keys — and then each storage: its element
    /// count in eight bytes, and the elements.
    private static func legacy(_ file: UnsafeRawBufferPointer) throws(PyTorchFault) -> PyTorchLayout {
        // Protocols from 4 on put the number in a frame with a header of nine bytes.
        let starts = [2, 11].filter { file.count > $0 + magic.count }
        guard
            let start = starts.first(where: { file[$0..<$0 + magic.count].elementsEqual(magic) })
        else {
            throw PyTorchFault("the file is a pickle, but not one that torch.save wrote")
        }
        let (version, _, versionEnd) = try PickleMachine.run(file, at: start + magic.count)
        guard case .integer(1001) = version else {
            throw PyTorchFault("the file is of an unknown version of torch.save's old layout")
        }
        let (machine, machineHeap, machineEnd) = try PickleMachine.run(file, at: versionEnd)
        for pair in machineHeap.node(machine)?.pairs ?? [] {
            guard case .text("little_endian") = pair.key, case .boolean(false) = pair.value else { continue }
            throw PyTorchFault("the file was written on a big-endian machine; save it again on a usual one")
        }
        let (root, heap, rootEnd) = try PickleMachine.run(file, at: machineEnd)
        let (keys, keyHeap, keyEnd) = try PickleMachine.run(file, at: rootEnd)
        var sizes: [String: Int] = [:]
        for storage in heap.storages { sizes[storage.key] = storage.type?.size ?? 1 }
        var cursor = ByteCursor(file, at: keyEnd, what: "the file")
        var storages: [String: Place] = [:]
        for item in keyHeap.items(of: keys, .list) ?? [] {
            guard case .text(let key) = item, let size = sizes[key] else {
                throw PyTorchFault("the file holds a storage that its object does not name")
            }
            let (bytes, overflow) = try cursor.integer(UInt64.self).multipliedReportingOverflow(
                by: UInt64(size))
            let begin = cursor.offset
            guard !overflow, storages[key] == nil else {
                throw PyTorchFault("the storage \(key.shown) is too long or there twice")
            }
            storages[key] = Place(range: begin..<begin + (try cursor.take(bytes)).count, checksum: 0)
        }
        return try PyTorchLayout(kind: .legacy, root: root, heap: heap, storages: storages)
    }

    // MARK: Other files

    /// The problem with a file that PyTorch did not write.
    private static func unrecognised(_ file: UnsafeRawBufferPointer) -> PyTorchFault {
        if file.isEmpty { return PyTorchFault("the file is empty") }
        if file.starts(with: "version https://git-lfs".utf8) {
            return PyTorchFault("a Git LFS pointer instead of the weights; fetch them with 'git lfs pull'")
        }
        let text = file.prefix(64).drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if text.first == UInt8(ascii: "<") {
            return PyTorchFault("a web page instead of the weights; the download failed, fetch them again")
        }
        return PyTorchFault("the file is neither safetensors nor anything that torch.save writes")
    }
}
