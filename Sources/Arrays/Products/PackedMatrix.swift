// The right-hand side of products, in the order the kernels read it.

/// Where the numbers of a weight lie: inner position `t * channels + c` of column `j` is at
/// `start + t * tapStride + c * channelStride + j * columnStride`.
struct WeightLayout: Sendable {
    var start = 0
    var taps = 1, tapStride = 0
    var channels: Int, channelStride: Int
    var columns: Int, columnStride: Int

    /// Numbers that are summed over.
    var inner: Int { taps * channels }
}

/// A constant matrix in panels of columns, `inner` lines each; see `ck_matrix.h`.
final class PackedMatrix: Sendable {
    let layout: WeightLayout
    let precision: Precision
    private let storage: Storage

    var inner: Int { layout.inner }
    var columns: Int { layout.columns }
    /// Bytes from one panel to the next.
    let panelStride: Int

    /// Packs `weights`, several panels at a time.
    init(_ weights: NDArray, _ layout: WeightLayout, precision: Precision) {
        let kernels = MatrixKernels.current, width = kernels.panel
        self.layout = layout
        self.precision = precision
        panelStride = (precision == .float32 ? layout.inner : (layout.inner + 1) / 2) * width * 4
        let panels = (layout.columns + width - 1) / width
        storage = Storage(count: panels * panelStride / 4)
        storage.leavePool()
        let stride = panelStride
        nonisolated(unsafe) let (source, target) = (weights.pointer + layout.start, storage.pointer)
        parallelFor(panels, chunk: 1) { range in
            for p in range {
                kernels.pack(
                    precision, source, layout, p * width..<min(layout.columns, (p + 1) * width),
                    UnsafeMutableRawPointer(target) + p * stride)
            }
        }
        withExtendedLifetime(weights) {}
    }

    /// The panels from `column`, a multiple of the panel's width, and from inner position `inner`, which is even.
    func panels(column: Int = 0, inner: Int = 0) -> UnsafeRawPointer {
        let width = MatrixKernels.current.panel
        let line = precision == .float32 ? inner : inner / 2
        return UnsafeRawPointer(storage.pointer) + column / width * panelStride + line * width * 4
    }

    /// The numbers where they came from, as rounded; places that the layout does not reach stay as they are.
    func unpack(into weights: MutablePointer) {
        let kernels = MatrixKernels.current, width = kernels.panel
        nonisolated(unsafe) let (base, target) = (panels(), weights + layout.start)
        parallelFor((columns + width - 1) / width, chunk: 1) { [precision, layout, panelStride] range in
            for p in range {
                kernels.unpack(
                    precision, base + p * panelStride, layout,
                    p * width..<min(layout.columns, (p + 1) * width), target)
            }
        }
    }
}
