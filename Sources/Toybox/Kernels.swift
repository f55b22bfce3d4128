// The only file of this target that calls the C kernels.

import Arrays
import CKernels

package enum Kernels {
    static let partStride = Int(CK_TOY_PART)

    /// The instruction-set tier in use.
    private static let selected = ck_tier(rawValue: KernelTier.selected.rawValue)

    /// Renders an object; the buffers are [height, width, 4], [height, width] and [height, width, 3].
    static func render(
        _ object: ToyObject, camera: [Float], light: [Float], width: Int, height: Int, samples: Int,
        colour: UnsafeMutablePointer<Float>, depth: UnsafeMutablePointer<Float>?,
        normal: UnsafeMutablePointer<Float>?,
        tier: KernelTier = .selected
    ) {
        ck_toy_render(
            ck_tier(rawValue: tier.rawValue), object.packed, Int32(object.parts.count), object.frame, camera,
            light, Int32(width),
            Int32(height),
            Int32(samples), colour, depth, normal)
    }

    static func mask(
        _ object: ToyObject, camera: [Float], width: Int, height: Int, samples: Int,
        into mask: UnsafeMutablePointer<Float>
    ) {
        ck_toy_mask(
            selected, object.packed, Int32(object.parts.count), object.frame, camera, Int32(width),
            Int32(height),
            Int32(samples), mask)
    }

    static func distances(_ object: ToyObject, points: [Float]) -> [Float] {
        [Float](unsafeUninitializedCapacity: points.count / 3) { buffer, count in
            count = points.count / 3
            guard let base = buffer.baseAddress, count > 0 else { return }
            ck_toy_distance(
                selected, object.packed, Int32(object.parts.count), object.frame, points, Int32(count), base)
        }
    }

    static func shadow(_ object: ToyObject, points: [Float], towards light: Vector, softness: Float)
        -> [Float]
    {
        [Float](unsafeUninitializedCapacity: points.count / 3) { buffer, count in
            count = points.count / 3
            guard let base = buffer.baseAddress, count > 0 else { return }
            ck_toy_shadow(
                selected, object.packed, Int32(object.parts.count), object.frame, points, Int32(count),
                [light.x, light.y, light.z], softness, base)
        }
    }

    /// Bounding box and radius (about the box's centre) of a solid, in part units, sampled on a 48³ grid over the
    /// bounding spheres of its parts.
    static func bounds(of packed: [Float]) -> (low: Vector, high: Vector, radius: Float) {
        var low = Vector(repeating: .infinity), high = Vector(repeating: -.infinity)
        for start in stride(from: 0, to: packed.count, by: partStride) where packed[start + 1] == 0 {
            let mirror = Int(packed[start + 2])
            let centre = Vector(packed[start + 32], packed[start + 33], packed[start + 34])
            for side in 0..<4 where side & ~mirror == 0 {
                let c = centre * Vector(side & 1 != 0 ? -1 : 1, 1, side & 2 != 0 ? -1 : 1)
                low = pointwiseMin(low, c - packed[start + 35])
                high = pointwiseMax(high, c + packed[start + 35])
            }
        }
        let half = min((high - low).max() / 2, 2.2) * 1.02, centre = (low + high) / 2
        var box = [Float](repeating: 0, count: 7)
        ck_toy_bounds(
            selected, packed, Int32(packed.count / partStride), [centre.x, centre.y, centre.z], half, 48, &box
        )
        return (Vector(box[0], box[1], box[2]), Vector(box[3], box[4], box[5]), box[6])
    }

    /// Converts values in [0, 1] to bytes, rounding.
    static func bytes(_ values: UnsafePointer<Float>, count: Int, into bytes: UnsafeMutablePointer<UInt8>) {
        ck_toy_bytes(values, count, bytes)
    }
}
