// Where an edit writes: one picture, or a folder with everything on the way to it.

import Foundation
import Images

/// The places of an edit's files.
struct EditFolder {
    /// The picture to write.
    let picture: String
    /// The folder for everything else; nil if only the picture was asked for.
    let folder: String?

    /// - Parameter inputs: files that the edit reads, which no result may replace.
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
            throw LatheError.badInput("-o would replace \(input), which is edited; give another name")
        }
    }

    /// The picture of version `index`; the first is ``picture``.
    func version(_ index: Int) -> String { index == 0 ? picture : beside("-\(index)") }

    /// All versions side by side.
    var sheet: String { beside("-sheet") }

    func mask(_ index: Int, of count: Int) -> String? {
        folder.map { count == 1 ? "\($0)/mask.png" : "\($0)/mask_\(index).png" }
    }

    var overlay: String? { folder.map { "\($0)/overlay.png" } }
    var record: String? { folder.map { "\($0)/run.json" } }
    private var progress: String? { folder.map { "\($0)/progress" } }

    /// A look at the unfinished picture.
    func preview(_ number: Int) -> String? {
        progress.map {
            "\($0)/\(String(repeating: "0", count: max(0, 6 - String(number).count)))\(number).png"
        }
    }

    /// Does the work of an edit and puts its results in their places; an edit that fails leaves nothing, and what an earlier
    /// one left stays as it was.
    /// - Parameter work: previews are written at once, results added to what it is given.
    func filled<R>(_ work: (EditFiles) throws -> R) throws -> R {
        let missing = firstMissing
        do {
            if let progress {
                // What an earlier edit left would be taken for this one's.
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

    /// An earlier edit may be replaced; what else lies there is not mixed with one.
    private func checkIsFree(_ folder: String) throws {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard !entries.isEmpty else { return }
        let edits = EditTask.allCases.map(\.rawValue) + ["generate"]
        guard let path = record, isFile(path), let data = try? Disk.read(path),
            let earlier = try? JSONDecoder().decode(Command.self, from: data), edits.contains(earlier.command)
        else {
            throw LatheError.badInput("\(folder) holds files that are no edit; choose another folder with -o")
        }
    }

    /// The first folder above and with the output that does not exist yet.
    private var firstMissing: String? {
        guard var path = folder, !isFolder(path) else { return nil }
        while true {
            let parent = parentFolder(path)
            guard !parent.isEmpty, parent != path, !isFolder(parent) else { return path }
            path = parent
        }
    }

    /// Removes the previews, and the folders that were made for them.
    ///
    /// Does what it can: the error that led here is the one to tell.
    private func discard(from first: String?) {
        guard let folder, let progress else { return }
        try? FileManager.default.removeItem(atPath: progress)
        guard let first else { return }
        var path = folder
        // Only empty folders go.
        while rmdir(path) == 0, path != first { path = parentFolder(path) }
    }

    /// Removes the results of an earlier edit, of which there may be more than of this one.
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
