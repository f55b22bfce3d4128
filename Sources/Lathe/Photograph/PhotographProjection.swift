// Projects the photograph onto the surface that it shows (projective texture mapping).

import Arrays
import Foundation
import Images
import Meshes
package import Radiance

/// The photograph's colours at surface points, each with a weight.
///
/// The weight is 1 where the photograph shows the point face on, and falls to 0 where another part of the surface is in
/// front of it, where the photograph sees the surface at a grazing angle, and towards the edge of the cut-out.
package struct PhotographProjection: Sendable {
    /// The photograph at several sizes, each half of the last; premultiplied.
    private let levels: [NDArray]
    private let camera: Camera
    /// Planes of symmetry whose mirror images show parts that the photograph does not.
    private let mirrors: [MirrorPlane]
    private let surface: DistanceMap
    /// Weights of the surface's pixels by angle and opacity.
    private let weights: [Float]

    /// Side of the map of distances, pixels.
    private static let mapSize = 192
    /// Cosines of the viewing angle between which the weight rises from 0 to 1.
    private static let grazing: ClosedRange<Float> = 0.25...0.55
    /// Distances from the surface, scene units, between which the weight falls from 1 to 0.
    private static let occlusion: ClosedRange<Float> = 0.03...0.07
    /// Opacities of the cut-out between which the weight rises from 0 to 1.
    private static let edge: ClosedRange<Float> = 0.6...0.95

    /// Projects onto the surface of a field.
    package init(_ photograph: PlacedPhotograph, onto field: RadianceField) {
        self.init(
            photograph, onto: DistanceMap(of: field, from: photograph.camera, size: Self.mapSize))
    }

    /// Projects onto a surface.
    /// - Precondition: the map is as seen by the photograph's camera.
    package init(_ photograph: PlacedPhotograph, onto surface: DistanceMap) {
        precondition(surface.camera == photograph.camera, "PhotographProjection: a map of another camera")
        camera = photograph.camera
        mirrors = photograph.mirrors.filter(\.showsOtherSide)
        self.surface = surface
        var levels = [photograph.pixels]
        while let last = levels.last, last.shape[0] >= 128 {
            levels.append(
                Image(premultiplied: last)
                    .resized(width: last.shape[0] / 2, height: last.shape[0] / 2, filter: .box)
                    .premultiplied())
        }
        self.levels = levels
        weights = Self.weights(surface, photograph.pixels)
    }

    /// The photograph's colour and weight at a point of the surface.
    /// - Parameters:
    ///   - point: scene units.
    ///   - size: side in pixels of the picture for which it is; the photograph is filtered to about that size.
    /// - Returns: sRGB 0 … 1, straight; a weight from 0 to 1.
    package func sample(_ point: SIMD3<Float>, size: Int) -> (colour: SIMD3<Float>, weight: Float) {
        blended(direct(point, size: size)) { direct($0.reflected(point), size: size) }
    }

    /// What the photograph shows of a point, or of its mirror image where it does not show the point itself.
    private func blended(
        _ seen: (colour: SIMD3<Float>, weight: Float),
        _ mirrored: (MirrorPlane) -> (colour: SIMD3<Float>, weight: Float)
    ) -> (colour: SIMD3<Float>, weight: Float) {
        mirrors.reduce(seen) { seen, mirror in
            guard seen.weight < 1 else { return seen }
            let other = mirrored(mirror)
            let share = (1 - seen.weight) * other.weight
            guard share > 0 else { return seen }
            let weight = seen.weight + share
            return ((seen.weight * seen.colour + share * other.colour) / weight, weight)
        }
    }

    private func direct(_ point: SIMD3<Float>, size: Int) -> (colour: SIMD3<Float>, weight: Float) {
        let none = (SIMD3<Float>.zero, Float(0))
        let place = MeshCamera(camera, size: surface.size).projected(point)
        guard place.z > 1e-3, let corner = Bilinear(x: place.x, y: place.y, side: surface.size) else {
            return none
        }
        let offset = point - camera.position
        let distance = (offset * offset).sum().squareRoot()
        // The nearest of the four pixels by distance: at a step in depth, interpolated distances lie between two surfaces.
        var gap = Float.infinity
        for i in 0..<4 {
            let found = surface.distances[corner.index(i)]
            if found > 0 { gap = min(gap, abs(distance - found)) }
        }
        let weight = corner.value { weights[$0] } * (1 - Self.ramp(gap, Self.occlusion))
        guard weight > 0 else { return none }
        let picture = level(for: size)
        let scale = Float(picture.shape[0]) / Float(surface.size)
        guard let pixel = Bilinear(x: place.x * scale, y: place.y * scale, side: picture.shape[0]) else {
            return none
        }
        let colour = picture.withUnsafeBuffer { values in
            pixel.value { index in
                SIMD4(
                    values[4 * index], values[4 * index + 1], values[4 * index + 2], values[4 * index + 3])
            }
        }
        guard colour.w > 0.5 else { return none }
        return (SIMD3(colour.x, colour.y, colour.z) / colour.w, weight)
    }

    /// The photograph's colour and weight at a point of the surface whose normal is known; the weight falls with the
    /// angle at the point itself, too.
    package func sample(
        _ point: SIMD3<Float>, normal: SIMD3<Float>, size: Int
    ) -> (colour: SIMD3<Float>, weight: Float) {
        blended(direct(point, normal, size)) { direct($0.reflected(point), $0.reflected(normal), size) }
    }

    private func direct(
        _ point: SIMD3<Float>, _ normal: SIMD3<Float>, _ size: Int
    ) -> (colour: SIMD3<Float>, weight: Float) {
        let ray = camera.position - point
        let cosine = (normal * ray).sum() / (ray * ray).sum().squareRoot()
        let found = direct(point, size: size)
        return (found.colour, found.weight * Self.ramp(cosine, Self.grazing))
    }

    /// The smallest level that is not smaller than a picture of `size` pixels.
    private func level(for size: Int) -> NDArray {
        levels.last { $0.shape[0] >= size } ?? levels[0]
    }

    private static func weights(_ surface: DistanceMap, _ picture: NDArray) -> [Float] {
        let n = surface.size
        let opacities = Image(premultiplied: picture).resized(width: n, height: n, filter: .box)
            .premultiplied()
        let sharp = opacities.withUnsafeBuffer { values in
            (0..<n * n).map { i in
                ramp(surface.cosine(i % n, i / n), grazing) * ramp(values[4 * i + 3], edge)
            }
        }
        // The least of 3 x 3 pixels, then the mean of 5 x 5: weights end before the rim, and softly.
        let narrow = windowed(sharp, side: n, reach: 1) { $0.min() ?? 0 }
        return windowed(narrow, side: n, reach: 2) { $0.reduce(0, +) / 25 }
    }

    /// A function of the square window around each pixel; pixels outside count as 0.
    private static func windowed(
        _ values: [Float], side: Int, reach: Int, _ combined: ([Float]) -> Float
    ) -> [Float] {
        (0..<side * side).map { i in
            var window: [Float] = []
            for y in i / side - reach...i / side + reach {
                for x in i % side - reach...i % side + reach {
                    let isInside = x >= 0 && y >= 0 && x < side && y < side
                    window.append(isInside ? values[y * side + x] : 0)
                }
            }
            return combined(window)
        }
    }

    /// 0 below the range, 1 above it, smooth in between.
    private static func ramp(_ value: Float, _ range: ClosedRange<Float>) -> Float {
        let t = max(0, min(1, (value - range.lowerBound) / (range.upperBound - range.lowerBound)))
        return t * t * (3 - 2 * t)
    }
}
