// A signed-distance primitive of an object: shape, position, operation, paint, and packing for the kernels.

/// Shapes in local coordinates; see `toybox-inl.h` for their distances.
package enum ToyShape: Sendable {
    case ellipsoid(Vector)
    case box(Vector, rounding: Float)
    case cylinder(radius: Float, half: Float, rounding: Float)
    case cone(half: Float, bottom: Float, top: Float)
    case torus(ring: Float, tube: Float)
    case capsule(half: Float, radius: Float)
    case arc(ring: Float, tube: Float, degrees: Float)
    case gable(width: Float, height: Float, length: Float)
    case cup(radius: Float, half: Float, wall: Float)
    case hexagon(radius: Float, half: Float)
    case pyramid(width: Float, height: Float, depth: Float)
    case helix(radius: Float, tube: Float, half: Float, rise: Float)

    /// The kernel's number and parameters.
    var code: (kind: Float, parameters: [Float]) {
        switch self {
        case .ellipsoid(let r): (0, [r.x, r.y, r.z])
        case .box(let h, let r): (1, [h.x, h.y, h.z, min(r, h.min())])
        case .cylinder(let r, let h, let e): (2, [r, h, min(e, min(r, h))])
        case .cone(let h, let b, let t): (3, [h, b, t])
        case .torus(let ring, let tube): (4, [ring, tube])
        case .capsule(let h, let r): (5, [h, r])
        case .arc(let ring, let tube, let a):
            (6, [ring, tube, ToyMath.sin(ToyMath.radians(a)), ToyMath.cos(ToyMath.radians(a))])
        case .gable(let w, let h, let l): (7, [w, h, l])
        case .cup(let r, let h, let w): (8, [r, h, w])
        case .hexagon(let r, let h): (9, [r, h])
        case .pyramid(let w, let h, let d): (10, [w, h, d])
        case .helix(let r, let t, let h, let rise): (11, [r, t, h, rise])
        }
    }

    /// A bounding sphere in local coordinates.
    var bound: (centre: Vector, radius: Float) {
        switch self {
        case .ellipsoid(let r): (.zero, r.max())
        case .box(let h, _): (.zero, h.length)
        case .cylinder(let r, let h, _): (.zero, Vector(r, h, 0).length)
        case .cone(let h, let b, let t): (.zero, Vector(max(b, t), h, 0).length)
        case .torus(let ring, let tube), .arc(let ring, let tube, _): (.zero, ring + tube)
        case .capsule(let h, let r): (.zero, h + r)
        case .gable(let w, let h, let l):
            (Vector(0, h / 2, 0), Vector(w, h / 2, l).length)
        case .cup(let r, let h, _): (.zero, Vector(r, h, 0).length)
        case .hexagon(let r, let h): (.zero, Vector(r * 1.1548, h, 0).length)
        case .pyramid(let w, let h, let d): (Vector(0, h / 2, 0), Vector(w, h / 2, d).length)
        case .helix(let r, let t, let h, _): (.zero, Vector(r + t, h + t, 0).length)
        }
    }
}

package enum ToyOperation: Float, Sendable { case union, subtract, intersect }

package struct ToyMirror: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let x = ToyMirror(rawValue: 1)
    package static let z = ToyMirror(rawValue: 2)
    package static let both: ToyMirror = [.x, .z]
}

package struct ToyPart: Sendable {
    package var shape: ToyShape
    package var position: Vector
    package var rotation: Rotation
    package var paint: ToyPaint
    package var blend: Float
    package var operation: ToyOperation
    package var mirror: ToyMirror

    package init(
        shape: ToyShape, position: Vector, rotation: Rotation, paint: ToyPaint, blend: Float,
        operation: ToyOperation, mirror: ToyMirror
    ) {
        self.shape = shape
        self.position = position
        self.rotation = rotation
        self.paint = paint
        self.blend = blend
        self.operation = operation
        self.mirror = mirror
    }

    /// Appends the part's floats in the layout of `ck_toybox.h`.
    func pack(into floats: inout [Float]) {
        let (kind, parameters) = shape.code
        floats += [kind, operation.rawValue, Float(mirror.rawValue), paint.pattern.rawValue, blend]
        floats += parameters + [Float](repeating: 0, count: 6 - parameters.count)
        let toLocal = rotation.transposed.rows
        for v in [toLocal.0, toLocal.1, toLocal.2, position, paint.colour, paint.second] {
            floats += [v.x, v.y, v.z]
        }
        let bound = shape.bound
        let centre = position + rotation.applied(to: bound.centre)
        floats += [paint.frequency, paint.gloss, paint.seed, centre.x, centre.y, centre.z, bound.radius]
    }
}
