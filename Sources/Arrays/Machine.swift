// What the arithmetic runs on, for diagnostics and run records.

/// The instruction sets chosen for this process.
public enum Machine {
    /// The variant of Lathe's own kernels: `scalar`, `avx2`, `avx512` or `avx512bf16`.
    public static var kernelTier: String { "\(KernelTier.selected)" }

    /// The kernel set OpenBLAS runs with, such as `SkylakeX`.
    public static var blasCore: String { BLAS.coreName }
}
