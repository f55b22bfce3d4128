// Hashed lattice noise on the plane, for grounds, walls and backdrops.

/// Value noise and its sums, in [0, 1].
struct SceneNoise: Sendable {
    let seed: UInt32

    @inline(__always)
    func lattice(_ x: Int32, _ y: Int32) -> Float {
        var h =
            UInt32(bitPattern: x) &* 0x8da6_b343 &+ UInt32(bitPattern: y) &* 0xd816_3841 &+ seed
            &* 0x9e37_79b1
        h ^= h >> 15
        h = h &* 0x2c1b_3c6d
        h ^= h >> 12
        h = h &* 0x297a_2d39
        h ^= h >> 15
        return Float(h >> 8) * (1 / 16_777_216)
    }

    @inline(__always)
    func value(_ x: Float, _ y: Float) -> Float {
        let fx = x.rounded(.down), fy = y.rounded(.down)
        let i = Int32(clamping: Int(fx)), j = Int32(clamping: Int(fy))
        var u = x - fx, v = y - fy
        u = u * u * (3 - 2 * u)
        v = v * v * (3 - 2 * v)
        let a = lattice(i, j), b = lattice(i &+ 1, j), c = lattice(i, j &+ 1), d = lattice(i &+ 1, j &+ 1)
        return a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v
    }

    /// `octaves` of noise, each twice as fine and half as strong.
    @inline(__always)
    func fractal(_ x: Float, _ y: Float, octaves: Int) -> Float {
        var sum: Float = 0, weight: Float = 1, total: Float = 0, frequency: Float = 1
        for _ in 0..<octaves {
            sum += weight * value(x * frequency + total * 7.3, y * frequency)
            total += weight
            weight *= 0.55
            frequency *= 2.07
        }
        return sum / total
    }

    /// Cellular noise with one random point per cell: distances to the nearest and second nearest point, and the
    /// cell's number.
    func cell(_ x: Float, _ y: Float) -> (first: Float, second: Float, tone: Float) {
        let i = Int32(clamping: Int(x.rounded(.down))), j = Int32(clamping: Int(y.rounded(.down)))
        var first: Float = 9, second: Float = 9, tone: Float = 0
        for dj in Int32(-1)...1 {
            for di in Int32(-1)...1 {
                let a = i &+ di, b = j &+ dj
                let px = Float(a) + lattice(a, b &+ 7919), py = Float(b) + lattice(a &+ 104729, b)
                let d = ((px - x) * (px - x) + (py - y) * (py - y)).squareRoot()
                if d < first {
                    (second, first, tone) = (first, d, lattice(a &+ 31, b &+ 17))
                } else if d < second {
                    second = d
                }
            }
        }
        return (first, second, tone)
    }
}
