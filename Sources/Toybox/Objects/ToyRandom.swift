// The random generator of all toys. It must never change, because seeds identify objects.

/// Counter-based random numbers: number `i` of key `k` is `mix(k ^ mix(i · φ))` with the SplitMix64 finaliser.
///
/// For a fixed counter the output is a bijection of the key, so that two keys never share their first number. The top
/// bit of a key made by ``key(seed:split:)`` is the split: the keys of `train` and `heldOut` are disjoint.
package struct ToyRandom: Sendable {
    private let key: UInt64
    private var counter: UInt64 = 0

    package init(key: UInt64) { self.key = key }

    package init(seed: UInt64, split: ToySplit, stream: UInt64 = 0) {
        key = ToyRandom.mix(ToyRandom.key(seed: seed, split: split) ^ ToyRandom.mix(stream))
    }

    /// The key of an object: 63 hashed bits of the seed, and the split as the top bit.
    package static func key(seed: UInt64, split: ToySplit) -> UInt64 {
        (mix(seed &+ 0x9E37_79B9_7F4A_7C15) >> 1) | (split == .heldOut ? 1 << 63 : 0)
    }

    /// The SplitMix64 finaliser (Steele, Lea, Flood 2014).
    package static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// FNV-1a of a name, so that every class has its own stream.
    package static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    package mutating func next() -> UInt64 {
        counter &+= 1
        return ToyRandom.mix(key ^ ToyRandom.mix(counter &* 0x9E37_79B9_7F4A_7C15))
    }

    /// Uniform in [0, 1).
    package mutating func unit() -> Float { Float(next() >> 40) * (1 / 16_777_216) }

    package mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

    package mutating func chance(_ probability: Float) -> Bool { unit() < probability }

    /// Uniform in `0..<bound`.
    package mutating func index(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    package mutating func pick<T>(_ values: [T]) -> T { values[index(values.count)] }

    /// Standard normal (Box and Muller 1958).
    package mutating func normal() -> Float {
        let radius = (-2 * ToyMath.log(max(unit(), 1e-7))).squareRoot()
        return radius * ToyMath.cos(2 * .pi * unit())
    }
}
