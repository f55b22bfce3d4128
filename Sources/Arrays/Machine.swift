// What the arithmetic runs on, for diagnostics and run records.

/// The instruction sets chosen for this process.
public enum Machine {
    /// The variant of Lathe's own kernels: `scalar`, `avx2` or `avx512`.
    public static var kernelTier: String { "\(KernelTier.detected)" }

    /// The kernel set OpenBLAS runs with, such as `SkylakeX`.
    public static var blasCore: String { BLAS.coreName }
}
