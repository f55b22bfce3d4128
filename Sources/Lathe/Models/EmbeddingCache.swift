// Embeddings of the last few pictures.

import Arrays
import Files
import Images
import Synchronization

/// Keeps the segmenter's embeddings by the content of their pictures.
final class EmbeddingCache: Sendable {
    private struct State: Sendable {
        /// Oldest first.
        var entries: [(key: String, value: any PictureEmbedding)] = []
        var encodings = 0
    }

    /// An embedding of SAM takes 4 MiB.
    private static let capacity = 8
    private let state = Mutex(State())

    var encodings: Int { state.withLock(\.encodings) }

    /// The embedding of a picture, computed unless an equal picture is among the last `capacity`.
    func value(for picture: Image, _ embed: () -> any PictureEmbedding) -> any PictureEmbedding {
        let key = EmbeddingCache.key(of: picture)
        return state.withLock { state in
            if let index = state.entries.firstIndex(where: { $0.key == key }) {
                let found = state.entries.remove(at: index)
                state.entries.append(found)
                return found.value
            }
            let value = embed()
            state.encodings += 1
            state.entries.append((key, value))
            if state.entries.count > EmbeddingCache.capacity { state.entries.removeFirst() }
            return value
        }
    }

    private static func key(of picture: Image) -> String {
        var hash = SHA256()
        picture.pixels.withUnsafeBuffer { hash.update(UnsafeRawBufferPointer($0)) }
        return "\(picture.width) \(picture.height) \(picture.channels) " + hash.hexadecimal()
    }
}
