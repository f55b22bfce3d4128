// What a fit was asked for, kept beside its field so that only the same fit goes on.

import Files
import Foundation
import Radiance

/// `fit.json` in the folder of a fit.
struct FitRequest: Codable, Equatable {
    let configuration: FitConfiguration
    /// SHA-256 of the list of training pictures.
    let pictures: String

    static func path(in folder: String) -> String { "\(folder)/fit.json" }

    /// The request of the fit in a folder; nil where none is kept.
    /// - Throws: `LatheError` (`badInput`) if it cannot be read.
    static func load(from folder: String) throws -> FitRequest? {
        let path = path(in: folder)
        guard isFile(path) else { return nil }
        let data = try Disk.read(path)
        do {
            return try JSONDecoder().decode(FitRequest.self, from: data)
        } catch {
            throw LatheError.badInput(
                "\(path) is no request of this version: \(JSONReason(error, in: data).text); remove it, or choose another folder with -o"
            )
        }
    }
}
