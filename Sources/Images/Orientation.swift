// Exif orientation.

/// Exif orientation: how stored pixels must be rotated or mirrored for display.
///
/// Source: Exif 2.3, tag 0x0112.
enum Orientation: UInt16 {
    case upright = 1
    case mirrored
    case upsideDown
    case flipped
    case transposed
    case turnedLeft
    case transversed
    case turnedRight

    /// Reads the orientation from a TIFF block; anything missing, damaged or unknown means upright.
    init(exif: [UInt8]) {
        self = Orientation.value(in: exif).flatMap(Orientation.init(rawValue:)) ?? .upright
    }

    /// Whether width and height are swapped.
    var swapsSides: Bool { rawValue >= 5 }

    /// Start of an upright row among the stored pixels, and the step from one of its pixels to the next.
    ///
    /// Width and height are those of the stored image.
    func traversal(row: Int, width: Int, height: Int) -> (start: Int, step: Int) {
        switch self {
        case .upright: (row * width, 1)
        case .mirrored: (row * width + width - 1, -1)
        case .upsideDown: ((height - 1 - row) * width + width - 1, -1)
        case .flipped: ((height - 1 - row) * width, 1)
        case .transposed: (row, width)
        case .turnedLeft: ((height - 1) * width + row, -width)
        case .transversed: ((height - 1) * width + width - 1 - row, -width)
        case .turnedRight: (width - 1 - row, width)
        }
    }

    private static func value(in exif: [UInt8]) -> UInt16? {
        guard exif.count >= 8 else { return nil }
        let little = exif[0] == UInt8(ascii: "I")
        func short(_ offset: Int) -> UInt16? {
            guard offset >= 0, offset + 2 <= exif.count else { return nil }
            let (first, second) = (UInt16(exif[offset]), UInt16(exif[offset + 1]))
            return little ? second << 8 | first : first << 8 | second
        }
        func long(_ offset: Int) -> Int? {
            guard let first = short(offset), let second = short(offset + 2) else { return nil }
            return little ? Int(second) << 16 | Int(first) : Int(first) << 16 | Int(second)
        }
        guard exif[0] == exif[1], little || exif[0] == UInt8(ascii: "M"), short(2) == 42,
            let directory = long(4),
            let count = short(directory)
        else { return nil }
        for index in 0..<Int(count) {
            let entry = directory + 2 + index * 12
            guard let tag = short(entry) else { return nil }
            // Type 3 is a 16-bit number, stored at the start of the value field.
            if tag == 0x0112 { return short(entry + 2) == 3 ? short(entry + 8) : nil }
        }
        return nil
    }
}
