// The random numbers of `torch.Generator("cpu")`, so that a seed gives the same image as in PyTorch programs.
internal import Glibc

/// Mersenne Twister, with float32 normals generated as PyTorch does on the CPU.
///
/// `torch.randn` fills 16 or more values by Box–Muller over blocks of 16 uniforms; fewer values are generated one by
/// one in double precision. Both are reproduced (aten/src/ATen/native/cpu/DistributionTemplates.h,
/// aten/src/ATen/core/DistributionsHelper.h), equal up to the last bits of log, sin and cos.
public struct TorchGenerator: Sendable {
    private var state: [UInt32]
    private var position = 624
    /// The second value of a pair generated one by one; PyTorch caches it for the next call.
    private var spare: Double?

    /// As `torch.Generator("cpu").manual_seed(seed)`.
    public init(seed: UInt64) {
        state = [UInt32(truncatingIfNeeded: seed)]
        for i in 1..<624 {
            let last = state[i - 1]
            state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(i))
        }
    }

    /// As `torch.randn(shape, generator: …)` for float32.
    public mutating func normal(_ shape: [Int]) -> NDArray {
        let n = elementCount(shape)
        return NDArray(shape: shape) { out in
            guard n >= 16 else {
                for i in 0..<n { out[i] = Float(nextNormal()) }
                return
            }
            for i in 0..<n { out[i] = nextUniform() }
            for start in stride(from: 0, through: n - 16, by: 16) { transform(out, start) }
            if n % 16 != 0 {
                // The last 16 values are generated again and overwrite their predecessors.
                for i in n - 16..<n { out[i] = nextUniform() }
                transform(out, n - 16)
            }
        }
    }

    /// As `torch.rand(shape, generator: …)` for float32: uniform in [0, 1).
    public mutating func uniform(_ shape: [Int]) -> NDArray {
        NDArray(shape: shape) { out in for i in out.indices { out[i] = nextUniform() } }
    }

    /// 16 uniforms to normals: the radius comes from value `j`, the angle from value `j + 8`.
    private func transform(_ out: UnsafeMutableBufferPointer<Float>, _ start: Int) {
        for j in start..<start + 8 {
            let radius = (-2 * logf(1 - out[j])).squareRoot(), angle = 2 * Float.pi * out[j + 8]
            out[j] = radius * cosf(angle)
            out[j + 8] = radius * sinf(angle)
        }
    }

    private mutating func nextUniform() -> Float { Float(nextWord() & 0xff_ffff) * 0x1p-24 }

    private mutating func nextDouble() -> Double {
        let high = UInt64(nextWord()), low = UInt64(nextWord())
        return Double((high << 32 | low) & (1 << 53 - 1)) * 0x1p-53
    }

    private mutating func nextNormal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        let u = nextDouble(), v = nextDouble()
        let radius = (-2 * log1p(-v)).squareRoot(), angle = 2 * Double.pi * u
        spare = radius * sin(angle)
        return radius * cos(angle)
    }

    private mutating func nextWord() -> UInt32 {
        if position == 624 { advance() }
        var y = state[position]
        position += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        return y ^ (y >> 18)
    }

    private mutating func advance() {
        for i in 0..<624 {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % 624] & 0x7fff_ffff)
            state[i] = state[(i + 397) % 624] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
        }
        position = 0
    }
}
