// Holes and pictures for the property tests.

import Arrays
import Images

enum Holes {
    /// A box in a picture of 1×1 up to `most`, often flat or tall, often at an edge or in a corner, at times the whole.
    static func box(_ random: inout RandomStream, most: Int) -> Mask {
        func side() -> Int {
            let kind = below(10, &random)
            return kind == 0 ? 1 : kind < 4 ? 1 + below(16, &random) : 1 + below(most, &random)
        }
        let (width, height) = (side(), side())
        func span(_ limit: Int) -> Range<Int> {
            let count = 1 + below(limit, &random)
            switch below(4, &random) {
            case 0: return 0..<count
            case 1: return (limit - count)..<limit
            default:
                let start = below(limit - count + 1, &random)
                return start..<(start + count)
            }
        }
        let (columns, rows) = (span(width), span(height))
        return Mask(
            width: width, height: height,
            inside: (0..<width * height).map { columns.contains($0 % width) && rows.contains($0 / width) })
    }

    /// Blots with holes in them.
    static func blots(_ random: inout RandomStream, width: Int, height: Int) -> Mask {
        let discs = (0..<6).map { _ in
            (
                x: below(width, &random), y: below(height, &random),
                r: 1 + below(max(width, height) / 3 + 1, &random)
            )
        }
        return Mask(
            width: width, height: height,
            inside: (0..<width * height).map { pixel in
                let cover = discs.filter {
                    let dx = pixel % width - $0.x, dy = pixel / width - $0.y
                    return dx * dx + dy * dy <= $0.r * $0.r
                }
                return cover.count % 2 == 1
            })
    }

    static func below(_ limit: Int, _ random: inout RandomStream) -> Int {
        min(limit - 1, Int(random.uniform([1]).scalars[0] * Float(limit)))
    }
}

enum Pictures {
    static func noise(_ random: inout RandomStream, width: Int, height: Int, channels: Int) -> Image {
        // As a decoder of 8 bits leaves them.
        Image(
            width: width, height: height, channels: channels,
            bytes: random.uniform([width * height * channels]).scalars.map { UInt8(min(255, $0 * 256)) })
    }

    static func gradient(width: Int, height: Int) -> Image {
        Image(
            NDArray(shape: [height, width, 3]) { out in
                for i in 0..<width * height {
                    out[i * 3] = Float(i % width) / Float(width)
                    out[i * 3 + 1] = Float(i / width) / Float(height)
                    out[i * 3 + 2] = 0.5
                }
            })
    }
}
