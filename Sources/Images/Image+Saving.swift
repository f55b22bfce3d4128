// Writing of images as PNG and JPEG.

import Arrays
import Files

extension Image {
    /// Writes a PNG, atomically.
    /// - Parameters:
    ///   - bits: 8 or 16 per sample.
    ///   - colorProfile: an ICC profile to embed; empty for none, which readers interpret as sRGB.
    /// - Throws: `ImageError` if the file cannot be written; no partial file remains.
    public func savePNG(_ path: String, bits: Int = 8, colorProfile: [UInt8] = []) throws {
        try Image.write(try png(bits: bits, colorProfile: colorProfile, path: path), to: path)
    }

    /// Writes PNGs, each atomically and in order; they are encoded in parallel.
    /// - Throws: `ImageError` if a file cannot be written; those before it remain.
    public static func savePNGs(_ files: [(picture: Image, path: String)]) throws {
        var encoded = [Result<[UInt8], any Error>](repeating: .success([]), count: files.count)
        encoded.withUnsafeMutableBufferPointer { encoded in
            nonisolated(unsafe) let encoded = encoded
            parallelFor(files.count, chunk: 1) { range in
                for i in range { encoded[i] = Result { try files[i].picture.png(path: files[i].path) } }
            }
        }
        for (file, bytes) in zip(files, encoded) { try write(bytes.get(), to: file.path) }
    }

    /// The image as the bytes of a PNG file.
    /// - Parameters:
    ///   - metadata: Exif data and resolution to embed.
    ///   - path: used in error messages.
    package func png(
        bits: Int = 8, colorProfile: [UInt8] = [], metadata: PictureMetadata = .none, path: String = "picture"
    ) throws -> [UInt8] {
        precondition(bits == 8 || bits == 16, "Image.png: \(bits) bits per sample")
        func encode(_ samples: UnsafeRawBufferPointer) throws -> [UInt8] {
            guard let start = samples.baseAddress else { return [] }
            return try PNG.encode(
                width: width, height: height, channels: channels, sampleSize: bits / 8, samples: start,
                profile: colorProfile, metadata: metadata, path: path)
        }
        return bits == 8 ? try bytes.withUnsafeBytes(encode) : try words.withUnsafeBytes(encode)
    }

    /// The bytes of a PNG file of 8 bits, of rows that are made when they are needed.
    ///
    /// A picture in memory as floats takes four times the memory of its bytes.
    /// - Parameters:
    ///   - rows: gives some rows of the picture.
    ///   - path: used in error messages.
    package static func png(
        width: Int, height: Int, channels: Int, path: String = "picture", rows: (Range<Int>) -> Image
    ) throws -> [UInt8] {
        var samples: [UInt8] = []
        samples.reserveCapacity(width * height * channels)
        let band = max(1, (1 << 20) / width)
        for first in stride(from: 0, to: height, by: band) {
            samples += rows(first..<min(height, first + band)).bytes
        }
        precondition(samples.count == width * height * channels, "Image.png: \(samples.count) samples")
        return try samples.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return [] }
            return try PNG.encode(
                width: width, height: height, channels: channels, sampleSize: 1, samples: start, profile: [],
                metadata: .none,
                path: path)
        }
    }

    /// The image as the bytes of a JPEG file; alpha is composited over white.
    /// - Parameters:
    ///   - quality: 1 to 100; chroma has full resolution from 90 up.
    ///   - colorProfile: an ICC profile to embed; empty for none.
    ///   - metadata: Exif data and resolution to embed.
    ///   - path: used in error messages.
    package func jpeg(
        quality: Int = 92, colorProfile: [UInt8] = [], metadata: PictureMetadata = .none,
        path: String = "picture"
    ) throws -> [UInt8] {
        precondition((1...100).contains(quality), "Image.jpeg: a quality of \(quality)")
        let opaque = hasAlpha ? composited(over: [1, 1, 1]) : self
        return try JPEG.encode(
            width: width, height: height, channels: opaque.channels, samples: opaque.bytes, quality: quality,
            profile: colorProfile, metadata: metadata, path: path)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try writeFile(bytes, to: path)
        } catch {
            throw ImageError(error)
        }
    }
}
