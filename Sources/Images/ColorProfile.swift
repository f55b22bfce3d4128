// ICC profiles of displays and cameras: three primaries and a curve each, and the way from them to sRGB.

import Arrays
import Foundation

/// An RGB profile of the kind matrix/TRC (ICC.1:2022, §8.3.3).
struct ColorProfile {
    /// A tone curve: device value in [0, 1] to linear light.
    private enum Curve: Equatable {
        case gamma(Double)
        /// The parameters of a `para` curve: g, a, b, c, d, e, f.
        case parametric([Double])
        case table([Double])

        func linear(_ x: Double) -> Double {
            switch self {
            case .gamma(let g): return pow(max(x, 0), g)
            case .parametric(let p):
                return x >= p[4] ? pow(max(p[1] * x + p[2], 0), p[0]) + p[5] : p[3] * x + p[6]
            case .table(let values):
                let place = min(max(x, 0), 1) * Double(values.count - 1)
                let low = Int(place)
                let high = min(low + 1, values.count - 1)
                return values[low] + (values[high] - values[low]) * (place - Double(low))
            }
        }
    }

    private let curves: [Curve]
    /// Rows of the map from linear device values to linear sRGB.
    private let rows: [[Double]]

    /// From XYZ adapted to D50 to linear sRGB.
    ///
    /// Source: the inverse of the primaries of IEC 61966-2-1, adapted by Bradford.
    private static let fromXYZ = [
        [3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]

    /// Reads a profile; nil if it is damaged or of another kind (grey, inks, tables).
    init?(icc bytes: [UInt8]) {
        let reader = ProfileReader(bytes: bytes)
        guard reader.text(16) == "RGB ", reader.text(20) == "XYZ ", let count = reader.word(128), count <= 100
        else {
            return nil
        }
        var tags: [String: Int] = [:]
        for index in 0..<count {
            guard let name = reader.text(132 + 12 * index), let offset = reader.word(136 + 12 * index) else {
                return nil
            }
            tags[name] = offset
        }
        // A profile of tables says more than its matrix.
        guard tags["A2B0"] == nil else { return nil }
        var columns: [[Double]] = []
        var curves: [Curve] = []
        for channel in ["r", "g", "b"] {
            guard let place = tags[channel + "XYZ"], reader.text(place) == "XYZ ",
                let x = reader.fixed(place + 8), let y = reader.fixed(place + 12),
                let z = reader.fixed(place + 16),
                let start = tags[channel + "TRC"], let curve = ColorProfile.curve(reader, start)
            else { return nil }
            columns.append([x, y, z])
            curves.append(curve)
        }
        self.curves = curves
        rows = ColorProfile.fromXYZ.map { row in
            (0..<3).map { channel in (0..<3).reduce(0) { $0 + row[$1] * columns[channel][$1] } }
        }
    }

    private static func curve(_ reader: ProfileReader, _ start: Int) -> Curve? {
        switch reader.text(start) {
        case "curv":
            guard let count = reader.word(start + 8), count <= 65_536 else { return nil }
            if count == 0 { return .gamma(1) }
            let values = (0..<count).compactMap { reader.half(start + 12 + 2 * $0) }
            guard values.count == count else { return nil }
            return count == 1 ? .gamma(Double(values[0]) / 256) : .table(values.map { Double($0) / 65_535 })
        case "para":
            let counts = [1, 3, 4, 5, 7]
            guard let kind = reader.half(start + 8), kind < counts.count else { return nil }
            let p = (0..<counts[kind]).compactMap { reader.fixed(start + 12 + 4 * $0) }
            guard p.count == counts[kind] else { return nil }
            switch kind {
            case 0: return .gamma(p[0])
            case 1: return p[1] == 0 ? nil : .parametric([p[0], p[1], p[2], 0, -p[2] / p[1], 0, 0])
            case 2: return p[1] == 0 ? nil : .parametric([p[0], p[1], p[2], 0, -p[2] / p[1], p[3], p[3]])
            case 3: return .parametric([p[0], p[1], p[2], p[3], p[4], 0, 0])
            default: return .parametric(p)
            }
        default: return nil
        }
    }

    /// An sRGB colour in [0, 1] for device values; what sRGB cannot show is cut off.
    private func color(_ linear: SIMD3<Double>) -> SIMD3<Float> {
        var result = SIMD3<Float>.zero
        for channel in 0..<3 {
            let row = rows[channel]
            let value = row[0] * linear.x + row[1] * linear.y + row[2] * linear.z
            result[channel] = srgbFromLinear(Float(min(max(value, 0), 1)))
        }
        return result
    }

    /// Whether the profile's colours are those of sRGB within 2.5 of 255, so that nothing is to be converted.
    var isSRGB: Bool {
        for r in stride(from: 0.0, through: 1, by: 0.25) {
            for g in stride(from: 0.0, through: 1, by: 0.25) {
                for b in stride(from: 0.0, through: 1, by: 0.25) {
                    let linear = SIMD3(curves[0].linear(r), curves[1].linear(g), curves[2].linear(b))
                    let difference = color(linear) - SIMD3(Float(r), Float(g), Float(b))
                    if max(difference.max(), -difference.min()) > 2.5 / 255 { return false }
                }
            }
        }
        return true
    }

    /// The picture in sRGB: grey and alpha as they are.
    func converted(_ image: Image) -> Image {
        guard image.channels >= 3 else { return image }
        // 16-bit steps of each curve; device values between them are told apart by no file.
        let steps = 65_535
        let tables = curves.map { curve in (0...steps).map { curve.linear(Double($0) / Double(steps)) } }
        let hasAlpha = image.hasAlpha
        return image.mapPixels(channels: image.channels) { source, target in
            func linear(_ channel: Int) -> Double {
                tables[channel][Int((min(max(source[channel], 0), 1) * Float(steps)).rounded())]
            }
            let result = color(SIMD3(linear(0), linear(1), linear(2)))
            for channel in 0..<3 { target[channel] = result[channel] }
            if hasAlpha { target[3] = source[3] }
        }
    }
}

/// Big-endian fields of a profile; nil past its end.
private struct ProfileReader {
    let bytes: [UInt8]

    func half(_ offset: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - 2 else { return nil }
        return Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
    }

    func word(_ offset: Int) -> Int? {
        guard let high = half(offset), let low = half(offset + 2) else { return nil }
        return high << 16 | low
    }

    func text(_ offset: Int) -> String? {
        guard offset >= 0, offset <= bytes.count - 4 else { return nil }
        return String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
    }

    /// An s15Fixed16 number.
    func fixed(_ offset: Int) -> Double? {
        word(offset).map { Double(Int32(truncatingIfNeeded: $0)) / 65_536 }
    }
}
