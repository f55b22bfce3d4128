// Images with known cameras, for fitting and evaluation.
public import Arrays
import Foundation
import Images

/// Equally sized images with alpha and their cameras.
public struct PosedPictures: Sendable {
    public let cameras: [Camera]
    /// `[pictures, height, width, 4]`, premultiplied sRGB in 0...1.
    public let pixels: NDArray

    public var width: Int { pixels.shape[2] }
    public var height: Int { pixels.shape[1] }
    public var count: Int { cameras.count }

    public init(cameras: [Camera], pixels: NDArray) {
        precondition(
            pixels.rank == 4 && pixels.shape[0] == cameras.count && pixels.shape[3] == 4,
            "PosedPictures: \(cameras.count) cameras for pixels \(pixels.shape)")
        self.cameras = cameras
        self.pixels = pixels
    }

    /// The images of `transforms_<part>.json` (or `transforms.json` if there is no such file and `part` is "train")
    /// in a NeRF-synthetic or instant-ngp folder.
    /// - Throws: `FieldError` or `ImageError` naming the file.
    public init(folder: String, part: String, limit: Int? = nil) throws {
        var path = folder + "/transforms_\(part).json"
        if part == "train", !FileManager.default.fileExists(atPath: path) {
            path = folder + "/transforms.json"
        }
        let file = try TransformsFile(path: path)
        var cameras: [Camera] = []
        var pictures: [NDArray] = []
        for frame in file.frames.prefix(limit ?? .max) {
            let picture = try Self.load(frame.filePath, in: folder)
            if let first = pictures.first, first.shape != picture.shape {
                throw FieldError(
                    "\(path): '\(frame.filePath)' is \(picture.shape[1])x\(picture.shape[0]) pixels, the first "
                        + "\(first.shape[1])x\(first.shape[0]); give pictures of one size")
            }
            cameras.append(
                try file.camera(frame, width: picture.shape[1], height: picture.shape[0], path: path))
            pictures.append(picture)
        }
        let shape = pictures[0].shape
        let pixels = NDArray(shape: [pictures.count] + shape) { out in
            for (i, picture) in pictures.enumerated() {
                picture.withUnsafeBuffer { source in
                    for k in 0..<source.count { out[i * source.count + k] = source[k] }
                }
            }
        }
        self.init(cameras: cameras, pixels: pixels)
    }

    private static func load(_ name: String, in folder: String) throws -> NDArray {
        let stem = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
        let candidates = [stem, stem + ".png", stem + ".jpg"].map { folder + "/" + $0 }
        var isFolder: ObjCBool = false
        let path = candidates.first {
            FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
        guard let path else {
            throw FieldError("\(folder)/\(stem): the picture is missing (tried .png and .jpg)")
        }
        return try ImageFile(path: path).sRGB.rgba.premultiplied()
    }
}

extension RadianceField {
    /// Renders every view over white: mean over the images of the PSNR in dB.
    public func peakSignalToNoise(
        on pictures: PosedPictures, _ settings: RenderSettings = RenderSettings(samplesAcross: 256)
    ) -> Double {
        let size = pictures.width * pictures.height
        let values = (0..<pictures.count).map { i -> Double in
            let rays = pictures.cameras[i].rays(width: pictures.width, height: pictures.height)
            let outputs = render(rays, settings).outputs
            return outputs.withUnsafeBuffer { o in
                pictures.pixels.withUnsafeBuffer { p in
                    var error = 0.0
                    for k in 0..<size {
                        let target = (i * size + k) * 4, row = k * RayOutput.count
                        for c in 0..<3 {
                            let seen = min(1, max(0, o[row + c] + 1 - o[row + RayOutput.opacity]))
                            let d = Double(seen - (p[target + c] + 1 - p[target + 3]))
                            error += d * d
                        }
                    }
                    return PictureScores.decibel(error / Double(3 * size), least: 1e-12)
                }
            }
        }
        return values.reduce(0, +) / Double(max(1, values.count))
    }
}
