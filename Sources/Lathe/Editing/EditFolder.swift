// Where an edit writes: one picture, or a folder with everything on the way to it.

import Foundation
import Images

/// The places of an edit's files.
struct EditFolder {
    /// The picture to write.
    let picture: String
    /// The folder for everything else; nil if only the picture was asked for.
    let folder: String?

    init(output: String) throws {
        if EditPicture.isPictureName(output) {
            let parent = (output as NSString).deletingLastPathComponent
            guard parent.isEmpty || isFolder(parent) else {
                throw LatheError.badInput("there is no folder \(parent) to write \(output) in; make it first")
            }
            guard !isFolder(output) else {
                throw LatheError.badInput(
                    "\(output) is a folder; give the name of a picture, or of another folder")
            }
            (picture, folder) = (output, nil)
        } else {
            guard !isFile(output) else {
                throw LatheError.badInput(
                    "\(output) is a file, and its name is no picture's; end it in .png or .jpg")
            }
            (picture, folder) = ("\(output)/result.png", output)
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

    /// A look at the unfinished picture.
    func preview(_ number: Int) -> String? {
        folder.map {
            "\($0)/progress/\(String(repeating: "0", count: max(0, 6 - String(number).count)))\(number).png"
        }
    }

    func prepare() throws {
        guard let folder else { return }
        try Disk.createFolder(folder)
        // What an earlier edit left would be taken for this one's.
        let progress = "\(folder)/progress"
        if isFolder(progress) { try? FileManager.default.removeItem(atPath: progress) }
        try Disk.createFolder(progress)
    }

    private func beside(_ suffix: String) -> String {
        let name = picture as NSString
        return "\(name.deletingPathExtension)\(suffix).\(name.pathExtension)"
    }
}
