// Vector operations for meshes.

func dot(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float { (a * b).sum() }

func cross(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

func length(_ a: SIMD3<Float>) -> Float { dot(a, a).squareRoot() }

/// The unit vector along `a`, or straight up if `a` is zero.
func normalized(_ a: SIMD3<Float>) -> SIMD3<Float> {
    let size = length(a)
    return size > 0 ? a / size : SIMD3(0, 1, 0)
}
