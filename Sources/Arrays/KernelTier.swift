// Which instruction sets the kernels use.
internal import CKernels
import Synchronization

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

    /// The variant in use: the one that was selected, else the best; fixed on first use.
    public static let selected: KernelTier = choice.withLock { choice in
        choice.isFixed = true
        return choice.tier ?? detected
    }

    /// Selects a variant for the whole process, before anything is computed.
    /// - Throws: `KernelTierError` where this machine cannot run it, or another is in use already.
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

/// A variant of the kernels that cannot be had.
public struct KernelTierError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) { self.description = description }
}
