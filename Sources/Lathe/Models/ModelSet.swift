// Where the models of a run lie: one folder with a sub-folder per part, and overrides per part.

public import Arrays
import Checkpoints
import Foundation

/// The folders of the models that a run uses.
public struct ModelSet: Sendable, Hashable, Codable {
    /// One job that a model does.
    ///
    /// The raw value is the name of its folder inside a set.
    public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
        /// SAM: finds the object under a click.
        case segmenter
        /// BLIP: describes the object.
        case captioner
        /// A text-conditioned diffusion pipeline.
        case diffusion
        /// LaMa: continues the surroundings of a hole into it.
        case inpainter
        /// The prior that says what the object looks like from elsewhere.
        case viewPrior = "prior"

        /// Whether one file as its authors published it can stand for the folder.
        var mayBeFile: Bool { [.segmenter, .inpainter, .diffusion].contains(self) }

        /// The name of the option that replaces this part.
        public var option: OptionName {
            switch self {
            case .segmenter: .segmenter
            case .captioner: .captioner
            case .diffusion: .diffusion
            case .inpainter: .inpainter
            case .viewPrior: .viewPrior
            }
        }
    }

    /// The folder that holds one folder per part, if there is one.
    public var root: String?
    /// Folders or files of parts that do not come from `root`.
    public var overrides: [Part: String]
    /// What products with weights multiply.
    public var precision: Precision
    /// Where a set was looked for, for the error that tells of a missing model; not part of records.
    public var searched: [String] = []

    private enum CodingKeys: String, CodingKey { case root, overrides, precision }

    /// A set; nothing is looked up yet.
    /// - Parameters:
    ///   - root: A folder with one folder per part; nil where all parts are overridden.
    ///   - overrides: Folders or files by part.
    ///   - precision: What products with weights multiply.
    public init(root: String?, overrides: [Part: String] = [:], precision: Precision = .float32) {
        self.root = root
        self.overrides = overrides
        self.precision = precision
    }

    /// Records of runs from before there was a choice name no precision: it was float32.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        root = try values.decodeIfPresent(String.self, forKey: .root)
        overrides = try values.decode([Part: String].self, forKey: .overrides)
        precision = try values.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32
    }

    /// The first of the candidates that is a folder.
    public static func firstFolder(of candidates: [String]) -> String? {
        candidates.first(where: isFolder)
    }

    /// Whether a folder, or a file where the part may be one, is named for the part and exists.
    public func has(_ part: Part) -> Bool {
        path(of: part).map { isFolder($0) || (part.mayBeFile && isFile($0)) } ?? false
    }

    /// Where the part is looked for; nil when neither a set nor an override is given.
    public func path(of part: Part) -> String? {
        overrides[part] ?? root.map { "\($0)/\(part.rawValue)" }
    }

    /// The folder of a part.
    /// - Throws: `LatheError` (`modelUnusable`) naming the folder looked for and the options that choose it.
    public func folder(of part: Part) throws -> String {
        guard let path = path(of: part) else {
            let places = searched.isEmpty ? "" : " in \(searched.joined(separator: ", "))"
            throw LatheError.modelUnusable(
                "no \(part.rawValue) model: no model set found\(places); give its folder with \(.models) or \(part.option)"
            )
        }
        guard isFolder(path) else {
            throw LatheError.modelUnusable(
                "no \(part.rawValue) model: \(path) is not a folder; choose one with \(.models) or \(part.option)"
            )
        }
        return path
    }

    /// The folder of a part, or the one file of it where its model is published so.
    /// - Throws: `LatheError` (`modelUnusable`) naming what was looked for and the options that choose it.
    public func location(of part: Part) throws -> String {
        if part.mayBeFile, let path = path(of: part), isFile(path) { return path }
        return try folder(of: part)
    }

    /// The weight files of a part, sorted, as paths relative to `weightFolder`.
    public func weightFiles(of part: Part) throws -> [String] {
        let location = try location(of: part)
        guard isFolder(location) else { return [(location as NSString).lastPathComponent] }
        return ModelSet.weightFiles(in: location)
    }

    /// The folder that `weightFiles` are in: the part's, or that of its one file.
    public func weightFolder(of part: Part) throws -> String {
        let location = try location(of: part)
        guard !isFolder(location) else { return location }
        let folder = parentFolder(location)
        return folder.isEmpty ? "." : folder
    }

    /// Bytes of a part's weight files; 0 where they cannot be found.
    func weightFileBytes(of part: Part) -> Int {
        guard let folder = try? weightFolder(of: part), let files = try? weightFiles(of: part) else {
            return 0
        }
        return files.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    /// A folder with more entries, or a file deeper down, belongs to no model: a whole disk, say.
    private static let entryLimit = 20_000, depthLimit = 6

    /// Weight files below a folder, sorted, as paths relative to it.
    ///
    /// Where a folder has safetensors, files of PyTorch in it are copies of them and left out.
    static func weightFiles(in folder: String) -> [String] {
        let walker = FileManager.default.enumerator(atPath: folder)
        var names: [String] = []
        var visited = 0
        while visited < entryLimit, let name = walker?.nextObject() as? String {
            visited += 1
            if WeightFile.hasEnding(name) { names.append(name) }
            // The folders of a model lie in it or one below; a pipeline's adapters two.
            if walker?.level ?? 0 > depthLimit { walker?.skipDescendants() }
        }
        names.sort()
        let preferred = Set(names.filter { $0.hasSuffix(".safetensors") }.map(parentFolder))
        return names.filter { $0.hasSuffix(".safetensors") || !preferred.contains(parentFolder($0)) }
    }
}
