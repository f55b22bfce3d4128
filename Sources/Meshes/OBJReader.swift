// Reading of Wavefront OBJ with materials.

import Files
import Images

/// Reads one OBJ file: triangles and polygons, vertex colours, materials with textures.
struct OBJReader {
    private let path: String
    private let folder: String
    private var scanner: TextScanner
    private var positions: [SIMD3<Float>] = []
    private var colors: [SIMD3<Float>] = []
    private var coordinates: [SIMD2<Float>] = []
    private var faces: [SIMD3<UInt32>] = []
    private var corners: [SIMD2<Float>] = []
    private var faceMaterials: [Int] = []
    private var materials: [MeshMaterial] = []
    private var currentMaterial = -1
    private var notes: [String] = []

    init(path: String, bytes: UnsafeRawBufferPointer) {
        self.path = path
        folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        scanner = TextScanner(bytes)
    }

    mutating func read() throws -> TexturedMesh {
        while scanner.nextLine() {
            guard let keyword = scanner.word() else { continue }
            switch keyword.text {
            case "v": try readVertex()
            case "vt":
                let numbers = try numbers(atLeast: 1)
                // OBJ's texture coordinates start at the bottom of the image.
                coordinates.append(SIMD2(numbers[0], 1 - (numbers.count > 1 ? numbers[1] : 0)))
            case "f": try readFace()
            case "usemtl": useMaterial(scanner.rest())
            case "mtllib": readMaterials(scanner.rest())
            default:
                // Names, groups, smoothing, normals (which are recomputed) and comments; a text without positions is
                // not a mesh.
                if positions.isEmpty, scanner.line > 1000 {
                    throw fault("is not a mesh: no vertex in 1000 lines")
                }
            }
        }
        guard !positions.isEmpty else {
            throw MeshError(path: path, reason: "is not a mesh: GLB, PLY or OBJ is needed")
        }
        guard !faces.isEmpty else { throw MeshError(path: path, reason: "has no face") }
        let hasMaterials = faceMaterials.contains { $0 >= 0 }
        return TexturedMesh(
            mesh: Mesh(
                positions: positions, colors: colors.count == positions.count ? colors : [], faces: faces
            )
            .withComputedNormals(),
            materials: materials, faceMaterials: hasMaterials ? faceMaterials : [],
            coordinates: hasMaterials && !coordinates.isEmpty ? corners : [], notes: notes)
    }

    // MARK: Lines

    private mutating func readVertex() throws {
        let numbers = try numbers(atLeast: 3)
        positions.append(SIMD3(numbers[0], numbers[1], numbers[2]))
        // Six or seven numbers: a colour after the position (and its weight).
        if numbers.count >= 6 { colors.append(SIMD3(numbers[3], numbers[4], numbers[5])) }
    }

    private mutating func readFace() throws {
        var polygon: [(vertex: UInt32, coordinate: SIMD2<Float>)] = []
        while let word = scanner.word() {
            let parts = word.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            let vertex = try index(parts[0], count: positions.count, what: "vertex")
            var coordinate = SIMD2<Float>.zero
            if parts.count > 1, !parts[1].isEmpty {
                coordinate =
                    coordinates[try index(parts[1], count: coordinates.count, what: "texture coordinate")]
            }
            polygon.append((UInt32(vertex), coordinate))
        }
        guard polygon.count >= 3 else { throw fault("has a face of \(polygon.count) corners") }
        for last in 2..<polygon.count {
            let triangle = [polygon[0], polygon[last - 1], polygon[last]]
            faces.append(SIMD3(triangle[0].vertex, triangle[1].vertex, triangle[2].vertex))
            corners += triangle.map(\.coordinate)
            faceMaterials.append(currentMaterial)
        }
    }

    /// Converts an index of the file, from 1 or negative from the end, to one from 0.
    private func index(_ word: Slice<UnsafeRawBufferPointer>, count: Int, what: String) throws -> Int {
        guard let number = Int(word.text) else {
            throw fault("has \(word.text.quotedForMessage) where a \(what) is named")
        }
        let index = number > 0 ? number - 1 : count &+ number
        guard number != 0, (0..<count).contains(index) else {
            throw fault("names \(what) \(number) of \(count)")
        }
        return index
    }

    private mutating func numbers(atLeast least: Int) throws -> [Float] {
        var numbers: [Float] = []
        while numbers.count < 8, let word = scanner.word() {
            if word.first == UInt8(ascii: "#") { break }
            guard let number = word.finiteNumber else {
                throw fault("has \(word.text.quotedForMessage) where a finite number is needed")
            }
            numbers.append(number)
        }
        guard numbers.count >= least else {
            throw fault("has \(numbers.count) numbers where \(least) are needed")
        }
        return numbers
    }

    private func fault(_ reason: String) -> MeshError {
        MeshError(path: path, reason: "\(reason) (line \(scanner.line))")
    }

    // MARK: Materials

    private mutating func useMaterial(_ name: String) {
        if let index = materials.firstIndex(where: { $0.name == name }) {
            currentMaterial = index
            return
        }
        note("material \(name.quotedForMessage) is not described; it is drawn grey")
        materials.append(MeshMaterial(name: name, color: SIMD3(repeating: 0.7)))
        currentMaterial = materials.count - 1
    }

    private mutating func note(_ text: String) {
        // A malicious file must not fill memory with notes.
        if notes.count < 20 { notes.append(text.singleLine) }
    }

    /// The path of a file referenced in another, if it is in the same folder or below.
    private func neighbour(_ name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !parts.contains(".."), !name.hasPrefix("/"), !name.contains("\0"),
            !name.contains("\\")
        else { return nil }
        return folder + name
    }

    private mutating func readMaterials(_ name: String) {
        guard let file = neighbour(name) else {
            note("material file \(name.quotedForMessage) lies outside the mesh's folder and is not opened")
            return
        }
        let map: MappedFile
        do {
            map = try MappedFile(path: file)
        } catch {
            note("\(error); plain colours are used")
            return
        }
        var lines = TextScanner(map.bytes)
        while lines.nextLine() {
            guard let keyword = lines.word()?.text else { continue }
            switch keyword {
            case "newmtl": materials.append(MeshMaterial(name: lines.rest(), color: SIMD3(repeating: 0.7)))
            case "Kd" where !materials.isEmpty:
                let parts = (0..<3).compactMap { _ in lines.word()?.finiteNumber }
                if parts.count == 3 {
                    materials[materials.count - 1].color = SIMD3(parts[0], parts[1], parts[2])
                }
            case "map_Kd" where !materials.isEmpty: readTexture(lines.rest())
            default: continue
            }
        }
        // A texture replaces the colour, as intended by exporters that write both.
        for index in materials.indices where materials[index].texture != nil {
            materials[index].color = SIMD3(repeating: 1)
        }
    }

    private mutating func readTexture(_ name: String) {
        guard let file = neighbour(name) else {
            note("picture \(name.quotedForMessage) lies outside the mesh's folder and is not opened")
            return
        }
        do {
            let picture = try Image.load(file)
            materials[materials.count - 1].texture = picture.composited(over: [1, 1, 1]).rgb
        } catch {
            note("\(error); a plain colour is used")
        }
    }
}
