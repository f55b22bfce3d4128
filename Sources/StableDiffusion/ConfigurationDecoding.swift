// Decoding of diffusers' configuration files: bounded sizes, numbers that may be lists, unsupported settings
// rejected.

/// Any key of a configuration file.
struct FileKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// A configuration file as diffusers writes it: one flat object.
struct ConfigurationReader {
    private let container: KeyedDecodingContainer<FileKey>

    /// Opens the object; rejects another class if class names are given.
    init(_ decoder: any Decoder, className: String...) throws {
        container = try decoder.container(keyedBy: FileKey.self)
        guard !className.isEmpty, let found = try text("_class_name"), !className.contains(found) else {
            return
        }
        throw fault(
            "_class_name",
            "the file describes '\(found)'; '\(className.joined(separator: "' or '"))' is needed")
    }

    /// An error that names the key; the loader adds the file name.
    func fault(_ key: String, _ reason: String) -> DecodingError {
        .dataCorruptedError(forKey: FileKey(stringValue: key), in: container, debugDescription: reason)
    }

    func text(_ key: String) throws -> String? {
        try container.decodeIfPresent(String.self, forKey: FileKey(stringValue: key))
    }

    /// Whether the key is present and null, which for some keys differs from an absent key.
    func isNull(_ key: String) -> Bool {
        let path = FileKey(stringValue: key)
        return container.contains(path) && ((try? container.decodeNil(forKey: path)) ?? false)
    }

    func flag(_ key: String, default value: Bool) throws -> Bool {
        try container.decodeIfPresent(Bool.self, forKey: FileKey(stringValue: key)) ?? value
    }

    func optionalFlag(_ key: String) throws -> Bool? {
        try container.decodeIfPresent(Bool.self, forKey: FileKey(stringValue: key))
    }

    func number(_ key: String, default value: Double) throws -> Double {
        try container.decodeIfPresent(Double.self, forKey: FileKey(stringValue: key)) ?? value
    }

    func optionalNumber(_ key: String) throws -> Double? {
        try container.decodeIfPresent(Double.self, forKey: FileKey(stringValue: key))
    }

    func numbers(_ key: String) throws -> [Double]? {
        try container.decodeIfPresent([Double].self, forKey: FileKey(stringValue: key))
    }

    func integer(_ key: String, default value: Int) throws -> Int {
        try container.decodeIfPresent(Int.self, forKey: FileKey(stringValue: key)) ?? value
    }

    /// A whole number of at least one, small enough that products of a few cannot overflow; nil if absent or null.
    func optionalSize(_ key: String) throws -> Int? {
        guard let size = try container.decodeIfPresent(Int.self, forKey: FileKey(stringValue: key)) else {
            return nil
        }
        return try bounded(size, key)
    }

    func size(_ key: String, default value: Int) throws -> Int { try optionalSize(key) ?? value }

    /// A non-empty list of sizes.
    func sizes(_ key: String, default value: [Int]) throws -> [Int] {
        let list = try container.decodeIfPresent([Int].self, forKey: FileKey(stringValue: key)) ?? value
        guard !list.isEmpty else { throw fault(key, "the list is empty") }
        return try list.map { try bounded($0, key) }
    }

    /// One size for all levels, or a list with one per level.
    func sizePerLevel(_ key: String, default value: Int, levels: Int) throws -> [Int] {
        guard let given = try container.decodeIfPresent(OneOrMany.self, forKey: FileKey(stringValue: key))
        else {
            return Array(repeating: value, count: levels)
        }
        switch given {
        case .one(let size): return Array(repeating: try bounded(size, key), count: levels)
        case .many(let list):
            try requireCount(list.count, levels, key)
            return try list.map { try bounded($0, key) }
        }
    }

    /// A list of names, each decoded to a case of `Kind`.
    func kinds<Kind: RawRepresentable<String> & CaseIterable>(_ key: String, default value: [Kind]) throws
        -> [Kind]
    {
        guard let names = try container.decodeIfPresent([String].self, forKey: FileKey(stringValue: key))
        else {
            return value
        }
        return try names.map { try kind($0, key) }
    }

    /// A name decoded to a case of `Kind`.
    func kind<Kind: RawRepresentable<String> & CaseIterable>(_ key: String, default value: Kind) throws
        -> Kind
    {
        try optionalKind(key) ?? value
    }

    /// A name decoded to a case of `Kind`; nil if absent or null.
    func optionalKind<Kind: RawRepresentable<String> & CaseIterable>(_ key: String) throws -> Kind? {
        guard let name = try text(key) else { return nil }
        return try kind(name, key)
    }

    func requireCount(_ count: Int, _ levels: Int, _ key: String) throws {
        guard count == levels else { throw fault(key, "\(count) entries for \(levels) levels") }
    }

    func require(_ divisor: Int, _ key: String, divides values: [Int], _ what: String) throws {
        for value in values where !value.isMultiple(of: divisor) {
            throw fault(key, "\(divisor) does not divide \(what), which is \(value)")
        }
    }

    /// Rejects settings that change the model and are not supported; only the neutral value may be present.
    func refuse(_ neutral: [String: NeutralValue]) throws {
        for (key, value) in neutral.sorted(by: { $0.key < $1.key }) {
            let path = FileKey(stringValue: key)
            guard container.contains(path), try !container.decodeNil(forKey: path) else { continue }
            guard try value.isHeld(by: container, at: path) else {
                throw fault(key, "this setting is not supported\(value.hint)")
            }
        }
    }

    /// Entries of the form `["library", "class"]`, by key; nulls and other values are skipped.
    func partClasses() -> [String: String] {
        var classes: [String: String] = [:]
        for key in container.allKeys {
            guard let pair = try? container.decode([String].self, forKey: key), pair.count == 2 else {
                continue
            }
            classes[key.stringValue] = pair[1]
        }
        return classes
    }

    // MARK: Helpers

    private func bounded(_ size: Int, _ key: String) throws -> Int {
        guard (1...1 << 20).contains(size) else {
            throw fault(key, "\(size) is not a size from 1 to \(1 << 20)")
        }
        return size
    }

    private func kind<Kind: RawRepresentable<String> & CaseIterable>(_ name: String, _ key: String) throws
        -> Kind
    {
        guard let kind = Kind(rawValue: name) else {
            let known = Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw fault(key, "'\(name)' is not supported; known are \(known)")
        }
        return kind
    }
}

/// The value for which a setting has no effect.
enum NeutralValue {
    /// The key must be absent or null.
    case null
    case flag(Bool)
    case number(Double)
    case text(String)

    var hint: String {
        switch self {
        case .null: "; only null is"
        case .flag(let value): "; only \(value) is"
        case .number(let value): "; only \(value) is"
        case .text(let value): "; only '\(value)' is"
        }
    }

    func isHeld(by container: KeyedDecodingContainer<FileKey>, at key: FileKey) throws -> Bool {
        switch self {
        case .null: false
        case .flag(let value): try container.decode(Bool.self, forKey: key) == value
        case .number(let value): try container.decode(Double.self, forKey: key) == value
        case .text(let value): try container.decode(String.self, forKey: key) == value
        }
    }
}

/// A number, or a list of them.
private enum OneOrMany: Decodable {
    case one(Int)
    case many([Int])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(Int.self) {
            self = .one(one)
        } else {
            self = .many(try container.decode([Int].self))
        }
    }
}
