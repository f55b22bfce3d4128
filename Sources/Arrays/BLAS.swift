// The only file that calls OpenBLAS: single-threaded sgemm within tiles chosen here.
internal import COpenBLAS
internal import Glibc

/// Single-precision matmul through OpenBLAS, one thread per call.
///
/// For pairs of activations, which would have to be packed for a single use: SAM's relative positions and masks,
/// merging of low-rank adapters, edited attention, attention of few queries, and gradients of attention. Weights are
/// multiplied by the kernels in `Matmul`, which tests and `lathe bench` compare with these.
enum BLAS {
    /// Runs once before the first matmul and before the first parallel loop.
    private static let ready: Bool = {
        repairCoreType()
        openblas_set_num_threads(1)
        endThreads()
        return true
    }()

    /// Initialises OpenBLAS if necessary.
    static func prepare() { _ = ready }

    /// The name of OpenBLAS's kernel set, for diagnostics.
    static var coreName: String {
        _ = ready
        return openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    }

    /// C = alpha * op(A) op(B) + beta * C, row-major; `lda`, `ldb`, `ldc` are row strides in elements.
    static func matmul(
        rows m: Int, cols n: Int, k: Int, _ a: Pointer, lda: Int, transposeA: Bool = false,
        _ b: Pointer,
        ldb: Int, transposeB: Bool = false, _ c: MutablePointer, ldc: Int, alpha: Float = 1, beta: Float = 0
    ) {
        _ = ready
        guard m > 0, n > 0 else { return }
        precondition(max(m, n, k, lda, ldb, ldc) <= Int(Int32.max), "matrix product: an extent exceeds 2^31")
        cblas_sgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), alpha, a, blasint(max(1, lda)), b, blasint(max(1, ldb)), beta,
            c,
            blasint(max(1, ldc)))
    }

    /// Ends the threads that OpenBLAS starts when it is loaded.
    ///
    /// They busy-wait for work with `sched_yield` for a tenth of a second at a time, which takes a third of a
    /// processor from other threads.
    private static func endThreads() {
        typealias Routine = @convention(c) () -> CInt
        if let end = dlsym(nil, "blas_thread_shutdown_") { _ = unsafeBitCast(end, to: Routine.self)() }
    }

    /// The kernel set to change to, if any: the AVX-512 one where OpenBLAS failed to detect it, or the one of a lower
    /// selected tier.
    private static func wantedCore(instead name: String) -> String? {
        switch KernelTier.selected {
        case .avx512, .avx512bf16: name == "Haswell" || name == "Zen" ? "SkylakeX" : nil
        case .avx2: KernelTier.detected > .avx2 ? "Haswell" : nil
        case .scalar: KernelTier.detected > .scalar ? "Nehalem" : nil
        }
    }

    /// OpenBLAS before 0.3.22 does not know Zen 4 and 5 and falls back to AVX2 kernels at half the speed.
    ///
    /// It reads `OPENBLAS_CORETYPE` in its start-up routine, which has run before `main`, so the routine is run
    /// again. The variable is restored afterwards, so that child processes do not inherit it.
    private static func repairCoreType() {
        let name = openblas_get_corename().map { String(cString: $0) }
        guard let wanted = wantedCore(instead: name ?? "") else { return }
        typealias Routine = @convention(c) () -> Void
        guard let quit = dlsym(nil, "gotoblas_dynamic_quit"),
            let start = dlsym(nil, "gotoblas_dynamic_init")
        else { return }
        let variable = "OPENBLAS_CORETYPE"
        let before = getenv(variable).map { String(cString: $0) }
        setenv(variable, wanted, 1)
        unsafeBitCast(quit, to: Routine.self)()
        unsafeBitCast(start, to: Routine.self)()
        if let before { setenv(variable, before, 1) } else { unsetenv(variable) }
    }
}
