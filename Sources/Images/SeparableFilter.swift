// Separable filters.

package import Arrays
import Foundation

/// An array `[height, width, channels]` blurred by a Gaussian; edges are replicated.
/// - Parameter sigma: standard deviation in pixels, above 0.
package func gaussianBlurred(_ array: NDArray, sigma: Float) -> NDArray {
    precondition(array.rank == 3 && sigma > 0, "gaussianBlurred: \(array.shape) by \(sigma)")
    let weights = gaussianWeights(sigma)
    return separablyFiltered(array, rows: weights, columns: weights)
}

/// Normalised weights of a Gaussian over three standard deviations to either side.
package func gaussianWeights(_ sigma: Float) -> [Float] {
    let reach = max(1, Int((3 * sigma).rounded(.up)))
    let weights = (-reach...reach).map { expf(-Float($0 * $0) / (2 * sigma * sigma)) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
}

/// An array `[height, width, channels]` filtered along rows by one kernel and along columns by another; edges are
/// replicated.
/// - Parameters: kernels of odd length.
package func separablyFiltered(_ array: NDArray, rows: [Float], columns: [Float]) -> NDArray {
    precondition(
        array.rank == 3 && rows.count % 2 == 1 && columns.count % 2 == 1,
        "separablyFiltered: \(array.shape) by kernels of \(rows.count) and \(columns.count)")
    return filtered(filtered(array, rows, alongRows: true), columns, alongRows: false)
}

private func filtered(_ array: NDArray, _ weights: [Float], alongRows: Bool) -> NDArray {
    let (h, w, c) = (array.shape[0], array.shape[1], array.shape[2]), reach = weights.count / 2
    return array.withUnsafeBuffer { source in
        NDArray(shape: array.shape) { buffer in
            nonisolated(unsafe) let (source, out) = (source, buffer)
            parallelFor(h, chunk: rowChunk(w * c * weights.count)) { rows in
                for y in rows {
                    for i in y * w * c..<(y + 1) * w * c { out[i] = 0 }
                    for (tap, weight) in weights.enumerated() {
                        let offset = tap - reach
                        let row = (alongRows ? y : max(0, min(h - 1, y + offset))) * w * c
                        if !alongRows {
                            for i in 0..<w * c { out[y * w * c + i] += weight * source[row + i] }
                            continue
                        }
                        for x in 0..<w {
                            let column = max(0, min(w - 1, x + offset))
                            for k in 0..<c {
                                out[(y * w + x) * c + k] += weight * source[row + column * c + k]
                            }
                        }
                    }
                }
            }
        }
    }
}
