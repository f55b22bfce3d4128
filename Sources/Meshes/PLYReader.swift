// Reading of Stanford PLY, text or binary.

import Files

/// Reads one PLY file: positions, colours and polygons; other elements and properties are skipped.
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
    }

    private let path: String
    private let bytes: UnsafeRawBufferPointer
    private var format = Format.text
    private var elements: [Element] = []
    private var offset = 0
    private var scanner: TextScanner

    init(path: String, bytes: UnsafeRawBufferPointer) throws {
        self.path = path
        self.bytes = bytes
        scanner = TextScanner(bytes)
        try readHeader()
    }

    func read() throws -> Mesh {
        var reader = self
        return try reader.readBody()
    }

    private func fault(_ reason: String) -> MeshError { MeshError(path: path, reason: reason) }

    // MARK: Header

    private mutating func readHeader() throws {
        while scanner.nextLine() {
            guard let keyword = scanner.word()?.text else { continue }
            switch keyword {
            case "ply", "comment", "obj_info": continue
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
                _ = scanner.rest()
                offset = min(bytes.count, scanner.offset + 1)
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

    private mutating func readBody() throws -> Mesh {
        if format == .text { scanner = TextScanner(bytes, from: offset) }
        var positions: [SIMD3<Float>] = []
        var colors: [SIMD3<Float>] = []
        var faces: [SIMD3<UInt32>] = []
        for element in elements {
            func place(_ names: String...) -> Int? {
                element.properties.firstIndex { names.contains($0.name) }
            }
            let axes = [place("x"), place("y"), place("z")].compactMap { $0 }
            let channels = [place("red", "r"), place("green", "g"), place("blue", "b")].compactMap { $0 }
            let corners = place("vertex_indices", "vertex_index")
            let isVertex = element.name == "vertex"
            if isVertex, axes.count < 3 { throw fault("has vertices without x, y and z") }
            var row = [Double](repeating: 0, count: element.properties.count)
            for _ in 0..<element.count {
                var polygon: [Double] = []
                for (index, property) in element.properties.enumerated() {
                    guard let countType = property.count else {
                        row[index] = try scalar(property.type)
                        continue
                    }
                    let count = try scalar(countType)
                    // A face with more corners than this means a damaged count.
                    guard count >= 0, count <= 65_536 else { throw fault("has a list of \(count) entries") }
                    for _ in 0..<Int(count) {
                        let value = try scalar(property.type)
                        if index == corners { polygon.append(value) }
                    }
                }
                if isVertex {
                    let position = SIMD3(Float(row[axes[0]]), Float(row[axes[1]]), Float(row[axes[2]]))
                    guard position.x.isFinite, position.y.isFinite, position.z.isFinite else {
                        throw fault("has a vertex that is not finite")
                    }
                    positions.append(position)
                    if channels.count == 3 {
                        let isWhole = ![.float, .double].contains(element.properties[channels[0]].type)
                        let color = SIMD3(
                            Float(row[channels[0]]), Float(row[channels[1]]), Float(row[channels[2]]))
                        colors.append(isWhole ? color / 255 : color)
                    }
                } else if element.name == "face" {
                    try append(polygon, to: &faces, vertices: positions.count)
                }
            }
        }
        guard !faces.isEmpty else { throw fault("has no face") }
        return Mesh(positions: positions, colors: colors, faces: faces).withComputedNormals()
    }

    private func append(_ polygon: [Double], to faces: inout [SIMD3<UInt32>], vertices: Int) throws {
        guard polygon.count >= 3 else { throw fault("has a face of \(polygon.count) corners") }
        let indices = try polygon.map { value -> UInt32 in
            guard value >= 0, value < Double(vertices), value == value.rounded() else {
                throw fault("names vertex \(value) of \(vertices)")
            }
            return UInt32(value)
        }
        for last in 2..<indices.count { faces.append(SIMD3(indices[0], indices[last - 1], indices[last])) }
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
