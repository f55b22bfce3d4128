// Allocation of results, with the inputs kept alive while kernels read them.

extension NDArray {
    /// An array of `shape` that `body` writes; `inputs` are kept alive until it returns.
    ///
    /// For an empty result `body` is not called.
    static func build(
        _ shape: [Int], keeping inputs: NDArray?..., body: (MutablePointer) -> Void
    ) -> NDArray {
        let result = NDArray(shape: shape) { out in
            if let base = out.baseAddress, !out.isEmpty { body(base) }
        }
        withExtendedLifetime(inputs) {}
        return result
    }
}
