// Resolves an input path: a picture file, or a scene folder with `scene.yaml`.

import Foundation
import Yams

/// An input picture, and the selection of its scene.
package struct InputPicture: Sendable {
    /// Path of the picture file.
    package let picture: String
    /// A name for results: the file's without its ending, or the scene folder's.
    package let name: String
    /// The selection in `scene.yaml`; empty for a picture file.
    package let selection: Selection
    /// The scene folder; nil for a picture file.
    package let sceneFolder: String?

    /// Resolves a path.
    /// - Parameter path: a picture file or a folder with `scene.yaml`.
    /// - Throws: `LatheError` (`badInput`) if it is neither.
    /// - Returns: the picture with its selection.
    package static func find(_ path: String) throws -> InputPicture {
        guard isFolder(path) else {
            guard path != "-" else {
                throw LatheError.badInput(
                    "the standard input is not read; write the picture to a file and give its name")
            }
            guard FileManager.default.fileExists(atPath: path) else {
                throw LatheError.badInput(
                    "\(path) does not exist; give a PNG, a JPEG or a folder with scene.yaml")
            }
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            return InputPicture(
                picture: path, name: name.isEmpty ? "picture" : name, selection: Selection(), sceneFolder: nil
            )
        }
        let file = "\(path)/scene.yaml"
        guard isFile(file) else {
            throw LatheError.badInput(
                "\(path) is a folder without scene.yaml; give a picture file or a scene")
        }
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        return try scene(try Disk.readText(file), file: file, folder: path, name: name)
    }

    private static func scene(
        _ text: String, file: String, folder: String, name: String
    ) throws -> InputPicture {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw LatheError.badInput("\(file) is not YAML: \(error)")
        }
        guard let root = root?.mapping, let image = root["image"]?.string, !image.isEmpty else {
            throw LatheError.badInput("\(file) must name its picture: 'image: photo.png'")
        }
        var selection = Selection()
        selection.points = try entries(
            root["point"] ?? root["points"], "point", file, Selection.Point.init(parsing:))
        selection.boxes = try entries(root["box"], "box", file, Selection.Box.init(parsing:))
        selection.maskPath = nil
        return InputPicture(
            picture: (image as NSString).isAbsolutePath ? image : "\(folder)/\(image)",
            name: name, selection: selection, sceneFolder: folder)
    }

    /// One or several tuples: a list of numbers or a string such as "320,240", or a list of these.
    private static func entries<Value>(
        _ node: Node?, _ key: String, _ file: String, _ parse: (String) -> Value?
    ) throws -> [Value] {
        guard let node else { return [] }
        let texts: [String]
        if let text = node.scalar?.string {
            texts = [text]
        } else if let items = node.sequence, items.allSatisfy({ $0.scalar?.string.contains(",") == false }) {
            texts = [items.compactMap { $0.scalar?.string }.joined(separator: ",")]
        } else {
            texts = (node.sequence ?? []).map { item in
                item.scalar?.string
                    ?? (item.sequence ?? []).compactMap { $0.scalar?.string }.joined(separator: ",")
            }
        }
        return try texts.map { text in
            guard let value = parse(text) else {
                throw LatheError.badInput("\(file): '\(key)' holds '\(text)', which is no \(key)")
            }
            return value
        }
    }
}
