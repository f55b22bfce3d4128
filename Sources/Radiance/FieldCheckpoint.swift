// A field with the state needed to continue its training exactly, as one safetensors file.
package import Arrays
import Checkpoints
import Foundation

/// A field, its optimiser, and the step that the run has reached.
public struct FieldCheckpoint: Sendable {
    public var field: RadianceField
    /// Absent in files written for display only.
    public var optimizer: FieldOptimizer?
    /// Steps taken; together with `seed` this is the whole random state, because random numbers are keyed by both.
    public var step: Int
    public var seed: UInt64
    /// Additional metadata of the run (for example JSON of its configuration), stored unchanged.
    public var notes: [String: String]
    /// Additional arrays of the run, by name.
    package var arrays: [String: NDArray] = [:]

    public init(
        field: RadianceField, optimizer: FieldOptimizer? = nil, step: Int = 0, seed: UInt64 = 0,
        notes: [String: String] = [:]
    ) {
        self.field = field
        self.optimizer = optimizer
        self.step = step
        self.seed = seed
        self.notes = notes
    }

    private static let format = "lathe-field-1"
    private static let notePrefix = "note."
    private static let arrayPrefix = "run."

    /// Writes the file atomically.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var metadata = [
            "format": Self.format, "step": "\(step)", "seed": "\(seed)",
            "configuration": String(decoding: try encoder.encode(field.configuration), as: UTF8.self),
        ]
        for (key, value) in notes { metadata[Self.notePrefix + key] = value }
        var tensors: [SafetensorsWriter.Tensor] = [
            .init("grid", field.grid), .init("network", field.network),
            .init("levels", NDArray(field.levelWeights, shape: [field.levelWeights.count])),
            .init("occupancy.densities", field.occupancy.densities),
            .init("occupancy.bits", bytes: field.occupancy.bits, shape: [field.occupancy.bits.count]),
        ]
        if let optimizer {
            metadata["optimizer"] = String(
                decoding: try encoder.encode(optimizer.configuration), as: UTF8.self)
            metadata["optimizer.step"] = "\(optimizer.step)"
            tensors += [
                .init("first.grid", optimizer.first.grid), .init("first.network", optimizer.first.network),
                .init("second.grid", optimizer.second.grid),
                .init("second.network", optimizer.second.network),
            ]
            if let average = optimizer.average {
                tensors += [.init("average.grid", average.grid), .init("average.network", average.network)]
            }
        }
        for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
            tensors.append(.init(Self.arrayPrefix + name, array))
        }
        try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
    }

    /// Reads a file written by `write`.
    /// - Throws: `FieldError` for a file of another kind or with parts missing; `CheckpointError` for a damaged one.
    public init(path: String) throws {
        let file = try SafetensorsFile(path: path)
        guard file.metadata["format"] == Self.format, let text = file.metadata["configuration"] else {
            throw FieldError(
                "\(path): this is not a field that lathe wrote; give the field.safetensors of a run")
        }
        let configuration: FieldConfiguration = try Self.decode(text, "configuration", path)
        try configuration.validate()
        let gridCount = configuration.grid.parameterCount, networkCount = configuration.networkParameterCount
        func read(_ name: String, _ count: Int) throws -> NDArray {
            let array = try file.array(name)
            guard array.count == count else {
                throw FieldError(
                    "\(path): \(name) has \(array.count) numbers; its configuration needs \(count)")
            }
            return array.reshaped([count])
        }
        field = try RadianceField(
            configuration, grid: try read("grid", gridCount), network: try read("network", networkCount))
        field.levelWeights = try read("levels", configuration.grid.levels).scalars
        let r = configuration.occupancyResolution
        let densities = try read("occupancy.densities", r * r * r).reshaped([r, r, r])
        let bits = try file.withBytes(of: "occupancy.bits", as: .u8) { [UInt8]($0) }
        guard bits.count == (r * r * r + 7) / 8 else {
            throw FieldError("\(path): occupancy.bits has \(bits.count) bytes for \(r) cells per axis")
        }
        field.occupancy = OccupancyGrid(resolution: r, densities: densities, bits: bits)
        guard let step = Int(file.metadata["step"] ?? ""), let seed = UInt64(file.metadata["seed"] ?? "")
        else {
            throw FieldError("\(path): step or seed is missing from the metadata")
        }
        self.step = step
        self.seed = seed
        if let text = file.metadata["optimizer"] {
            let settings: FieldOptimizerConfiguration = try Self.decode(text, "optimizer", path)
            var restored = FieldOptimizer(for: field, settings)
            restored.step = Int(file.metadata["optimizer.step"] ?? "") ?? 0
            restored.first.grid = try read("first.grid", gridCount)
            restored.first.network = try read("first.network", networkCount)
            restored.second.grid = try read("second.grid", gridCount)
            restored.second.network = try read("second.network", networkCount)
            if settings.averageDecay != nil {
                restored.average?.grid = try read("average.grid", gridCount)
                restored.average?.network = try read("average.network", networkCount)
            }
            optimizer = restored
        }
        notes = [:]
        for (key, value) in file.metadata where key.hasPrefix(Self.notePrefix) {
            notes[String(key.dropFirst(Self.notePrefix.count))] = value
        }
        for name in file.names where name.hasPrefix(Self.arrayPrefix) {
            arrays[String(name.dropFirst(Self.arrayPrefix.count))] = try file.array(name)
        }
    }

    /// Stores a second field of the same shape, with its optimiser, under a name.
    package mutating func keep(field: RadianceField, optimizer: FieldOptimizer, as name: String) {
        arrays[name + ".grid"] = field.grid
        arrays[name + ".network"] = field.network
        arrays[name + ".levels"] = NDArray(field.levelWeights, shape: [field.levelWeights.count])
        arrays[name + ".densities"] = field.occupancy.densities
        // Bits as floats: there are few, and bytes are represented exactly.
        arrays[name + ".bits"] = NDArray(
            field.occupancy.bits.map(Float.init), shape: [field.occupancy.bits.count])
        for (part, moments) in [("first", optimizer.first), ("second", optimizer.second)] {
            arrays["\(name).\(part).grid"] = moments.grid
            arrays["\(name).\(part).network"] = moments.network
        }
        if let average = optimizer.average {
            arrays[name + ".average.grid"] = average.grid
            arrays[name + ".average.network"] = average.network
        }
    }

    /// The field stored under a name; nil if any part of it is missing or has another size.
    package func kept(as name: String, optimizerStep: Int) -> (
        field: RadianceField, optimizer: FieldOptimizer
    )? {
        guard let optimizer, let levels = arrays[name + ".levels"],
            let densities = arrays[name + ".densities"],
            let bits = arrays[name + ".bits"], let grid = arrays[name + ".grid"],
            let network = arrays[name + ".network"], grid.count == field.grid.count,
            network.count == field.network.count, levels.count == field.levelWeights.count,
            densities.count == field.occupancy.densities.count, bits.count == field.occupancy.bits.count
        else { return nil }
        var restored = field, mover = optimizer
        (restored.grid, restored.network, restored.levelWeights) = (grid, network, levels.scalars)
        restored.occupancy = OccupancyGrid(
            resolution: field.occupancy.resolution,
            densities: densities.reshaped(field.occupancy.densities.shape),
            bits: bits.scalars.map { UInt8(max(0, min(255, $0))) })
        mover.step = optimizerStep
        for (part, path) in [
            ("first", \FieldOptimizer.first), ("second", \FieldOptimizer.second),
        ] {
            guard let grid = arrays["\(name).\(part).grid"], let network = arrays["\(name).\(part).network"],
                grid.count == field.grid.count, network.count == field.network.count
            else { return nil }
            mover[keyPath: path].grid = grid
            mover[keyPath: path].network = network
        }
        if optimizer.average != nil {
            guard let grid = arrays[name + ".average.grid"], let network = arrays[name + ".average.network"],
                grid.count == field.grid.count, network.count == field.network.count
            else { return nil }
            mover.average?.grid = grid
            mover.average?.network = network
        }
        return (restored, mover)
    }

    private static func decode<T: Decodable>(_ text: String, _ key: String, _ path: String) throws -> T {
        do {
            return try JSONDecoder().decode(T.self, from: Data(text.utf8))
        } catch {
            throw FieldError("\(path): the \(key) in its metadata cannot be read; the file is damaged")
        }
    }
}
