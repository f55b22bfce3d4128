// How operations make their results: output memory, with the inputs kept alive while kernels read them.

extension NDArray {
    /// An array of `shape` that `body` fills; `inputs` stay alive meanwhile.
    ///
    /// An empty result calls nothing.
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
