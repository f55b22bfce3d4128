// How a camera of `transforms.json` maps directions to pixels: for the whole file, or for one frame.
import Foundation

/// The values that a file or a frame gives; a frame's replace the file's.
struct TransformsIntrinsics: Codable, Sendable {
    /// Numbers by their keys.
    enum Key: String, CodingKey, CaseIterable {
        /// Fields of view in radians.
        case angleX = "camera_angle_x"
        case angleY = "camera_angle_y"
        /// Focal lengths and principal point in pixels of an image of `width` x `height`.
        case focalX = "fl_x"
        case focalY = "fl_y"
        case centreX = "cx"
        case centreY = "cy"
        case width = "w"
        case height = "h"
        case k1, k2, k3, k4, p1, p2
    }

    private enum Word: String, CodingKey {
        case model = "camera_model"
        case isFisheye = "is_fisheye"
    }

    /// Lens models and shutters that are recognised only to say so; 0, false and null turn them off.
    private enum Unsupported: String, CodingKey, CaseIterable {
        case polynomial = "ftheta_p0"
        case panorama = "latlong"
        case rectangle = "equirectangular"
        case shutter = "rolling_shutter"
        case prismX = "sx1"
        case prismY = "sy1"
        case k5, k6
    }

    var values: [Key: Float] = [:]
    private var model: String?
    private var isFisheye: Bool?

    init() {}

    init(from decoder: any Decoder) throws {
        let numbers = try decoder.container(keyedBy: Key.self)
        for key in Key.allCases {
            guard let value = try numbers.decodeIfPresent(Float.self, forKey: key) else { continue }
            guard value.isFinite else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: numbers, debugDescription: "\(value) is not finite")
            }
            values[key] = value
        }
        let words = try decoder.container(keyedBy: Word.self)
        model = try words.decodeIfPresent(String.self, forKey: .model)
        isFisheye = try words.decodeIfPresent(Bool.self, forKey: .isFisheye)
        let others = try decoder.container(keyedBy: Unsupported.self)
        for key in Unsupported.allCases where others.contains(key) {
            let isOff =
                try others.decodeNil(forKey: key) || (try? others.decode(Bool.self, forKey: key)) == false
                || (try? others.decode(Float.self, forKey: key)) == 0
                || (try? others.decode([Float].self, forKey: key))?.allSatisfy { $0 == 0 } == true
            guard !isOff else { continue }
            throw DecodingError.dataCorruptedError(
                forKey: key, in: others,
                debugDescription: "this is not supported; undistort the pictures first")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var numbers = encoder.container(keyedBy: Key.self)
        for (key, value) in values { try numbers.encode(value, forKey: key) }
        var words = encoder.container(keyedBy: Word.self)
        try words.encodeIfPresent(model, forKey: .model)
        try words.encodeIfPresent(isFisheye, forKey: .isFisheye)
    }

    /// These values, and those of the file where a frame has none.
    func over(_ file: TransformsIntrinsics) -> TransformsIntrinsics {
        let scales: [Key] = [.angleX, .angleY, .focalX, .focalY]
        // A focal length of the file says nothing about a frame that gives an angle, and the other way round.
        let hasScale = scales.contains { values[$0] != nil }
        var result = self
        for (key, value) in file.values where values[key] == nil && !(hasScale && scales.contains(key)) {
            result.values[key] = value
        }
        result.model = model ?? file.model
        result.isFisheye = isFisheye ?? file.isFisheye
        return result
    }

    /// A camera with these values at a place.
    /// - Parameters:
    ///   - camera: Its axes and position.
    ///   - width: Of the picture, in pixels; the file's values are scaled to it.
    ///   - height: The same.
    ///   - place: The file and frame, for errors.
    /// - Throws: `FieldError` naming the place and the value.
    func applied(to camera: Camera, width: Int, height: Int, place: String) throws -> Camera {
        let (w, h) = (Float(width), Float(height))
        for key in [Key.width, .height, .focalX, .focalY] {
            if let value = values[key], value <= 0 {
                throw FieldError("\(place): '\(key.rawValue)' is \(value); it must be above zero")
            }
        }
        let scaleX = values[.width].map { w / $0 } ?? values[.height].map { h / $0 } ?? 1
        let scaleY = values[.height].map { h / $0 } ?? scaleX
        guard abs(scaleX / scaleY - 1) < 0.02 else {
            throw FieldError(
                "\(place): the picture is \(width)x\(height) pixels, which is another shape than 'w' x 'h', "
                    + "\(values[.width] ?? 0) x \(values[.height] ?? 0); give the picture that the cameras were found for"
            )
        }
        var (camera, lens) = (camera, Lens())
        let tangent: Float
        if let focalY = values[.focalY] ?? values[.focalX], let focalX = values[.focalX] ?? values[.focalY] {
            tangent = h / 2 / (focalY * scaleY)
            lens.aspect = (focalY * scaleY) / (focalX * scaleX)
        } else {
            (tangent, lens.aspect) = try tangentOfAngles(width: w, height: h, place)
        }
        if abs(lens.aspect - 1) < 1e-6 { lens.aspect = 1 }
        camera.fieldOfView = atan(tangent) * 360 / .pi
        let half = h / 2
        if let x = values[.centreX] { camera.principalPoint.x = (x * scaleX - w / 2) / half }
        if let y = values[.centreY] { camera.principalPoint.y = (half - y * scaleY) / half }
        try distort(&lens, place)
        guard !lens.isIdeal else { return camera }
        camera.lens = lens
        for x in [0, w / 2, w] {
            for y in [0, half, h] where !camera.sees(x: x, y: y, width: width, height: height) {
                throw FieldError(
                    "\(place): its distortion (k1 and so on) describes no lens at the point \(Int(x)), \(Int(y)) of the picture; "
                        + "undistort the pictures first")
            }
        }
        return camera
    }

    // MARK: Helpers

    /// Half the vertical field of view's tangent, and the ratio of the focal lengths.
    private func tangentOfAngles(width: Float, height: Float, _ place: String) throws -> (Float, Float) {
        for key in [Key.angleX, .angleY] {
            if let angle = values[key], angle <= 0 || angle >= .pi {
                throw FieldError(
                    "\(place): '\(key.rawValue)' is \(angle); it must lie between 0 and 3.14 (radians)")
            }
        }
        switch (values[.angleX], values[.angleY]) {
        case (let x?, let y?):
            let square = tan(x / 2) * height / width
            let aspect = square / tan(y / 2)
            // Both are of one rounded value in most files.
            return abs(aspect - 1) < 1e-3 ? (square, 1) : (tan(y / 2), aspect)
        case (let x?, nil): return (tan(x / 2) * height / width, 1)
        case (nil, let y?): return (tan(y / 2), 1)
        case (nil, nil):
            throw FieldError(
                "\(place): no field of view; 'camera_angle_x' or 'fl_x' is needed, in the frame or for the whole file"
            )
        }
    }

    private func distort(_ lens: inout Lens, _ place: String) throws {
        lens.isFisheye = isFisheye ?? false
        switch model?.uppercased() {
        case nil, "SIMPLE_PINHOLE", "PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "PERSPECTIVE": break
        case "SIMPLE_RADIAL_FISHEYE", "RADIAL_FISHEYE", "OPENCV_FISHEYE", "FISHEYE": lens.isFisheye = true
        case .some:
            throw FieldError(
                "\(place): 'camera_model' is '\(model ?? "")', which is not supported; PINHOLE, OPENCV and OPENCV_FISHEYE are: "
                    + "undistort the pictures first")
        }
        func value(_ key: Key) -> Float { values[key] ?? 0 }
        lens.radial = SIMD4(value(.k1), value(.k2), value(.k3), value(.k4))
        lens.tangential = SIMD2(value(.p1), value(.p2))
        guard !lens.isFisheye || lens.tangential == .zero else {
            throw FieldError(
                "\(place): 'p1' and 'p2' are not supported for a fisheye; undistort the pictures first")
        }
    }
}
