// Reading of Stanford PLY, text or binary.

import Files
import Images

/// The reading of one PLY file: positions, colours, polygons, triangle strips and one picture laid over them; other
/// elements and properties are passed over.
struct PLYReader {
    private enum Format {
        case text
        case little
        case big
    }

    private enum Scalar: String {
        case char, uchar, short, ushort, int, uint, float, double

        init?(name: String) {
            let modern = [
                "int8": "char", "uint8": "uchar", "int16": "short", "uint16": "ushort", "int32": "int",
                "uint32": "uint", "float32": "float", "float64": "double",
            ]
            self.init(rawValue: modern[name] ?? name)
        }

        var size: Int {
            switch self {
            case .char, .uchar: 1
            case .short, .ushort: 2
            case .int, .uint, .float: 4
            case .double: 8
            }
        }

        /// What stands for a full colour channel in this type; nil where the values themselves must tell.
        var fullColour: Float? {
            switch self {
            case .char: 127
            case .uchar, .int, .uint: 255
            case .short: 32767
            case .ushort: 65535
            case .float, .double: nil
            }
        }
    }

    private struct Property {
        let name: String
        let type: Scalar
        /// The type of a list's count.
        let count: Scalar?
    }

    private struct Element {
        let name: String
        let count: Int
        var properties: [Property] = []

        /// The place of the first property with one of these names.
        func place(_ names: String...) -> Int? { properties.firstIndex { names.contains($0.name) } }
    }

    private let path: String
    private let bytes: UnsafeRawBufferPointer
    private var format = Format.text
    private var elements: [Element] = []
    private var offset = 0
    private var scanner: TextScanner
    /// The picture that a comment names (`TextureFile`, as MeshLab and VCG write it).
    private var textureName: String?
    private var notes: [String] = []

    init(path: String, bytes: UnsafeRawBufferPointer) throws {
        self.path = path
        self.bytes = bytes
        scanner = TextScanner(bytes)
        try readHeader()
    }

    func read() throws -> TexturedMesh {
        var reader = self
        return try reader.readBody()
    }

    private func fault(_ reason: String) -> MeshError { MeshError(path: path, reason: reason) }

    // MARK: Header

    private mutating func readHeader() throws {
        while scanner.nextLine() {
            guard let keyword = scanner.word()?.text else { continue }
            switch keyword {
            case "ply", "obj_info": continue
            case "comment":
                if scanner.word()?.text.lowercased() == "texturefile" {
                    textureName = textureName ?? scanner.rest()
                }
            case "format":
                switch scanner.word()?.text {
                case "ascii": format = .text
                case "binary_little_endian": format = .little
                case "binary_big_endian": format = .big
                case let other: throw fault("has the unknown PLY format \((other ?? "").quotedForMessage)")
                }
            case "element":
                guard let name = scanner.word()?.text, let count = scanner.word().flatMap({ Int($0.text) }),
                    count >= 0
                else { throw fault("has a damaged element line in its PLY header") }
                elements.append(Element(name: name, count: count))
            case "property": try readProperty()
            case "end_header":
                offset = scanner.nextLineOffset
                try checkCounts()
                return
            default: throw fault("has the unknown word \(keyword.quotedForMessage) in its PLY header")
            }
        }
        throw fault("has a PLY header without end")
    }

    private mutating func readProperty() throws {
        guard !elements.isEmpty, var word = scanner.word()?.text else {
            throw fault("has a damaged PLY header")
        }
        var count: Scalar?
        if word == "list" {
            count = scanner.word().flatMap { Scalar(name: $0.text) }
            guard count != nil, let next = scanner.word()?.text else {
                throw fault("has a damaged list in its PLY header")
            }
            word = next
        }
        guard let type = Scalar(name: word), let name = scanner.word()?.text else {
            throw fault("has the unknown type \(word.quotedForMessage) in its PLY header")
        }
        elements[elements.count - 1].properties.append(Property(name: name, type: type, count: count))
    }

    /// Rejects counts that the remaining bytes cannot contain, before memory is allocated.
    private func checkCounts() throws {
        var rest = bytes.count - offset
        for element in elements {
            let least = element.properties.reduce(0) { sum, property in
                sum + (format == .text ? 2 : property.count?.size ?? property.type.size)
            }
            // The last word of a text needs no separator after it.
            let (needed, overflow) = element.count.multipliedReportingOverflow(by: max(1, least))
            guard !overflow, needed <= rest + 1 else {
                throw fault(
                    "claims \(element.count) of \(element.name.quotedForMessage), more than its bytes can hold"
                )
            }
            rest -= needed
        }
    }

    // MARK: Body

    /// A polygon or strip as the file gives it; its vertices may be listed after it.
    private struct Outline {
        var vertices: [Double] = []
        /// Two texture coordinates per corner, or none.
        var coordinates: [Double] = []
        var isStrip = false
    }

    private mutating func readBody() throws -> TexturedMesh {
        if format == .text { scanner = TextScanner(bytes, from: offset) }
        var vertices = VertexList()
        var surface = Surface(texture: texture())
        // Faces that stand before the vertices that they name.
        var early: [Outline] = []
        for element in elements {
            switch element.name {
            case "vertex": try readVertices(element, into: &vertices)
            case "face", "tristrips":
                let corners = element.place("vertex_indices", "vertex_index")
                guard let corners else { throw fault("has faces without vertex_indices") }
                let texture = element.place("texcoord")
                for _ in 0..<element.count {
                    var outline = Outline(isStrip: element.name == "tristrips")
                    try readRow(element) { index, value in
                        if index == corners { outline.vertices.append(value) }
                        if index == texture { outline.coordinates.append(value) }
                    }
                    if vertices.positions.isEmpty {
                        early.append(outline)
                    } else {
                        surface.add(outline, try triangles(of: outline, vertices.positions), vertices)
                    }
                }
            default:
                for _ in 0..<element.count { try readRow(element) { _, _ in } }
            }
        }
        for outline in early {
            surface.add(outline, try triangles(of: outline, vertices.positions), vertices)
        }
        guard !surface.faces.isEmpty else {
            let isCloud = !vertices.positions.isEmpty
            throw fault(
                isCloud ? "has no face: it is a cloud of points, and a mesh is needed" : "has no face")
        }
        return surface.mesh(vertices, notes: notes)
    }

    /// The faces gathered so far.
    private struct Surface {
        let texture: Image?
        private(set) var faces: [SIMD3<UInt32>] = []
        private var corners: [SIMD2<Float>] = []

        init(texture: Image?) { self.texture = texture }

        mutating func add(_ outline: Outline, _ triangles: [SIMD3<Int>], _ vertices: VertexList) {
            let hasOwn = outline.coordinates.count == 2 * outline.vertices.count && !outline.isStrip
            for places in triangles {
                let face = SIMD3(
                    UInt32(outline.vertices[places.x]), UInt32(outline.vertices[places.y]),
                    UInt32(outline.vertices[places.z]))
                faces.append(face)
                guard texture != nil else { continue }
                for corner in 0..<3 {
                    let place = 2 * places[corner]
                    let own = hasOwn ? outline.coordinates[place..<place + 2] : []
                    let shared =
                        vertices.coordinates.isEmpty ? .zero : vertices.coordinates[Int(face[corner])]
                    // The file counts from the bottom of the picture.
                    corners.append(hasOwn ? SIMD2(Float(own[place]), 1 - Float(own[place + 1])) : shared)
                }
            }
        }

        func mesh(_ vertices: VertexList, notes: [String]) -> TexturedMesh {
            TexturedMesh(
                mesh: Mesh(positions: vertices.positions, colors: vertices.colors, faces: faces)
                    .withComputedNormals(),
                materials: texture.map { [MeshMaterial(name: "surface", texture: $0)] } ?? [],
                faceMaterials: texture == nil ? [] : Array(repeating: 0, count: faces.count),
                coordinates: corners, notes: notes)
        }
    }

    /// What the vertices of a file hold.
    private struct VertexList {
        var positions: [SIMD3<Float>] = []
        var colors: [SIMD3<Float>] = []
        var coordinates: [SIMD2<Float>] = []
    }

    private mutating func readVertices(_ element: Element, into list: inout VertexList) throws {
        let axes = ["x", "y", "z"].compactMap { element.place($0) }
        let channels = [("red", "r"), ("green", "g"), ("blue", "b")].compactMap { element.place($0.0, $0.1) }
        let across = element.place("s", "u", "texture_u")
        let down = element.place("t", "v", "texture_v")
        guard axes.count == 3 else { throw fault("has vertices without x, y and z") }
        var row = [Double](repeating: 0, count: element.properties.count)
        for _ in 0..<element.count {
            try readRow(element) { index, value in row[index] = value }
            let position = SIMD3(Float(row[axes[0]]), Float(row[axes[1]]), Float(row[axes[2]]))
            guard position.x.isFinite, position.y.isFinite, position.z.isFinite else {
                throw fault("has a vertex that is not finite")
            }
            list.positions.append(position)
            if channels.count == 3 {
                let color = SIMD3(Float(row[channels[0]]), Float(row[channels[1]]), Float(row[channels[2]]))
                list.colors.append(color / (element.properties[channels[0]].type.fullColour ?? 1))
            }
            // The file counts from the bottom of the picture.
            if let across, let down {
                list.coordinates.append(SIMD2(Float(row[across]), 1 - Float(row[down])))
            }
        }
        // Real numbers are fractions; a file with larger ones counts to 255.
        if channels.count == 3, element.properties[channels[0]].type.fullColour == nil,
            list.colors.contains(where: { $0.max() > 1.5 })
        {
            list.colors = list.colors.map { $0 / 255 }
        }
    }

    /// Reads one entry of an element; `take` gets each value with the place of its property.
    private mutating func readRow(_ element: Element, _ take: (Int, Double) -> Void) throws {
        for (index, property) in element.properties.enumerated() {
            guard let countType = property.count else {
                take(index, try scalar(property.type))
                continue
            }
            let count = try scalar(countType)
            // A face of so many corners is a damaged count; strips are longer.
            let limit: Double = element.name == "tristrips" ? 200_000_000 : 65_536
            guard count >= 0, count <= limit, count == count.rounded() else {
                throw fault("has a list of \(count) entries")
            }
            for _ in 0..<Int(count) { take(index, try scalar(property.type)) }
        }
    }

    /// The triangles of an outline, as places in its list of vertices.
    private func triangles(of outline: Outline, _ positions: [SIMD3<Float>]) throws -> [SIMD3<Int>] {
        func check(_ value: Double) throws {
            guard value >= 0, value < Double(positions.count), value == value.rounded() else {
                throw fault("names vertex \(value) of \(positions.count)")
            }
        }
        guard outline.isStrip else {
            guard outline.vertices.count >= 3 else {
                throw fault("has a face of \(outline.vertices.count) corners")
            }
            try outline.vertices.forEach(check)
            return PolygonCut.triangles(outline.vertices.map { positions[Int($0)] })
        }
        // Negative entries begin a new strip; every second triangle of a strip is wound the other way.
        var result: [SIMD3<Int>] = []
        var start = 0
        for (place, value) in outline.vertices.enumerated() {
            if value < 0 {
                start = place + 1
                continue
            }
            try check(value)
            guard place - start >= 2 else { continue }
            let isOdd = (place - start) % 2 == 1
            result.append(isOdd ? SIMD3(place - 1, place - 2, place) : SIMD3(place - 2, place - 1, place))
        }
        return result
    }

    /// The picture that the file names, if it lies beside it or below.
    private mutating func texture() -> Image? {
        let hasCoordinates = elements.contains { element in
            element.place("s", "u", "texture_u") != nil || element.place("texcoord") != nil
        }
        guard let name = textureName, hasCoordinates else { return nil }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        guard let file = NeighbourFile.find(name, in: [folder]) else {
            notes.append(NeighbourFile.reason(name, "picture") + "; a plain colour is used")
            return nil
        }
        do {
            return try Image.load(file).composited(over: [1, 1, 1]).rgb
        } catch {
            notes.append("\(error); a plain colour is used".singleLine)
            return nil
        }
    }

    private mutating func scalar(_ type: Scalar) throws -> Double {
        if format == .text {
            guard let word = scanner.wordAcrossLines() else { throw fault("is cut short") }
            guard word.count <= 64, let value = Double(word.text) else {
                throw fault("has \(word.text.quotedForMessage) where a number is needed")
            }
            return value
        }
        guard bytes.count - offset >= type.size else { throw fault("is cut short") }
        defer { offset += type.size }
        func whole<T: FixedWidthInteger>(_: T.Type) -> T {
            let value = bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
            return format == .big ? T(bigEndian: value) : T(littleEndian: value)
        }
        return switch type {
        case .char: Double(whole(Int8.self))
        case .uchar: Double(whole(UInt8.self))
        case .short: Double(whole(Int16.self))
        case .ushort: Double(whole(UInt16.self))
        case .int: Double(whole(Int32.self))
        case .uint: Double(whole(UInt32.self))
        case .float: Double(Float(bitPattern: whole(UInt32.self)))
        case .double: Double(bitPattern: whole(UInt64.self))
        }
    }
}
