// The `captions` data.
enum CaptionSamples {
    static func shard(_ range: Range<Int>, seed: UInt64, split: ToySplit) throws -> (
        tensors: [ShardTensor], metadata: [String: String]
    ) { throw ToyError("not yet") }
}
enum SceneSamples {
    static func shard(_ range: Range<Int>, seed: UInt64, split: ToySplit) throws -> (
        tensors: [ShardTensor], metadata: [String: String]
    ) { throw ToyError("not yet") }
}
