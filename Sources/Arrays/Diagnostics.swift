// Code paths chosen on this machine, for run records and `doctor`.

/// Names of the code paths chosen on this machine.
package enum Diagnostics {
    /// The name of OpenBLAS's kernel set, after correction of its core type.
    package static var openBLASCore: String { BLAS.coreName }
    /// The selected tier of the kernels: `scalar`, `avx2`, `avx512` or `avx512bf16`.
    package static var kernelTier: String { "\(KernelTier.selected)" }
}
