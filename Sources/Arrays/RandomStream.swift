// Counter-based random numbers: every number is a function of (seed, stream, step, position).

/// A stream of random numbers from Philox 4x32-10.
///
/// Streams with different keys are independent. A stream is a value: a copy gives the same numbers again.
public struct RandomStream: Sendable {
    private let seed: UInt64
    private let stream: UInt64
    private var counter: UInt64
    private var words: [UInt32] = []
    private var position = 4

    /// A stream with a key of three numbers; each step has 2^36 blocks of four words.
    public init(seed: UInt64, stream: UInt64, step: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
        counter = step << 36
    }

    /// A stream with a name as key (hashed by FNV-1a, hence the same in every run).
    public init(seed: UInt64, stream: String, step: UInt64 = 0) {
        let hash = stream.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        self.init(seed: seed, stream: hash, step: step)
    }

    /// 32 uniform bits.
    public mutating func nextUInt32() -> UInt32 {
        if position == 4 {
            words = blocks(1)
            position = 0
        }
        position += 1
        return words[position - 1]
    }

    /// Uniform in [0, 1), a multiple of 2^-24.
    public mutating func uniform() -> Float { Float(nextUInt32() >> 8) * 0x1p-24 }

    /// Standard normal.
    public mutating func normal() -> Float { normal([1]).scalar }

    /// Uniform in `0..<bound`, without bias.
    public mutating func int(below bound: Int) -> Int {
        precondition(bound > 0 && bound <= Int(UInt32.max), "RandomStream.int: bound \(bound)")
        let limit = UInt64(bound)
        var product = UInt64(nextUInt32()) * limit
        let threshold = (0x1_0000_0000 - limit) % limit
        while product & 0xffff_ffff < threshold { product = UInt64(nextUInt32()) * limit }
        return Int(product >> 32)
    }

    /// An array of uniforms in [0, 1).
    public mutating func uniform(_ shape: [Int]) -> NDArray {
        let n = elementCount(shape)
        let words = blocks((n + 3) / 4)
        return NDArray(shape: shape) { out in for i in 0..<n { out[i] = Float(words[i] >> 8) * 0x1p-24 } }
    }

    /// An array of standard normals (Box–Muller).
    public mutating func normal(_ shape: [Int]) -> NDArray {
        let n = elementCount(shape), even = (n + 1) & ~1
        let words = blocks((even + 3) / 4)
        let values = NDArray(shape: [even]) { out in
            guard let base = out.baseAddress else { return }
            words.withUnsafeBufferPointer {
                if let w = $0.baseAddress { SharedKernels.boxMuller(w, base, even) }
            }
        }
        return values.leading(0..<n).reshaped(shape)
    }

    /// Whole new blocks; words left over from scalar numbers are discarded.
    private mutating func blocks(_ count: Int) -> [UInt32] {
        position = 4
        let start = counter
        counter &+= UInt64(count)
        return [UInt32](unsafeUninitializedCapacity: 4 * count) { buffer, n in
            guard let base = buffer.baseAddress else { return }
            SharedKernels.philox(key: seed, stream: stream, counter: start, base, blocks: count)
            n = 4 * count
        }
    }
}
