// Reading of Wavefront OBJ with materials.

import Files
import Images

/// Reads one OBJ file: triangles and polygons, vertex colours, materials with textures.
struct OBJReader {
    private let path: String
    private let folder: String
    private var scanner: TextScanner
    private var positions: [SIMD3<Float>] = []
    /// Colours of vertices, grey where there is none.
    private var colors: [SIMD3<Float>] = []
    private var colouredVertices = 0
    private var coordinates: [SIMD2<Float>] = []
    private var faces: [SIMD3<UInt32>] = []
    private var corners: [SIMD2<Float>] = []
    private var faceMaterials: [Int] = []
    private var usedNames: [String] = []
    private var described: [MaterialFile.Entry] = []
    private var currentMaterial = -1
    private var notes: [String] = []

    init(path: String, bytes: UnsafeRawBufferPointer) {
        self.path = path
        folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        scanner = TextScanner(bytes, joinsLines: true)
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
        resolveMaterials()
        moveCoordinates()
        return TexturedMesh(
            mesh: Mesh(positions: positions, colors: vertexColors(), faces: faces).withComputedNormals(),
            materials: described.map(\.material), faceMaterials: hasMaterials ? faceMaterials : [],
            coordinates: hasMaterials && !coordinates.isEmpty ? corners : [], notes: notes)
    }

    /// The colours behind the positions; empty when no vertex has one.
    private mutating func vertexColors() -> [SIMD3<Float>] {
        guard colouredVertices > 0 else { return [] }
        if colouredVertices < positions.count {
            note(
                "\(positions.count - colouredVertices) of \(positions.count) vertices have no colour; they are grey"
            )
        }
        // Colours are fractions; a file with larger numbers counts to 255.
        let largest = colors.reduce(0) { max($0, $1.max()) }
        return largest > 1.5 ? colors.map { $0 / 255 } : colors
    }

    /// Applies the shift and scale of each material's picture.
    private mutating func moveCoordinates() {
        for face in faces.indices where faceMaterials[face] >= 0 {
            let entry = described[faceMaterials[face]]
            guard entry.isMoved else { continue }
            for corner in 3 * face..<3 * face + 3 {
                // The file counts from the bottom of the picture.
                let moved = SIMD2(corners[corner].x, 1 - corners[corner].y) * entry.scale + entry.shift
                corners[corner] = SIMD2(moved.x, 1 - moved.y)
            }
        }
    }

    // MARK: Lines

    private mutating func readVertex() throws {
        let numbers = try numbers(atLeast: 3)
        positions.append(SIMD3(numbers[0], numbers[1], numbers[2]))
        // Six or seven numbers: a colour after the position (and its weight).
        let isColoured = numbers.count >= 6
        colouredVertices += isColoured ? 1 : 0
        colors.append(isColoured ? SIMD3(numbers[3], numbers[4], numbers[5]) : SIMD3(repeating: 0.7))
    }

    private mutating func readFace() throws {
        var polygon: [(vertex: UInt32, coordinate: SIMD2<Float>)] = []
        while let word = scanner.word() {
            if word.first == UInt8(ascii: "#") { break }
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
        for places in PolygonCut.triangles(polygon.map { positions[Int($0.vertex)] }) {
            let triangle = [polygon[places.x], polygon[places.y], polygon[places.z]]
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
        // A comment may follow the name, unless the name itself holds the mark.
        let names = [name, TextScanner.withoutComment(name)]
        guard let known = names.compactMap({ usedNames.firstIndex(of: $0) }).first else {
            usedNames.append(name)
            currentMaterial = usedNames.count - 1
            return
        }
        currentMaterial = known
    }

    private mutating func readMaterials(_ names: String) {
        // One name with blanks, or several names.
        let whole = TextScanner.withoutComment(names)
        let single = NeighbourFile.find(whole, in: [folder])
        let words = whole.split(separator: " ").map(String.init)
        for name in single == nil && words.count > 1 ? words : [whole] {
            guard let file = NeighbourFile.find(name, in: [folder]) else {
                note(NeighbourFile.reason(name, "material file") + "; plain colours are used")
                continue
            }
            do {
                var reader = MaterialFile(path: file, besides: folder)
                try reader.read()
                described += reader.materials
                for text in reader.notes { note(text) }
            } catch {
                note("\(error); plain colours are used")
            }
        }
    }

    /// Finds the description of each material that faces use, which may stand behind its use, and numbers the faces by it.
    private mutating func resolveMaterials() {
        let places = usedNames.map { name -> Int in
            let names = [name, TextScanner.withoutComment(name)]
            let known = names.compactMap { name in
                described.firstIndex { $0.material.name == name }
            }
            if let place = known.first { return place }
            note("material \(name.quotedForMessage) is not described; it is drawn grey")
            let grey = MeshMaterial(name: name, color: SIMD3(repeating: 0.7))
            described.append(MaterialFile.Entry(material: grey))
            return described.count - 1
        }
        for face in faceMaterials.indices where faceMaterials[face] >= 0 {
            faceMaterials[face] = places[faceMaterials[face]]
        }
    }

    private mutating func note(_ text: String) {
        // A hostile file must not fill memory with remarks.
        if notes.count < 20, !notes.contains(text.singleLine) { notes.append(text.singleLine) }
    }
}
