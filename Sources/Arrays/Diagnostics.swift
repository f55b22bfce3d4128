// What the arrays run on, for records and `doctor`.

/// Names of the code paths chosen on this machine.
package enum Diagnostics {
    /// The kernel set that OpenBLAS has chosen, after the repair of its core type.
    package static var openBLASCore: String { BLAS.coreName }
    /// The instruction-set variant of our own kernels: `scalar`, `avx2`, `avx512` or `avx512bf16`.
    package static var kernelTier: String { "\(KernelTier.selected)" }
}
