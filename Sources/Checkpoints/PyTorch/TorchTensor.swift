// Storages, and tensors as strided views of them.

/// A run of elements in a file, named by a key.
struct TorchStorage: Equatable {
    /// Nil for a storage of plain bytes.
    let type: ElementType?
    let key: String
    /// Bytes of the whole storage.
    let byteCount: Int

    /// - Parameter count: elements, or bytes for a storage without a type.
    init(type: ElementType?, key: String, count: Int) throws(PyTorchFault) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: type?.size ?? 1)
        guard count >= 0, !overflow else {
            throw PyTorchFault("the storage \(key.shown) claims \(count) elements")
        }
        self.type = type
        self.key = key
        byteCount = bytes
    }
}

/// A view of a storage: offset and strides.
struct TorchTensor {
    /// Higher than the rank of any published model's tensors.
    static let rankLimit = 16

    /// Index of the storage in the heap.
    let storage: Int
    let type: ElementType
    /// Elements before the first.
    let offset: Int
    let shape: [Int]
    /// Elements between neighbours along each dimension.
    let strides: [Int]
    let count: Int

    /// Checks that every element lies in the storage.
    init(
        storage index: Int, of storage: TorchStorage, type: ElementType, offset: Int, shape: [Int],
        strides: [Int]
    ) throws(PyTorchFault) {
        guard shape.count == strides.count, shape.count <= TorchTensor.rankLimit else {
            throw PyTorchFault(
                "a tensor has \(shape.count) sizes and \(strides.count) strides; at most \(TorchTensor.rankLimit), "
                    + "as many of each, are read")
        }
        let capacity = storage.byteCount / type.size
        // Empty extents count as one here, so that later multiplications of the other extents cannot overflow either.
        var (product, last, overflow) = (type.size, offset, offset < 0)
        for (size, stride) in zip(shape, strides) {
            let extended = product.multipliedReportingOverflow(by: max(size, 1))
            let reach = max(size - 1, 0).multipliedReportingOverflow(by: stride)
            let sum = last.addingReportingOverflow(reach.partialValue)
            overflow =
                overflow || size < 0 || stride < 0 || extended.overflow || reach.overflow || sum.overflow
            (product, last) = (extended.partialValue, sum.partialValue)
        }
        let count = shape.contains(0) ? 0 : product / type.size
        guard !overflow, count == 0 || last < capacity else {
            throw PyTorchFault(
                "a tensor of shape \(shape), strides \(strides) and offset \(offset) leaves its storage "
                    + "\(storage.key.shown) of \(capacity) elements")
        }
        self.storage = index
        (self.type, self.offset, self.shape, self.strides, self.count) = (type, offset, shape, strides, count)
    }

    /// Whether the elements lie one after the other, row by row.
    var isContiguous: Bool {
        guard count > 0 else { return true }
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            guard stride == expected else { return false }
            expected *= size
        }
        return true
    }

    /// Calls `body` with the tensor's bytes, row by row.
    /// - Parameter storage: the bytes of its storage, at least `byteCount` of them.
    func withContiguousBytes<R>(
        in storage: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        guard count > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if isContiguous {
            let start = offset * type.size
            return try body(UnsafeRawBufferPointer(rebasing: storage[start..<start + count * type.size]))
        }
        return try gathered(from: storage).withUnsafeBytes(body)
    }

    /// A copy of the elements in row order.
    private func gathered(from storage: UnsafeRawBufferPointer) -> [UInt8] {
        let (size, inner) = (type.size, shape.count - 1)
        return [UInt8](unsafeUninitializedCapacity: count * size) { buffer, written in
            let target = UnsafeMutableRawBufferPointer(buffer)
            var place = [Int](repeating: 0, count: shape.count)
            while written < count * size {
                let row = zip(place, strides).reduce(offset) { $0 + $1.0 * $1.1 }
                for column in 0..<shape[inner] {
                    let source = (row + column * strides[inner]) * size
                    for byte in 0..<size { target[written &+ byte] = storage[source &+ byte] }
                    written += size
                }
                var axis = inner - 1
                while axis >= 0 {
                    place[axis] += 1
                    guard place[axis] == shape[axis] else { break }
                    place[axis] = 0
                    axis -= 1
                }
            }
        }
    }
}
