// Locating and naming a model's tensors in a pickle.

/// The named tensors of a checkpoint.
struct StateDictionary {
    /// Keys under which checkpoints store a model's tensors, besides an optimiser's and other training state.
    ///
    /// The first one present is used: averaged weights come before the weights that they average.
    static let places = [
        "state_dict", "model_state_dict", "params_ema", "params", "model", "module", "net", "network",
        "string_to_param",
    ]

    /// Keys under which Python modules store their members; not part of a tensor's name.
    private static let moduleParts: Set<String> = ["_parameters", "_buffers", "_modules"]
    private static let depthLimit = 64
    private static let visitLimit = 1 << 20
    private static let nameLimit = 1024

    private(set) var tensors: [String: TorchTensor] = [:]
    /// The keys that lead to the tensors, joined by dots; empty if they are at the root.
    private(set) var place = ""
    /// The prefix that all names had and that was removed.
    private(set) var strippedPrefix = ""

    /// - Throws: if there are no tensors, or two of one name.
    init(_ root: PickleValue, in heap: PickleHeap) throws(PyTorchFault) {
        var root = root
        for _ in 0..<4 {
            guard let inner = StateDictionary.inner(root, heap) else { break }
            place += (place.isEmpty ? "" : ".") + inner.key
            root = inner.value
        }
        try gather(root, heap)
        guard !tensors.isEmpty else {
            throw PyTorchFault(
                "the file holds no tensors, neither at its root nor under 'state_dict' or the like")
        }
        strippedPrefix = WrapperPrefix.common(to: tensors.keys)
        guard !strippedPrefix.isEmpty else { return }
        let length = strippedPrefix.count
        tensors = Dictionary(uniqueKeysWithValues: tensors.map { (String($0.dropFirst(length)), $1) })
    }

    // MARK: Helpers

    /// The dictionary under the first known key of `value` that has one.
    private static func inner(_ value: PickleValue, _ heap: PickleHeap) -> (key: String, value: PickleValue)?
    {
        guard let node = heap.node(value), node.kind == .dictionary else { return nil }
        let pairs = node.pairs
        for place in places {
            for pair in pairs {
                guard case .text(place) = pair.key, let found = heap.node(pair.value),
                    found.kind == .dictionary || found.kind == .object, !found.items.isEmpty
                else { continue }
                return (place, pair.value)
            }
        }
        return nil
    }

    /// Names every tensor below `root` by the keys, attributes and indices on the path to it.
    private mutating func gather(_ root: PickleValue, _ heap: PickleHeap) throws(PyTorchFault) {
        var pending: [(value: PickleValue, name: String, depth: Int)] = [(root, "", 0)]
        var visits = 0
        while let (value, name, depth) = pending.popLast() {
            visits += 1
            guard visits <= StateDictionary.visitLimit, depth <= StateDictionary.depthLimit else {
                throw PyTorchFault("the file nests more deeply or widely than a model does")
            }
            if case .tensor(let index) = value {
                guard !name.isEmpty else { throw PyTorchFault("the file holds one tensor without a name") }
                guard tensors.updateValue(heap.tensors[index], forKey: name) == nil else {
                    throw PyTorchFault("the file holds the tensor \(name.shown) twice")
                }
            }
            guard let node = heap.node(value) else { continue }
            switch node.kind {
            case .dictionary:
                for pair in node.pairs {
                    guard let key = StateDictionary.key(pair.key) else { continue }
                    let isPart = StateDictionary.moduleParts.contains(key)
                    pending.append((pair.value, isPart ? name : try joined(name, key), depth + 1))
                }
            case .list, .tuple:
                // Few lists contain tensors; lists of numbers are skipped.
                for (index, item) in node.items.enumerated() where StateDictionary.mayHoldTensors(item) {
                    pending.append((item, try joined(name, String(index)), depth + 1))
                }
            case .object:
                for state in node.items { pending.append((state, name, depth + 1)) }
            }
        }
    }

    private static func mayHoldTensors(_ value: PickleValue) -> Bool {
        switch value {
        case .node, .tensor: true
        default: false
        }
    }

    private static func key(_ value: PickleValue) -> String? {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }

    private func joined(_ name: String, _ key: String) throws(PyTorchFault) -> String {
        guard name.utf8.count + key.utf8.count < StateDictionary.nameLimit else {
            throw PyTorchFault("a tensor's name has more than \(StateDictionary.nameLimit) bytes")
        }
        return name.isEmpty ? key : "\(name).\(key)"
    }
}
