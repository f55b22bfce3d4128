// Opened models by what they were opened from, bounded by memory.

import Synchronization

/// Keeps what was opened, least recently used out first when the bound is exceeded.
///
/// What leaves the cache lives on while a job holds it; opening it again costs its load time.
final class ModelCache: Sendable {
    /// What tells one opened model from another.
    struct Key: Hashable, Sendable {
        let part: ModelSet.Part
        /// The folder or file.
        let location: String
        /// Everything else that the opened model depends on: adapters, options.
        var variant = ""
    }

    private struct Entry: Sendable {
        let value: any Sendable
        let bytes: Int
        var lastUse: Int
    }

    private struct State: Sendable {
        var entries: [Key: Entry] = [:]
        var openings: [Key: Int] = [:]
        var uses = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: Bytes that all entries together may take; the one in use may exceed it alone.
    init(limit: Int) { self.limit = limit }

    /// The value of a key, opened on first use.
    ///
    /// Two threads that ask at the same time wait for one opening.
    /// - Parameter bytes: An estimate of the memory that the value takes.
    func value<Value: Sendable>(_ key: Key, bytes: Int, open: () throws -> Value) throws -> Value {
        try state.withLock { state in
            state.uses += 1
            if let found = state.entries[key]?.value as? Value {
                state.entries[key]?.lastUse = state.uses
                return found
            }
            makeRoom(for: bytes, in: &state)
            let value = try open()
            state.openings[key, default: 0] += 1
            state.entries[key] = Entry(value: value, bytes: bytes, lastUse: state.uses)
            return value
        }
    }

    /// How often anything was opened for a part.
    func openings(of part: ModelSet.Part) -> Int {
        state.withLock { $0.openings.reduce(0) { $0 + ($1.key.part == part ? $1.value : 0) } }
    }

    private func makeRoom(for bytes: Int, in state: inout State) {
        var total = state.entries.values.reduce(bytes) { $0 + $1.bytes }
        while total > limit, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            state.entries[oldest.key] = nil
            total -= oldest.value.bytes
        }
    }
}
