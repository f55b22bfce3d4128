// Dense row-major arrays of float32 with value semantics.

/// A dense, row-major array of `Float` of any rank.
///
/// Copy on write: copies share storage until one of them is written.
public struct NDArray: Sendable {
    /// Extents, outermost first; `[]` is a scalar.
    public let shape: [Int]
    /// Number of scalars: the product of `shape`.
    public let count: Int
    var storage: Storage
    let offset: Int

    /// Number of dimensions.
    public var rank: Int { shape.count }

    init(storage: Storage, offset: Int, shape: [Int]) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        count = elementCount(shape)
    }

    /// An array of the given scalars in row-major order.
    public init(_ scalars: [Float], shape: [Int]) {
        precondition(
            scalars.count == elementCount(shape), "NDArray: \(scalars.count) scalars do not fill \(shape)")
        self.init(shape: shape) { buffer in _ = buffer.update(fromContentsOf: scalars) }
    }

    /// An array that `initializer` must write completely; its contents are undefined before.
    public init(
        shape: [Int], initializer: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) rethrows {
        precondition(shape.allSatisfy { $0 >= 0 }, "NDArray: negative extent in \(shape)")
        let n = elementCount(shape)
        let storage = Storage(count: n)
        try initializer(UnsafeMutableBufferPointer(start: storage.pointer, count: n))
        self.init(storage: storage, offset: 0, shape: shape)
    }

    /// A read-only view of memory that `owner` keeps alive, for example a memory-mapped file.
    ///
    /// Writing makes a copy first.
    /// - Precondition: `base` is aligned for `Float` and holds the product of `shape` floats.
    package init(borrowing base: UnsafePointer<Float>, shape: [Int], owner: AnyObject) {
        let storage = Storage(borrowing: base, count: elementCount(shape), owner: owner)
        self.init(storage: storage, offset: 0, shape: shape)
    }

    /// A scalar array of rank 0.
    public init(_ scalar: Float) { self.init([scalar], shape: []) }

    /// An array of zeros.
    public static func zeros(_ shape: [Int]) -> NDArray { full(0, shape) }

    /// An array filled with `value`.
    public static func full(_ value: Float, _ shape: [Int]) -> NDArray {
        NDArray(shape: shape) { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = base
            parallelFor(buffer.count, chunk: elementChunk) { r in
                Kernels.current.fill(out + r.lowerBound, r.count, value)
            }
        }
    }

    /// The same scalars under another shape; shares storage.
    /// - Parameter shape: extents with the same product; one may be -1 and is inferred.
    public func reshaped(_ shape: [Int]) -> NDArray {
        NDArray(storage: storage, offset: offset, shape: resolvedShape(shape, count: count, from: self.shape))
    }

    /// Entry `i` along the first dimension, of shape `shape[1...]`; shares storage.
    public subscript(leading i: Int) -> NDArray {
        precondition(rank > 0 && i >= 0 && i < shape[0], "NDArray: index \(i) is outside \(shape)")
        let inner = Array(shape.dropFirst())
        return NDArray(storage: storage, offset: offset + i * elementCount(inner), shape: inner)
    }

    /// Entries `range` along the first dimension; shares storage.
    public func leading(_ range: Range<Int>) -> NDArray {
        precondition(
            rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0],
            "NDArray: range \(range) is outside \(shape)")
        let inner = Array(shape.dropFirst())
        return NDArray(
            storage: storage, offset: offset + range.lowerBound * elementCount(inner),
            shape: [range.count] + inner)
    }

    /// Calls `body` with the scalars in row-major order.
    public func withUnsafeBuffer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(start: storage.pointer + offset, count: count))
    }

    /// Calls `body` with the scalars for reading and writing; copies them first if they are shared.
    public mutating func withUnsafeMutableBuffer<R>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
    ) rethrows -> R {
        makeUnique()
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeMutableBufferPointer(start: storage.pointer + offset, count: count))
    }

    /// The scalars in row-major order.
    public var scalars: [Float] { withUnsafeBuffer { Array($0) } }

    /// The only scalar of an array of one element.
    public var scalar: Float {
        precondition(count == 1, "NDArray.scalar: shape \(shape) has \(count) elements")
        return withUnsafeBuffer { $0[0] }
    }

    /// Base address for kernels; valid while `self` is alive.
    var pointer: Pointer { Pointer(storage.pointer + offset) }

    private mutating func makeUnique() {
        if isKnownUniquelyReferenced(&storage), storage.isWritable { return }
        self = copied()
    }

    /// The same scalars in storage of their own.
    func copied() -> NDArray {
        NDArray(shape: shape) { out in
            guard let base = out.baseAddress else { return }
            nonisolated(unsafe) let (source, target) = (pointer, base)
            parallelFor(count, chunk: elementChunk) { r in
                (target + r.lowerBound).update(from: source + r.lowerBound, count: r.count)
            }
            withExtendedLifetime(self) {}
        }
    }
}

extension NDArray: CustomStringConvertible {
    public var description: String {
        let head = scalars.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "NDArray\(shape)[\(head)\(count > 8 ? ", …" : "")]"
    }
}

/// Elements per parallel chunk of an inexpensive elementwise loop.
let elementChunk = 32768

/// The product of the extents.
package func elementCount(_ shape: [Int]) -> Int { shape.reduce(1, *) }

/// Replaces one -1 and checks the product.
package func resolvedShape(_ shape: [Int], count: Int, from old: [Int]) -> [Int] {
    var result = shape
    if let hole = result.firstIndex(of: -1) {
        let rest = result.enumerated().reduce(1) { $1.offset == hole ? $0 : $0 * $1.element }
        result[hole] = rest > 0 ? count / rest : 0
    }
    precondition(
        elementCount(result) == count && result.allSatisfy { $0 >= 0 },
        "reshaped: \(old) cannot become \(shape)")
    return result
}
