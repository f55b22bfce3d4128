// Output paths of an edit: one picture, or a folder with masks, record and previews.

import Foundation
import Images

/// Output paths of an edit.
struct EditFolder {
    /// Path of the picture.
    let picture: String
    /// The folder for further files; nil if only a picture is written.
    let folder: String?

    /// Resolves and checks the paths.
    /// - Parameters:
    ///   - output: a picture's name or a folder.
    ///   - versions: number of pictures.
    ///   - inputs: files that the edit reads, which must not be replaced.
    /// - Throws: `LatheError` (`badInput`) naming what is in the way.
    init(output: String, versions: Int, keeping inputs: [String] = []) throws {
        if EditPicture.isPictureName(output) {
            let parent = parentFolder(output)
            guard parent.isEmpty || isFolder(parent) else {
                throw LatheError.badInput("there is no folder \(parent) to write \(output) in; make it first")
            }
            (picture, folder) = (output, nil)
            for path in [output] + (1..<max(2, versions)).map(version) + [sheet] where isFolder(path) {
                throw LatheError.badInput(
                    "\(path) is a folder; give the name of a picture, or of another folder")
            }
        } else {
            if let ending = EditPicture.foreignEnding(output) {
                throw LatheError.badInput(
                    "pictures are not written as .\(ending); end \(output) in .png or .jpg, or give a folder")
            }
            guard !isFile(output) else {
                throw LatheError.badInput(
                    "\(output) is a file, and its name is no picture's; end it in .png or .jpg")
            }
            var name = output
            while name.hasSuffix("/"), name.count > 1 { name.removeLast() }
            (picture, folder) = ("\(name)/result.png", name)
            try checkIsFree(name)
        }
        let results = (0..<versions).map { EditFolder.resolved(version($0)) }
        if let input = inputs.first(where: { results.contains(EditFolder.resolved($0)) }) {
            throw LatheError.badInput("\(.output) would replace \(input), which is edited; give another name")
        }
    }

    /// Path of version `index`; the first is ``picture``.
    func version(_ index: Int) -> String { index == 0 ? picture : beside("-\(index)") }

    /// Path of the contact sheet of all versions.
    var sheet: String { beside("-sheet") }

    func mask(_ index: Int, of count: Int) -> String? {
        folder.map { count == 1 ? "\($0)/mask.png" : "\($0)/mask_\(index).png" }
    }

    var overlay: String? { folder.map { "\($0)/overlay.png" } }
    var record: String? { folder.map { "\($0)/run.json" } }
    private var progress: String? { folder.map { "\($0)/progress" } }

    /// Path of a preview; nil without a folder.
    func preview(_ number: Int) -> String? {
        progress.map {
            "\($0)/\(String(repeating: "0", count: max(0, 6 - String(number).count)))\(number).png"
        }
    }

    /// Runs an edit and commits its results; on failure its files are removed and earlier results stay.
    /// - Parameter work: adds results to the files that it is given; previews are written at once.
    /// - Throws: what `work` throws, or `LatheError` (`badInput`) if files cannot be written.
    /// - Returns: the value of `work`.
    func filled<R>(_ work: (EditFiles) throws -> R) throws -> R {
        let missing = firstMissing
        do {
            if let progress {
                // Previews of an earlier edit must not be mixed with this one's.
                if isFolder(progress) { try? FileManager.default.removeItem(atPath: progress) }
                try Disk.createFolder(progress)
            }
            let files = EditFiles()
            let result = try work(files)
            try files.commit()
            clearEarlier(but: files.paths)
            return result
        } catch {
            discard(from: missing)
            throw error
        }
    }

    // MARK: Helpers

    private struct Command: Decodable {
        var command: String
    }

    /// Checks that a folder is empty or holds an earlier edit, which may be replaced.
    private func checkIsFree(_ folder: String) throws {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard !entries.isEmpty else { return }
        let edits = EditTask.allCases.map(\.rawValue) + ["generate"]
        guard let path = record, isFile(path), let data = try? Disk.read(path),
            let earlier = try? JSONDecoder().decode(Command.self, from: data), edits.contains(earlier.command)
        else {
            throw LatheError.badInput(
                "\(folder) holds files that are no edit; choose another folder with \(.output)")
        }
    }

    /// The topmost missing folder of the output path.
    private var firstMissing: String? {
        guard var path = folder, !isFolder(path) else { return nil }
        while true {
            let parent = parentFolder(path)
            guard !parent.isEmpty, parent != path, !isFolder(parent) else { return path }
            path = parent
        }
    }

    /// Removes the previews and the folders made for them.
    ///
    /// Errors are ignored in favour of the one that led here.
    private func discard(from first: String?) {
        guard let folder, let progress else { return }
        try? FileManager.default.removeItem(atPath: progress)
        guard let first else { return }
        var path = folder
        // Only empty folders are removed.
        while rmdir(path) == 0, path != first { path = parentFolder(path) }
    }

    /// Removes further results of an earlier edit, which may have had more versions.
    private func clearEarlier(but paths: [String]) {
        guard let folder else { return }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasSuffix(".png") {
            let isResult = ["result.", "result-", "mask.", "mask_", "overlay."].contains(
                where: name.hasPrefix)
            let path = "\(folder)/\(name)"
            if isResult, !paths.contains(path) { try? FileManager.default.removeItem(atPath: path) }
        }
    }

    private func beside(_ suffix: String) -> String {
        let name = picture as NSString
        return "\(name.deletingPathExtension)\(suffix).\(name.pathExtension)"
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}
