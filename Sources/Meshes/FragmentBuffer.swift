// Visibility of triangles on a grid of samples: the nearest face and the position on it.

/// The nearest face at every sample of an image.
///
/// A buffer can be reused for many views; it must not be shared between threads.
package final class FragmentBuffer {
    package let width: Int
    package let height: Int
    /// `[height, width]`: index of the nearest face, −1 where there is none.
    package let face: UnsafeMutableBufferPointer<Int32>
    /// `[height, width]`: perspective-correct weights of that face's second and third corner; the first one's
    /// follows.
    package let weights: UnsafeMutableBufferPointer<SIMD2<Float>>
    /// `[height, width]`: inverse depth (perspective) or height along the view axis (parallel); larger is nearer.
    package let nearness: UnsafeMutableBufferPointer<Float>

    package init(width: Int, height: Int) {
        precondition(width > 0 && height > 0, "FragmentBuffer: empty picture \(width) x \(height)")
        self.width = width
        self.height = height
        face = .allocate(capacity: width * height)
        weights = .allocate(capacity: width * height)
        nearness = .allocate(capacity: width * height)
        weights.initialize(repeating: .zero)
        face.initialize(repeating: -1)
        nearness.initialize(repeating: -.infinity)
    }

    deinit {
        face.deallocate()
        weights.deallocate()
        nearness.deallocate()
    }

    /// Ordering and interpolation by the third coordinate of a projected position.
    package enum Projection: Sendable {
        /// z is the depth along the view axis, positive; attributes are linear in space.
        case perspective
        /// z grows towards the viewer; attributes are linear on the screen.
        case parallel
    }

    /// Draws all faces over a cleared buffer.
    ///
    /// A sample at column x has coordinate x + 0.5. Faces that extend behind a perspective camera are skipped.
    /// - Parameter projected: x and y in samples from the top left and z according to `projection`, one per vertex.
    package func draw(
        _ projected: UnsafeBufferPointer<SIMD3<Float>>, faces: UnsafeBufferPointer<SIMD3<UInt32>>,
        projection: Projection
    ) {
        face.update(repeating: -1)
        nearness.update(repeating: -.infinity)
        for number in faces.indices {
            let corner = faces[number]
            let (a, b, c) = (projected[Int(corner.x)], projected[Int(corner.y)], projected[Int(corner.z)])
            let near: SIMD3<Float>
            switch projection {
            case .perspective:
                guard min(a.z, b.z, c.z) > 1e-4 else { continue }
                near = 1 / SIMD3(a.z, b.z, c.z)
            case .parallel: near = SIMD3(a.z, b.z, c.z)
            }
            let doubleArea = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
            guard abs(doubleArea) > 1e-12, doubleArea.isFinite else { continue }
            let left = first(min(a.x, b.x, c.x)), right = last(max(a.x, b.x, c.x), width)
            let top = first(min(a.y, b.y, c.y)), bottom = last(max(a.y, b.y, c.y), height)
            guard left <= right, top <= bottom else { continue }
            let scale = 1 / doubleArea
            // The weight of a corner is linear on the screen: its value at the first sample and a step per column.
            let stepB = (c.y - a.y) * scale, stepC = -(b.y - a.y) * scale
            for y in top...bottom {
                let py = Float(y) + 0.5 - a.y, px = Float(left) + 0.5 - a.x
                let startB = (px * (c.y - a.y) - py * (c.x - a.x)) * scale
                let startC = ((b.x - a.x) * py - (b.y - a.y) * px) * scale
                for x in left...right {
                    let along = Float(x - left)
                    let wb = startB + along * stepB, wc = startC + along * stepC, wa = 1 - wb - wc
                    guard wa >= 0, wb >= 0, wc >= 0 else { continue }
                    let z = wa * near.x + wb * near.y + wc * near.z
                    let sample = y * width + x
                    guard z > nearness[sample] else { continue }
                    nearness[sample] = z
                    face[sample] = Int32(truncatingIfNeeded: number)
                    weights[sample] =
                        switch projection {
                        case .perspective: SIMD2(wb * near.y, wc * near.z) / z
                        case .parallel: SIMD2(wb, wc)
                        }
                }
            }
        }
    }

    /// The first column whose centre is not left of a coordinate.
    private func first(_ lower: Float) -> Int {
        let column: Float = (lower - 0.5).rounded(.up)
        return Int(Swift.min(Swift.max(column, 0), 1_048_576))
    }

    /// The last column below `limit` whose centre is not right of a coordinate.
    private func last(_ upper: Float, _ limit: Int) -> Int {
        let column: Float = (upper - 0.5).rounded(.down)
        return Int(Swift.max(Swift.min(column, Float(limit - 1)), -1))
    }
}
