// Reading the materials of Wavefront OBJ (.mtl).

import Files
import Images

/// The reading of one .mtl file: plain colours and the pictures laid over them.
struct MaterialFile {
    /// A material, and how its texture coordinates are moved first: `scale` times, plus `shift`, counted from the bottom
    /// left of the picture.
    struct Entry {
        var material: MeshMaterial
        var scale = SIMD2<Float>(1, 1)
        var shift = SIMD2<Float>.zero

        var isMoved: Bool { scale != SIMD2(1, 1) || shift != .zero }
    }

    /// How many values follow each option of a texture statement, at most.
    private static let optionValues = [
        "-blendu": 1, "-blendv": 1, "-boost": 1, "-mm": 2, "-o": 3, "-s": 3, "-t": 3, "-texres": 1,
        "-clamp": 1,
        "-bm": 1, "-imfchan": 1, "-type": 1, "-cc": 1, "-colorspace": 1,
    ]

    private let path: String
    private let folders: [String]
    private(set) var materials: [Entry] = []
    private(set) var notes: [String] = []

    /// - Parameter folder: the mesh's, in which pictures may lie too.
    init(path: String, besides folder: String) {
        self.path = path
        let own = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        folders = own == folder ? [own] : [own, folder]
    }

    /// Reads the file; what is not drawn becomes a note.
    /// - Throws: `FileError` when it cannot be read.
    mutating func read() throws {
        let map = try MappedFile(path: path)
        var lines = TextScanner(map.bytes, joinsLines: true)
        while lines.nextLine() {
            // Exporters write `map_kd` as well as `map_Kd`.
            guard let keyword = lines.word()?.text.lowercased() else { continue }
            if keyword == "newmtl" {
                materials.append(
                    Entry(material: MeshMaterial(name: lines.rest(), color: SIMD3(repeating: 0.7))))
            } else if !materials.isEmpty {
                readStatement(keyword, &lines)
            }
        }
        // A picture replaces the plain colour, as exporters that write both mean it.
        for index in materials.indices where materials[index].material.texture != nil {
            materials[index].material.color = SIMD3(repeating: 1)
        }
    }

    private mutating func readStatement(_ keyword: String, _ lines: inout TextScanner) {
        let name = materials[materials.count - 1].material.name.quotedForMessage
        switch keyword {
        case "kd":
            let parts = numbers(&lines)
            if parts.count == 3 {
                materials[materials.count - 1].material.color = SIMD3(parts[0], parts[1], parts[2])
            }
        case "map_kd": readTexture(TextScanner.withoutComment(lines.rest()))
        case "map_ka": note("material \(name) has an ambient picture (map_Ka), which is not drawn")
        case "map_d": note("material \(name) has a picture of its opacity (map_d), which is left out")
        case "map_ke": note("material \(name) glows (map_Ke), which is left out")
        case "ke":
            if numbers(&lines).contains(where: { $0 > 0 }) {
                note("material \(name) glows (Ke), which is left out")
            }
        case "d", "tr":
            let least: Float = keyword == "d" ? 1 : 0
            if let value = numbers(&lines).first, value != least {
                note("material \(name) is transparent (\(keyword) \(value)), which is drawn opaque")
            }
        default: return
        }
    }

    private func numbers(_ lines: inout TextScanner) -> [Float] {
        (0..<3).compactMap { _ in lines.word()?.finiteNumber }
    }

    private mutating func note(_ text: String) {
        if notes.count < 20, !notes.contains(text) { notes.append(text) }
    }

    /// Reads `[option value …] name`; the name may hold blanks.
    private mutating func readTexture(_ statement: String) {
        var words = statement.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
        var entry = materials[materials.count - 1]
        var name = statement
        while words.count > 1, let option = words.first?.lowercased(),
            let limit = MaterialFile.optionValues[option]
        {
            words = words.dropFirst()
            var values: [Float] = []
            if ["-s", "-o", "-t", "-mm"].contains(option) {
                while values.count < limit, words.count > 1, let value = words.first.flatMap({ Float($0) }),
                    value.isFinite
                {
                    values.append(value)
                    words = words.dropFirst()
                }
            } else {
                if option == "-clamp", words.first?.lowercased() == "on" {
                    entry.material.wrap = (.clamps, .clamps)
                }
                words = words.dropFirst()
            }
            let pair = SIMD2(values.first ?? 0, values.count > 1 ? values[1] : option == "-s" ? 1 : 0)
            if option == "-s", !values.isEmpty { entry.scale = pair }
            if option == "-o" { entry.shift = pair }
            if let first = words.first { name = String(statement[first.startIndex...]) }
        }
        guard let file = NeighbourFile.find(name, in: folders) else {
            note(NeighbourFile.reason(name, "picture") + "; a plain colour is used")
            return
        }
        do {
            entry.material.texture = try Image.load(file).composited(over: [1, 1, 1]).rgb
            materials[materials.count - 1] = entry
        } catch {
            note("\(error); a plain colour is used")
        }
    }
}
