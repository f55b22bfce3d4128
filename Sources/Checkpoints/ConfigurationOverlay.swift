// Configurations whose keys have defaults.

/// Decodes keys that may be absent over the defaults of a value.
package struct ConfigurationOverlay<Key: CodingKey> {
    private let values: KeyedDecodingContainer<Key>

    package init(_ decoder: any Decoder, keyedBy keys: Key.Type) throws {
        values = try decoder.container(keyedBy: keys)
    }

    package func read<T: Decodable>(_ key: Key, _ target: inout T) throws {
        if let value = try values.decodeIfPresent(T.self, forKey: key) { target = value }
    }

    /// A side length, which files give as one number or as two equal ones.
    package func readSide(_ key: Key, _ target: inout Int) throws {
        guard values.contains(key) else { return }
        if let pair = try? values.decode([Int].self, forKey: key) {
            guard pair.count == 2, pair[0] == pair[1] else {
                throw ConfigurationProblem(
                    key: key.stringValue, reason: "is \(pair); only squares are supported")
            }
            target = pair[0]
        } else {
            target = try values.decode(Int.self, forKey: key)
        }
    }
}
