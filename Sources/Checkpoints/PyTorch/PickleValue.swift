// Values of a pickle, as a heap of flat nodes.
//
// Nodes refer to one another by index instead of by reference, so that freeing a structure nested a hundred thousand
// levels deep, or a cyclic one, needs no recursion.

/// One value of a pickle.
enum PickleValue {
    case none
    case boolean(Bool)
    case integer(Int)
    case text(String)
    /// A function or class by name.
    case global(PickleGlobal)
    /// A container, by its index in the heap.
    case node(Int)
    /// A storage, by its index in the heap.
    case storage(Int)
    /// A tensor, by its index in the heap.
    case tensor(Int)
    /// Anything that tensors do not need: floats, byte strings, wide integers, sets, devices.
    case opaque
}

/// A container of a pickle.
struct PickleNode {
    enum Kind {
        case tuple
        case list
        /// Alternating keys and values.
        case dictionary
        /// An object of an opaque class; its items are its state, if it has one.
        case object
    }

    let kind: Kind
    var items: [PickleValue]

    /// Keys and values of a dictionary.
    var pairs: [(key: PickleValue, value: PickleValue)] {
        stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
    }
}

/// All values of a pickle.
struct PickleHeap {
    private(set) var nodes: [PickleNode] = []
    private(set) var storages: [TorchStorage] = []
    private(set) var tensors: [TorchTensor] = []

    mutating func add(_ kind: PickleNode.Kind, _ items: [PickleValue]) -> PickleValue {
        nodes.append(PickleNode(kind: kind, items: items))
        return .node(nodes.count - 1)
    }

    mutating func add(_ storage: TorchStorage) -> PickleValue {
        storages.append(storage)
        return .storage(storages.count - 1)
    }

    mutating func add(_ tensor: TorchTensor) -> PickleValue {
        tensors.append(tensor)
        return .tensor(tensors.count - 1)
    }

    mutating func append(_ items: some Sequence<PickleValue>, to node: Int) {
        nodes[node].items.append(contentsOf: items)
    }

    mutating func replaceItems(of node: Int, by items: [PickleValue]) {
        nodes[node].items = items
    }

    /// The items of the container that a value refers to, if it is of that kind.
    func items(of value: PickleValue, _ kind: PickleNode.Kind) -> [PickleValue]? {
        guard case .node(let index) = value, nodes[index].kind == kind else { return nil }
        return nodes[index].items
    }

    /// The container that a value refers to.
    func node(_ value: PickleValue) -> PickleNode? {
        guard case .node(let index) = value else { return nil }
        return nodes[index]
    }

    /// A tuple or list of non-negative integers.
    func sizes(_ value: PickleValue) -> [Int]? {
        guard let items = items(of: value, .tuple) ?? items(of: value, .list) else { return nil }
        var sizes: [Int] = []
        for item in items {
            guard case .integer(let size) = item, size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }
}
