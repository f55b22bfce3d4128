// Which instruction sets the kernels use.
internal import CKernels
import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Instruction-set variants of the kernels, worst to best; each includes those before it.
public enum KernelTier: UInt32, Sendable, CaseIterable, Comparable {
    case scalar, avx2, avx512
    /// AVX-512 with products of bfloat16.
    case avx512bf16

    /// The variant of a name such as `avx2`.
    public init?(name: String) {
        guard let tier = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = tier
    }

    /// The best variant this machine can run.
    public static let detected = KernelTier(rawValue: ck_detected_tier().rawValue) ?? .scalar

    /// The variants this machine can run, worst first.
    package static var available: [KernelTier] { allCases.filter { $0 <= detected } }

    /// The variant in use: the one asked for by `select` or by the variable `LATHE_TIER`, else the best.
    ///
    /// Fixed on first use.
    public static let selected: KernelTier = {
        let asked = KernelTier(rawValue: UInt32(truncatingIfNeeded: request.load(ordering: .relaxed)))
        let named = getenv(variable).flatMap { KernelTier(name: String(cString: $0)) }
        return min(asked ?? named ?? detected, detected)
    }()

    /// The environment variable that names a variant.
    public static let variable = "LATHE_TIER"

    /// Asks for a variant, for the whole process and before anything is computed.
    public static func select(_ tier: KernelTier) { request.store(Int(tier.rawValue), ordering: .relaxed) }

    private static let request = Atomic<Int>(-1)

    public static func < (a: KernelTier, b: KernelTier) -> Bool { a.rawValue < b.rawValue }
}
