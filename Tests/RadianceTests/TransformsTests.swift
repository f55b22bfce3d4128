// Lists of cameras as other tools write them, and what lies behind opaque pictures.
import Arrays
import Foundation
import Images
import Radiance
import TestSupport
import Testing

@Suite struct TransformsTests {
    private static let matrix = "[[1,0,0,0],[0,0,-1,-3],[0,1,0,0],[0,0,0,1]]"

    private func file(_ json: String) throws -> TransformsFile {
        try withTemporaryFolder { folder in
            let path = folder + "/transforms.json"
            try json.write(toFile: path, atomically: true, encoding: .utf8)
            return try TransformsFile(path: path)
        }
    }

    private func one(_ frame: String, root: String = "") throws -> TransformsFile {
        try file(
            "{\(root.isEmpty ? "" : root + ",")\"frames\":[{\"file_path\":\"a\",\"transform_matrix\":\(Self.matrix)"
                + "\(frame.isEmpty ? "" : "," + frame)}]}")
    }

    private func camera(_ frame: String, root: String = "", width: Int = 80, height: Int = 60) throws
        -> Camera
    {
        let file = try one(frame, root: root)
        return try file.camera(file.frames[0], width: width, height: height, path: "transforms.json")
    }

    private func refusal(_ body: () throws -> Void) throws -> String {
        let error = #expect(throws: FieldError.self) { try body() }
        let text = try #require(error).description
        #expect(!text.contains("\n"))
        return text
    }

    /// Where OpenCV's models show a direction (right, down, forward).
    private func pixel(
        _ d: SIMD3<Double>, focal: SIMD2<Double>, centre: SIMD2<Double>, k: [Double], p: [Double],
        fisheye: Bool
    ) -> SIMD2<Double> {
        let (x, y) = (d.x / d.z, d.y / d.z)
        let r2 = x * x + y * y
        if fisheye {
            let r = r2.squareRoot(), angle = atan(r), s = angle * angle
            let bent = angle * (1 + s * (k[0] + s * (k[1] + s * (k[2] + s * k[3]))))
            return centre + focal * SIMD2(x, y) * (bent / r)
        }
        let radial = 1 + r2 * (k[0] + r2 * (k[1] + r2 * (k[2] + r2 * k[3])))
        let u = x * radial + 2 * p[0] * x * y + p[1] * (r2 + 2 * x * x)
        let v = y * radial + p[0] * (r2 + 2 * y * y) + 2 * p[1] * x * y
        return centre + focal * SIMD2(u, v)
    }

    @Test(arguments: [
        (0.0, [0.0, 0, 0, 0], [0.0, 0], false), (8, [0, 0, 0, 0], [0, 0], false),
        (-9, [-0.12, 0.03, 0.004, -0.001], [0.003, -0.002], false),
        (5, [0.02, -0.01, 0.003, 0.001], [0, 0], true),
    ])
    func raysGoWhereTheLensShowsThem(extra: Double, k: [Double], p: [Double], fisheye: Bool) throws {
        let focal = SIMD2(70 + extra, 70.0), centre = SIMD2(38.5, 31.0)
        let values =
            "\"fl_x\":\(focal.x),\"fl_y\":\(focal.y),\"cx\":\(centre.x),\"cy\":\(centre.y),\"w\":80,\"h\":60,\"k1\":\(k[0]),"
            + "\"k2\":\(k[1]),\"k3\":\(k[2]),\"k4\":\(k[3]),\"p1\":\(p[0]),\"p2\":\(p[1]),"
            + "\"camera_model\":\"\(fisheye ? "OPENCV_FISHEYE" : "OPENCV")\""
        // Of the frame, of the file, and of a frame that replaces the file's.
        let all = [
            try camera(values), try camera("", root: values),
            try camera(values, root: "\"fl_x\":11,\"camera_angle_x\":0.2,\"k1\":0.5,\"w\":3,\"h\":2"),
        ]
        for camera in all {
            for direction in [SIMD3(0.3, 0.2, 1), SIMD3(-0.4, 0.1, 1), SIMD3(0.05, -0.35, 1)] {
                let at = pixel(direction, focal: focal, centre: centre, k: k, p: p, fisheye: fisheye)
                let ray = camera.ray(x: Float(at.x), y: Float(at.y), width: 80, height: 60).direction
                let length = (direction * direction).sum().squareRoot()
                // The matrix looks along the file's +y, which is -z here, with x right and z up, which is y here.
                let expected = SIMD3(direction.x, -direction.y, -direction.z) / length
                for axis in 0..<3 { #expect(abs(Double(ray[axis]) - expected[axis]) < 1e-5) }
            }
        }
        // Pictures of half the size have the same cameras.
        let half = try camera(values, width: 40, height: 30)
        let (small, large) = (
            half.ray(x: 10, y: 8, width: 40, height: 30), all[0].ray(x: 20, y: 16, width: 80, height: 60)
        )
        for axis in 0..<3 { #expect(abs(small.direction[axis] - large.direction[axis]) < 1e-5) }
    }

    @Test func bothAnglesOfViewCount() throws {
        let camera = try camera("\"camera_angle_x\":1.2,\"camera_angle_y\":1.2")
        let edge = camera.ray(x: 80, y: 30, width: 80, height: 60).direction
        #expect(abs(edge.x / -edge.z - tan(0.6)) < 1e-5)
        let top = camera.ray(x: 40, y: 0, width: 80, height: 60).direction
        #expect(abs(top.y / -top.z - tan(0.6)) < 1e-5)
    }

    @Test(arguments: [
        ("\"camera_angle_x\":1,\"camera_model\":\"EQUIRECTANGULAR\"", "EQUIRECTANGULAR"),
        ("\"camera_angle_x\":1,\"is_fisheye\":true,\"p1\":0.1", "'p1'"),
        ("\"camera_angle_x\":1,\"ftheta_p0\":0.1", "ftheta_p0"),
        ("\"camera_angle_x\":1,\"rolling_shutter\":[0,0,0.1]", "rolling_shutter"),
        ("\"fl_x\":50,\"k1\":-9", "k1"), ("\"fl_x\":50,\"w\":80,\"h\":80", "another shape"),
        ("\"fl_x\":0", "'fl_x'"), ("\"camera_angle_x\":4", "'camera_angle_x'"), ("", "camera_angle_x"),
        ("\"fl_x\":\"50\"", "frames.0.fl_x"), ("\"fl_x\":50,\"mask_path\":3", "frames.0.mask_path"),
    ])
    func whatIsNotUsedIsRefusedByName(frame: String, named: String) throws {
        #expect(try refusal { _ = try camera(frame) }.contains(named))
    }

    @Test func faultsNameTheirPlace() throws {
        let good = "{\"file_path\":\"a\",\"transform_matrix\":\(Self.matrix)}"
        func text(_ second: String) throws -> String {
            try refusal { _ = try file("{\"frames\":[\(good),\(second)]}") }
        }
        #expect(try text("{\"file_path\":\"b\"}").contains("frames.1.transform_matrix"))
        #expect(try text("{\"transform_matrix\":\(Self.matrix)}").contains("frames.1.file_path"))
        #expect(try text("{\"file_path\":\"b\",\"transform_matrix\":[[1]]}").contains("matrix of 'b'"))
        #expect(try text("{\"file_path\":\"b\",,}").contains("byte"))
        #expect(try refusal { _ = try one("", root: "\"offset\":[1]") }.contains("'offset'"))
        #expect(try refusal { _ = try one("", root: "\"scale\":0") }.contains("'scale'"))
    }

    @Test func positionsAreThoseOfInstantNGPsCube() throws {
        // Scale 0.33 and an offset of a half are its defaults: the position stays.
        let view = "\"camera_angle_x\":1"
        for (root, expected) in [
            ("\"scale\":0.33", SIMD3<Float>(0, 0, 3)), ("\"offset\":[0.5,0.5,0.5]", SIMD3(0, 0, 3)),
            ("\"scale\":0.66", SIMD3(0, 0, 6)),
            ("\"scale\":0.33,\"offset\":[0.83,0.5,0.17]", SIMD3(1, -1, 3)),
        ] {
            let position = try camera(view, root: root).position
            for axis in 0..<3 { #expect(abs(position[axis] - expected[axis]) < 1e-4, "\(root): \(position)") }
        }
    }

    @Test func picturesAreFoundByTheNamesThatToolsWrite() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder + "/images", withIntermediateDirectories: true)
            let picture = Image(width: 8, height: 6, color: [1, 0, 0, 0.5])
            try picture.savePNG(folder + "/images/a.PNG")
            try picture.savePNG(folder + "/images/b.JPG")
            var inside = [Bool](repeating: true, count: 48)
            inside[5] = false
            try Mask(width: 8, height: 6, inside: inside).savePNG(folder + "/m.png")
            for name in [
                "images/a", "./images/a.png", "images\\\\a.PNG", ".\\\\images\\\\b.jpg", "images/b.JPG",
            ] {
                let frame =
                    "{\"file_path\":\"\(name)\",\"transform_matrix\":\(Self.matrix),\"mask_path\":\"m\"}"
                try "{\"fl_x\":9,\"aabb_scale\":16,\"frames\":[\(frame)]}".write(
                    toFile: folder + "/transforms.json", atomically: true, encoding: .utf8)
                let pictures = try PosedPictures(folder: folder, part: "train")
                #expect(pictures.counts == inside && pictures.background == nil)
                #expect(pictures.notes.contains { $0.contains("aabb_scale of 16") })
                #expect(pictures.list == folder + "/transforms.json")
            }
        }
    }

    /// Pictures of a known field over a colour, opaque.
    private func opaque(_ pictures: PosedPictures, over colour: SIMD3<Float>) -> PosedPictures {
        var pixels = pictures.pixels
        pixels.withUnsafeMutableBuffer { values in
            for start in stride(from: 0, to: values.count, by: 4) {
                let clear = 1 - values[start + 3]
                for channel in 0..<3 { values[start + channel] += clear * colour[channel] }
                values[start + 3] = 1
            }
        }
        return PosedPictures(cameras: pictures.cameras, pixels: pixels)
    }

    @Test(arguments: [SIMD3<Float>(1, 1, 1), SIMD3(0, 0, 0), SIMD3(0.2, 0.5, 0.7)])
    func opaquePicturesOnAPlainGroundGiveTheObjectAndNoFog(colour: SIMD3<Float>) throws {
        var pictures = opaque(try FittingTests.pictures(12, size: 24), over: colour)
        pictures.findBackground()
        let found = try #require(pictures.background)
        for channel in 0..<3 { #expect(abs(found[channel] - colour[channel]) < 0.02) }
        #expect(pictures.notes.count == 1)
        var fitting = try FieldFitting(FittingTests.configuration(steps: 250), pictures: pictures)
        let before = fitting.field.peakSignalToNoise(on: pictures)
        while fitting.next() != nil {}
        let after = fitting.result.peakSignalToNoise(on: pictures)
        #expect(after > 25 && after > before + 8, "\(before) dB before, \(after) dB after")
        // A corner shows no object and must be clear.
        let corner = RayBatch(pictures.cameras, width: 24, height: 24)
        let opacity = fitting.result.render(corner, RenderSettings(samplesAcross: 64)).opacity.scalars
        #expect((0..<12).allSatisfy { opacity[$0 * 576] < 0.1 })
    }

    @Test func picturesWithAlphaHaveNoBackground() throws {
        var pictures = try FittingTests.pictures(2, size: 8)
        pictures.findBackground()
        #expect(pictures.background == nil && pictures.notes.isEmpty)
        var stripes = opaque(pictures, over: .zero).pixels
        stripes.withUnsafeMutableBuffer { values in
            for index in 0..<values.count / 4 where index % 2 == 0 { values[4 * index] = 1 }
        }
        var busy = PosedPictures(cameras: pictures.cameras, pixels: stripes)
        busy.findBackground()
        #expect(busy.background == nil && busy.notes.count == 1)
    }
}
