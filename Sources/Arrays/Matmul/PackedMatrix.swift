// The right operand of a matmul in the kernels' layout.

/// Memory layout of a weight: k position `t * channels + c` of column `j` is at `start + t * tapStride + c *
/// channelStride + j * columnStride`.
struct WeightLayout: Sendable {
    var start = 0
    var taps = 1, tapStride = 0
    var channels: Int, channelStride: Int
    var columns: Int, columnStride: Int

    /// Length of the summed dimension.
    var k: Int { taps * channels }
}

/// A constant matrix in panels of columns with `k` lines each; see `ck_matmul.h`.
final class PackedMatrix: Sendable {
    let layout: WeightLayout
    let precision: Precision
    private let storage: Storage

    var k: Int { layout.k }
    var columns: Int { layout.columns }
    /// Bytes from one panel to the next.
    let panelStride: Int

    /// Packs `weights`, several panels in parallel.
    init(_ weights: NDArray, _ layout: WeightLayout, precision: Precision) {
        let kernels = MatmulKernels.current, width = kernels.panel
        self.layout = layout
        self.precision = precision
        panelStride = (precision == .float32 ? layout.k : (layout.k + 1) / 2) * width * 4
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

    /// The panels from `column`, a multiple of the panel width, and from k position `k`, which must be even.
    func panels(column: Int = 0, k: Int = 0) -> UnsafeRawPointer {
        let width = MatmulKernels.current.panel
        let line = precision == .float32 ? k : k / 2
        return UnsafeRawPointer(storage.pointer) + column / width * panelStride + line * width * 4
    }

    /// Writes the numbers, as rounded, back to their layout; other elements are left unchanged.
    func unpack(into weights: MutablePointer) {
        let kernels = MatmulKernels.current, width = kernels.panel
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
