// What may be done with a folder that a run is to be written in: the one place that decides it.

import Foundation

/// What a folder holds, as far as runs go.
package enum RunFolderState: CaseIterable {
    /// Nothing: it is missing or empty.
    case free
    /// Files that are no run, or a file stands in its place.
    case foreign
    /// A record that cannot be read.
    case damaged
    /// A record without a field to go on from.
    case begun
    /// A run that was stopped or killed.
    case interrupted
    /// A finished run of which results are missing.
    case partlyDeleted
    /// A finished run with its results.
    case finished
    /// A run that a process is writing.
    case locked
}

/// How a request compares with the run in the folder.
package enum RunMatch: CaseIterable {
    case same, otherOptions, otherPicture
}

/// What is asked of the folder: a lift, or to go on with the one in it.
package enum RunWish: CaseIterable {
    case lift, resume
}

/// What is done.
package enum RunAction: Equatable {
    /// A run begins; what an earlier one left is cleared.
    case begin
    /// The run goes on where it stopped, or makes again what is missing.
    case goOn
    /// Nothing is to be done.
    case show
    case refuse
}

package enum RunFolder {
    /// What happens: every wish in every state.
    package static func action(_ wish: RunWish, _ state: RunFolderState, _ match: RunMatch) -> RunAction {
        switch (wish, state, match) {
        case (_, .foreign, _), (_, .damaged, _), (_, .locked, _): .refuse
        case (.lift, .free, _): .begin
        case (.resume, .free, _), (.resume, .begun, _): .refuse
        case (_, _, .otherPicture): .refuse
        case (.lift, .begun, _), (.lift, .finished, _): .begin
        case (_, .interrupted, .same), (_, .partlyDeleted, .same): .goOn
        case (.lift, .partlyDeleted, .otherOptions): .begin
        case (.resume, .finished, .same): .show
        case (_, .interrupted, .otherOptions), (.resume, _, .otherOptions): .refuse
        }
    }

    /// What a folder holds, and the record of its run.
    package static func state(of folder: String) -> (state: RunFolderState, record: RunRecord?) {
        let manager = FileManager.default
        guard manager.fileExists(atPath: folder) else { return (.free, nil) }
        guard isFolder(folder) else { return (.foreign, nil) }
        if RunLock.isHeld(folder) { return (.locked, nil) }
        let directory = RunDirectory(path: folder)
        guard isFile(directory.record) else {
            let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
            return (names.allSatisfy { $0 == ".lock" } ? .free : .foreign, nil)
        }
        guard let record = try? RunRecord.load(fromRun: folder) else { return (.damaged, nil) }
        let hasField = isFile(directory.field)
        guard record.status == .complete else { return (hasField ? .interrupted : .begun, record) }
        let isWhole = [directory.film, directory.mesh, directory.report].allSatisfy(isFile)
        return (isWhole ? .finished : hasField ? .partlyDeleted : .begun, record)
    }

    /// Decides what happens with a request.
    /// - Parameters:
    ///   - digest: SHA-256 of the picture; nil to go on with whatever the folder holds.
    /// - Throws: `LatheError` (`badInput`) for a refusal, with the ways on.
    static func decide(_ wish: RunWish, _ options: LiftOptions, digest: String?) throws -> RunAction {
        let folder = options.output
        let (state, record) = state(of: folder)
        let changed = record.map { difference($0.options, options) } ?? []
        let match: RunMatch =
            digest == nil || record == nil
            ? .same : record?.input.sha256 != digest ? .otherPicture : changed.isEmpty ? .same : .otherOptions
        let action = action(wish, state, match)
        guard action == .refuse else { return action }
        throw refusal(state, match, folder, record, changed)
    }

    private static func refusal(
        _ state: RunFolderState, _ match: RunMatch, _ folder: String, _ record: RunRecord?,
        _ changed: [String]
    ) -> LatheError {
        let elsewhere: LatheMessage = "choose another folder with \(.output)"
        switch state {
        case .locked: return RunLock.refusal(folder)
        case .free: return .badInput("\(folder) is not a run directory: it holds no run.json")
        case .foreign:
            return .badInput(
                isFolder(folder)
                    ? "\(folder) holds files that are no run; \(elsewhere)"
                    : "\(folder) is a file; \(elsewhere)")
        case .damaged:
            return .badInput(
                "\(folder)/run.json is not a run record of this version; remove the folder, or \(elsewhere)")
        case .begun where match != .otherPicture:
            return .badInput("\(folder) holds no field.safetensors to go on from; run the lift again")
        case .begun, .interrupted, .partlyDeleted, .finished:
            if match == .otherPicture {
                let picture = record?.input.path ?? "another picture"
                return .badInput("\(folder) holds the run of another picture, \(picture); \(elsewhere)")
            }
            return .badInput(
                "\(folder) holds a run with other options (\(changed.joined(separator: ", ")));"
                    + " go on with it by: \(resuming: folder), or \(elsewhere)")
        }
    }

    /// The names of the options that differ, apart from paths.
    static func difference(_ a: LiftOptions, _ b: LiftOptions) -> [String] {
        func tree(_ options: LiftOptions) -> NSDictionary {
            var options = options
            (options.output, options.picture, options.models) = ("", "", a.models)
            let data = (try? LatheJSON.encode(options)) ?? Data()
            return (try? JSONSerialization.jsonObject(with: data)) as? NSDictionary ?? [:]
        }
        let (left, right) = (tree(a), tree(b))
        let keys = Set((left.allKeys + right.allKeys).compactMap { $0 as? String }).sorted()
        return keys.filter { key in
            switch (left[key] as? NSObject, right[key] as? NSObject) {
            case (nil, nil): false
            case (let one?, let other?): !one.isEqual(other)
            default: true
            }
        }
    }
}
