// A folder of meshes as a source of objects: which there are, of what kinds, and each one read once.

import Files
import Foundation
import Meshes
import Synchronization
package import Toybox

/// The meshes of one half of a folder, grouped by kind.
///
/// A `split.json` in the folder, `{"train": {path: words}, "heldout": {path: words}}`, says which file belongs to which half
/// and what it shows; without one, every mesh belongs to both halves and is called by its file name.
package final class MeshLibrary: Sendable {
    /// One file.
    package struct Entry: Sendable {
        package let path: String
        /// What it shows, in lower case.
        package let words: String
    }

    /// All files, sorted by path.
    package let entries: [Entry]
    /// Indices into `entries`, one list per kind of thing.
    package let kinds: [[Int]]
    private let folder: String
    private let loaded: Mutex<[Int: SurfaceMesh]> = .init([:])

    /// - Throws: `DatasetError` when the folder or its `split.json` cannot be read or holds no mesh.
    package init(folder: String, split: ToySplit) throws {
        self.folder = folder
        let list = folder + "/split.json"
        var found: [Entry] = []
        if FileManager.default.fileExists(atPath: list) {
            struct Split: Decodable {
                let train: [String: String]
                let heldout: [String: String]
            }
            let data = try Self.readFile(list)
            do {
                let lists = try JSONDecoder().decode(Split.self, from: data)
                found = (split == .train ? lists.train : lists.heldout).map {
                    Entry(path: $0.key, words: $0.value)
                }
            } catch {
                throw DatasetError(
                    "\(list.quotedForMessage): is not {\"train\": {path: words}, \"heldout\": {path: words}}: "
                        + JSONReason(error, in: data).text)
            }
        } else {
            guard let walk = FileManager.default.enumerator(atPath: folder) else {
                throw DatasetError(
                    "\(folder.quotedForMessage): cannot be read; name a folder of .glb, .obj or .ply files")
            }
            for case let path as String in walk
            where ["glb", "obj", "ply"].contains((path as NSString).pathExtension) {
                let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
                found.append(
                    Entry(path: path, words: name.lowercased().replacingOccurrences(of: "_", with: " ")))
            }
        }
        guard !found.isEmpty else {
            throw DatasetError("\(folder.quotedForMessage): holds no mesh (.glb, .obj, .ply) of this split")
        }
        let entries = found.sorted { $0.path < $1.path }
        self.entries = entries
        var groups: [String: [Int]] = [:]
        for (index, entry) in entries.enumerated() {
            groups[Self.kind(of: entry.words), default: []].append(index)
        }
        kinds = groups.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The word that groups things of one kind: the first that is not a family name of a collection.
    static func kind(of words: String) -> String {
        let parts = words.split(whereSeparator: { $0 == " " || $0 == "_" || $0 == "-" }).map(String.init)
        let family: Set = [
            "building", "food", "common", "details", "props", "resource", "large", "small", "farm",
            "bathroom",
            "kitchen", "market", "town", "space", "enemy", "the", "a",
        ]
        return parts.first { !family.contains($0) && $0.count > 1 } ?? parts.first ?? words
    }

    /// An entry drawn evenly over kinds.
    package func draw(_ random: inout ToyRandom) -> Int { random.pick(random.pick(kinds)) }

    /// The surface of an entry, read on first use.
    /// - Throws: `MeshError` when the file cannot be read.
    package func surface(_ index: Int) throws -> SurfaceMesh {
        if let kept = loaded.withLock({ $0[index] }) { return kept }
        let surface = SurfaceMesh(try TexturedMesh.read(from: folder + "/" + entries[index].path))
        loaded.withLock { $0[index] = surface }
        return surface
    }

    private static func readFile(_ path: String) throws -> Data {
        do {
            let file = try MappedFile(path: path)
            return Data(file.bytes)
        } catch {
            throw DatasetError("\(error)")
        }
    }
}

/// Why a dataset cannot be made, in one line.
package struct DatasetError: Error, CustomStringConvertible, Sendable {
    package let description: String
    package init(_ description: String) { self.description = description }
}
