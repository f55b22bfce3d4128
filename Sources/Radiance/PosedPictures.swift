// Images with known cameras, for fitting and evaluation.
public import Arrays
import Foundation
import Images

/// Equally sized images with alpha and their cameras.
public struct PosedPictures: Sendable {
    public let cameras: [Camera]
    /// `[pictures, height, width, 4]`, premultiplied sRGB in 0...1.
    public let pixels: NDArray
    /// The colour that lies behind what opaque pictures show; nil where alpha tells what they show, or nothing does.
    public var background: SIMD3<Float>?
    /// Whether a pixel counts, in the order of `pixels`; nil if all do.
    public private(set) var counts: [Bool]?
    /// The file that lists the pictures; nil for pictures in memory.
    public private(set) var list: String?
    /// Remarks for the user.
    public private(set) var notes: [String] = []

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
        let frames = file.frames.prefix(limit ?? .max)
        var cameras: [Camera] = []
        var pictures: [NDArray] = []
        var masks: [Mask?] = []
        for frame in frames {
            let picture = try Self.load(frame.filePath, in: folder)
            if let first = pictures.first, first.shape != picture.shape {
                throw FieldError(
                    "\(path): '\(frame.filePath)' is \(picture.shape[1])x\(picture.shape[0]) pixels, the first "
                        + "\(first.shape[1])x\(first.shape[0]); give pictures of one size")
            }
            cameras.append(
                try file.camera(frame, width: picture.shape[1], height: picture.shape[0], path: path))
            pictures.append(picture)
            let mask = try frame.maskPath.map { try Mask.load(Self.file($0, in: folder)) }
            if let mask, (mask.width, mask.height) != (picture.shape[1], picture.shape[0]) {
                throw FieldError(
                    "\(path): 'mask_path' of '\(frame.filePath)' is a mask of \(mask.width)x\(mask.height) pixels; "
                        + "it must be as large as its picture")
            }
            masks.append(mask)
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
        list = path
        notes = file.remarks
        if masks.contains(where: { $0 != nil }) {
            let whole = [Bool](repeating: true, count: shape[0] * shape[1])
            counts = masks.flatMap { $0?.inside ?? whole }
            notes.append("what the masks (mask_path) leave black is not fitted")
        }
        findBackground()
    }

    /// Adds a remark for the user.
    mutating func remark(_ text: String) { notes.append(text) }

    /// The file that a name stands for: as it is, or with the ending that a stem lacks or writes in another way.
    /// - Throws: `FieldError` if there is none.
    private static func file(_ name: String, in folder: String) throws -> String {
        var stem = name.replacingOccurrences(of: "\\", with: "/")
        if stem.hasPrefix("./") { stem.removeFirst(2) }
        let endings = [".png", ".jpg", ".jpeg"].flatMap { [$0, $0.uppercased()] }
        var names = [stem] + endings.map { stem + $0 }
        if let ending = endings.first(where: stem.hasSuffix) {
            names += endings.map { String(stem.dropLast(ending.count)) + $0 }
        }
        // A name may hold a back slash itself.
        let candidates = ([name] + names).map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
        var isFolder: ObjCBool = false
        let path = candidates.first {
            FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
        guard let path else {
            throw FieldError("\(folder)/\(stem): the picture is missing (tried .png, .jpg and .jpeg)")
        }
        return path
    }

    private static func load(_ name: String, in folder: String) throws -> NDArray {
        try ImageFile(path: file(name, in: folder)).sRGB.rgba.premultiplied()
    }
}

extension RadianceField {
    /// Renders every view over white, or over the background of opaque pictures: mean over the images of the PSNR in dB.
    public func peakSignalToNoise(
        on pictures: PosedPictures, _ settings: RenderSettings = RenderSettings(samplesAcross: 256)
    ) -> Double {
        let size = pictures.width * pictures.height
        let background = pictures.background ?? SIMD3(repeating: 1)
        let values = (0..<pictures.count).map { i -> Double in
            let rays = pictures.cameras[i].rays(width: pictures.width, height: pictures.height)
            let outputs = render(rays, settings).outputs
            return outputs.withUnsafeBuffer { o in
                pictures.pixels.withUnsafeBuffer { p in
                    var (error, counted) = (0.0, 0)
                    for k in 0..<size where pictures.counts?[i * size + k] ?? true {
                        let target = (i * size + k) * 4, row = k * RayOutput.count
                        let clear = 1 - o[row + RayOutput.opacity], clearTarget = 1 - p[target + 3]
                        counted += 1
                        for c in 0..<3 {
                            let seen = min(1, max(0, o[row + c] + clear * background[c]))
                            let d = Double(seen - (p[target + c] + clearTarget * background[c]))
                            error += d * d
                        }
                    }
                    return PictureScores.decibel(error / Double(3 * max(1, counted)), least: 1e-12)
                }
            }
        }
        return values.reduce(0, +) / Double(max(1, values.count))
    }
}
