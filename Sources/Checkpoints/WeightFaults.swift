// What is found wrong with weights that are read late.

/// The weights of one or several models, of which some may turn out to be unusable while the models run.
///
/// Layers read their weights when they are first used, where nothing can be thrown. Whoever runs a model looks here before
/// its result is used.
public struct WeightFaults: Sendable {
    private let stores: [WeightStore]

    init(of store: WeightStore) { stores = [store] }

    /// Those of several models.
    public init(joining parts: [WeightFaults]) { stores = parts.flatMap(\.stores) }

    /// - Throws: `CheckpointError` naming the first tensor that could not be read, or holds NaN or infinity.
    public func check() throws {
        for store in stores { if let fault = store.fault { throw fault } }
    }
}
