// Selection of the kernels' instruction set.
internal import CKernels
import Synchronization

/// Instruction-set tiers of the kernels, lowest first; each includes the lower ones.
public enum KernelTier: UInt32, Sendable, CaseIterable, Comparable {
    case scalar, avx2, avx512
    /// AVX-512 with bfloat16 dot products.
    case avx512bf16

    /// The tier of a name such as `avx2`.
    public init?(name: String) {
        guard let tier = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = tier
    }

    /// The highest tier that this machine supports.
    public static let detected = KernelTier(rawValue: ck_detected_tier().rawValue) ?? .scalar

    /// The tiers that this machine supports, lowest first.
    package static var available: [KernelTier] { allCases.filter { $0 <= detected } }

    /// The tier in use: the selected one, else the highest; fixed on first use.
    public static let selected: KernelTier = choice.withLock { choice in
        choice.isFixed = true
        return choice.tier ?? detected
    }

    /// Selects a tier for the whole process; must precede any computation.
    /// - Throws: `KernelTierError` if this machine does not support it, or if another tier is in use already.
    public static func select(_ tier: KernelTier) throws(KernelTierError) {
        guard tier <= detected else {
            throw KernelTierError("\(tier) is more than this processor has; it has \(detected)")
        }
        let isTooLate = choice.withLock { choice in
            if !choice.isFixed { choice.tier = tier }
            return choice.isFixed
        }
        guard !isTooLate || tier == selected else {
            throw KernelTierError("\(tier) cannot be selected: \(selected) is in use already")
        }
    }

    private struct Choice {
        var tier: KernelTier?
        /// Whether kernels may have been called.
        var isFixed = false
    }

    private static let choice = Mutex(Choice())

    public static func < (a: KernelTier, b: KernelTier) -> Bool { a.rawValue < b.rawValue }
}

/// A tier that cannot be selected.
public struct KernelTierError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) { self.description = description }
}
