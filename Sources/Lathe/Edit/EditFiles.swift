// Writes the results of an edit as a transaction.

import Files
import Foundation
import Images

/// Writes files under temporary names and renames them together.
///
/// Temporary files are removed when this is released without a commit.
final class EditFiles {
    private var files: [AtomicFile] = []
    /// Final paths.
    private(set) var paths: [String] = []

    /// Writes a picture; the format follows the extension.
    func add(
        _ picture: Image, at path: String, bits: Int = 8, colorProfile: [UInt8] = [],
        metadata: PictureMetadata = .none
    ) throws {
        let bytes = try LatheError.asking(.badInput) {
            switch (path as NSString).pathExtension.lowercased() {
            // Composited over white here, so that grey pictures stay grey.
            case "jpg", "jpeg":
                try picture.composited(over: [1]).jpeg(
                    quality: 95, colorProfile: colorProfile, metadata: metadata, path: path)
            default:
                try picture.png(bits: bits, colorProfile: colorProfile, metadata: metadata, path: path)
            }
        }
        try add(bytes, at: path)
    }

    /// Writes a record as JSON.
    func add(_ record: some Encodable, at path: String) throws {
        try add([UInt8](try LatheJSON.encode(record)), at: path)
    }

    /// Renames every file, in the order in which they were added.
    func commit() throws {
        try LatheError.asking(.badInput) {
            for file in files { try file.commit() }
        }
        files = []
    }

    private func add(_ bytes: [UInt8], at path: String) throws {
        try LatheError.asking(.badInput) {
            let file = try AtomicFile(path: path)
            try file.write(bytes)
            // Detects a full disk before the first file is renamed.
            try file.flush()
            files.append(file)
            paths.append(path)
        }
    }
}
