// Locating the weights in a model folder, in one file or in shards.

import Files
import Glibc

extension WeightScope {
    /// Maximum size of a shard index; published ones have a hundred bytes per tensor.
    private static let indexLimit = 64 << 20

    /// Opens the weights at `path`: a file of safetensors or PyTorch (`.pth`, `.pt`, `.ckpt`, `.bin`), or a folder
    /// with one of the usual layouts, safetensors preferred (`model.safetensors`,
    /// `diffusion_pytorch_model.safetensors`, `pytorch_model.bin`, `diffusion_pytorch_model.bin`, each as one file or
    /// as an `.index.json` with shards, each as a variant such as `fp16` if there is no other).
    /// - Throws: `CheckpointError` if nothing usable is found, or an index and its shards disagree.
    public static func open(_ path: String) throws -> WeightScope {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CheckpointError(path: path, reason: "there is no such file or folder")
        }
        if status.st_mode & S_IFMT != S_IFDIR { return WeightScope(try WeightFile.open(path)) }
        for place in places {
            let file = "\(path)/\(place.file)"
            if exists(file) { return WeightScope(try WeightFile.open(file)) }
            for index in place.indices where exists("\(path)/\(index)") {
                return try open(index: "\(path)/\(index)", folder: path)
            }
        }
        throw CheckpointError(
            path: path,
            reason:
                "the folder holds no weights; model.safetensors, diffusion_pytorch_model.safetensors or their "
                + "like as .bin are needed")
    }

    /// The same for a model's folder.
    public static func open(folder path: String) throws -> WeightScope { try open(path) }

    /// A weight file of a folder by its name, with the names that the index of its shards may have instead.
    private struct Place {
        let file: String
        let indices: [String]

        init(_ stem: String, _ variant: String, _ ending: String) {
            let variant = variant.isEmpty ? "" : ".\(variant)"
            file = "\(stem)\(variant)\(ending)"
            // transformers puts the variant before the ending, diffusers before `.json`.
            indices =
                ["\(file).index.json"] + (variant.isEmpty ? [] : ["\(stem)\(ending).index\(variant).json"])
        }
    }

    /// Variants of a model that its publisher lays beside it or in its place.
    private static let variants = ["", "fp16", "bf16", "fp32", "ema", "non_ema"]

    /// Weight files of a folder, in order of preference.
    private static let places = [
        (["model", "diffusion_pytorch_model"], ".safetensors"),
        (["pytorch_model", "diffusion_pytorch_model"], ".bin"),
    ].flatMap { stems, ending in
        variants.flatMap { variant in stems.map { Place($0, variant, ending) } }
    }

    // MARK: Helpers

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Reads `{"weight_map": {"tensor": "shard file", …}, …}` and checks it against the shards in both directions.
    private static func open(index path: String, folder: String) throws -> WeightScope {
        let named = try weightMap(at: path)
        let prefix = WrapperPrefix.common(to: named.keys)
        let shardNames = Dictionary(
            uniqueKeysWithValues: named.map { (String($0.dropFirst(prefix.count)), $1) })
        var files: [String: any TensorFile] = [:]
        for shard in Set(shardNames.values).sorted() {
            guard !shard.contains("/"), shard != "..", WeightFile.hasEnding(shard) else {
                throw CheckpointError(
                    path: path, reason: "shard \(shard.shown) is not the name of a file in this folder")
            }
            guard exists("\(folder)/\(shard)") else {
                throw CheckpointError(
                    path: path, reason: "shard \(shard.shown) is not in the folder; fetch it again")
            }
            let file = "\(folder)/\(shard)"
            // All names of one shard may begin with a part of the model that is called as a wrapper is.
            files[shard] = try prefix.isEmpty ? WeightFile.openAsNamed(file) : WeightFile.open(file)
        }
        var shards: [String: any TensorFile] = [:]
        for (name, shard) in shardNames {
            guard let file = files[shard], file.info(name) != nil else {
                throw CheckpointError(
                    path: path, reason: "tensor \(name.shown) is not in its shard \(shard.shown)")
            }
            shards[name] = file
        }
        for (shard, file) in files.sorted(by: { $0.key < $1.key }) {
            for name in file.names where shardNames[name] != shard {
                throw CheckpointError(
                    path: path,
                    reason: "tensor \(name.shown) of shard \(shard.shown) is not listed for it in the index")
            }
        }
        return WeightScope(path: "", store: WeightStore(shards: shards, origin: folder))
    }

    private static func weightMap(at path: String) throws -> [String: String] {
        let map: MappedFile
        do {
            map = try MappedFile(path: path)
        } catch {
            throw CheckpointError(error)
        }
        guard map.bytes.count <= indexLimit else {
            throw CheckpointError(
                path: path, reason: "the index has \(map.bytes.count) bytes; at most \(indexLimit) are read")
        }
        var names: [String: String]?
        var cursor = JSONCursor(map.bytes)
        do {
            try cursor.object { (cursor, key) throws(JSONFault) in
                guard key == "weight_map" else { return try cursor.skipValue() }
                var found: [String: String] = [:]
                try cursor.object { (cursor, name) throws(JSONFault) in found[name] = try cursor.string() }
                names = found
            }
            try cursor.expectEnd()
        } catch {
            throw CheckpointError(path: path, reason: error.description(in: map.bytes))
        }
        guard let names, !names.isEmpty else {
            throw CheckpointError(path: path, reason: "the index has no 'weight_map'")
        }
        return names
    }
}
