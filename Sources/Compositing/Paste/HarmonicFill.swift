// Harmonic interpolation into unknown pixels.

/// Fills the unknown pixels of a plane with an approximate solution of Laplace's equation.
///
/// Pull-push gives the start: known pixels are averaged down a pyramid, and the averages copied back up to
/// where nothing is known (Gortler et al. 1996, "The Lumigraph", section 3.4.3). A few Jacobi sweeps per
/// level smooth it towards the harmonic function that Pérez et al. 2003 ("Poisson image editing", equation 2)
/// call the membrane. Linear in the number of pixels.
enum HarmonicFill {
    /// Fills a plane.
    /// - Parameters:
    ///   - values: row by row, `channels` per pixel; read where `known`.
    ///   - known: one flag per pixel.
    ///   - width: of the plane in pixels.
    ///   - height: of the plane in pixels.
    ///   - channels: values per pixel.
    ///   - sweeps: Jacobi sweeps per level.
    /// - Returns: the values, unchanged where known; zero everywhere if nothing is known.
    static func fill(
        _ values: [Float], known: [Bool], width: Int, height: Int, channels: Int, sweeps: Int = 8
    ) -> [Float] {
        precondition(
            values.count == width * height * channels && known.count == width * height,
            "HarmonicFill: \(values.count) values, \(known.count) flags for \(width)×\(height)×\(channels)")
        guard known.contains(true) else { return [Float](repeating: 0, count: values.count) }
        guard known.contains(false) else { return values }
        let (w, h) = ((width + 1) / 2, (height + 1) / 2)
        var sums = [Float](repeating: 0, count: w * h * channels),
            counts = [Float](repeating: 0, count: w * h)
        for y in 0..<height {
            for x in 0..<width where known[y * width + x] {
                let block = (y / 2) * w + x / 2
                counts[block] += 1
                for c in 0..<channels { sums[block * channels + c] += values[(y * width + x) * channels + c] }
            }
        }
        for block in counts.indices where counts[block] > 0 {
            for c in 0..<channels { sums[block * channels + c] /= counts[block] }
        }
        let coarse = fill(
            sums, known: counts.map { $0 > 0 }, width: w, height: h, channels: channels, sweeps: sweeps)
        var result = values
        for y in 0..<height {
            for x in 0..<width where !known[y * width + x] {
                for c in 0..<channels {
                    result[(y * width + x) * channels + c] = coarse[((y / 2) * w + x / 2) * channels + c]
                }
            }
        }
        for _ in 0..<sweeps { relax(&result, known, width, height, channels) }
        return result
    }

    /// One Jacobi sweep with Neumann boundary conditions at the plane's edge.
    private static func relax(
        _ values: inout [Float], _ known: [Bool], _ width: Int, _ height: Int, _ channels: Int
    ) {
        let old = values
        old.withUnsafeBufferPointer { old in
            for y in 0..<height {
                for x in 0..<width where !known[y * width + x] {
                    let left = y * width + max(x - 1, 0), right = y * width + min(x + 1, width - 1)
                    let up = max(y - 1, 0) * width + x, down = min(y + 1, height - 1) * width + x
                    for c in 0..<channels {
                        values[(y * width + x) * channels + c] =
                            0.25
                            * (old[left * channels + c] + old[right * channels + c] + old[up * channels + c]
                                + old[down * channels + c])
                    }
                }
            }
        }
    }
}
