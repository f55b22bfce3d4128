// Calls of known globals, object states, and storages.

extension PickleMachine {
    /// The value of `callable(*arguments)`.
    mutating func made(by callable: PickleValue, _ arguments: PickleValue) throws(PyTorchFault) -> PickleValue
    {
        guard case .global(let global) = callable else {
            throw PyTorchFault("the pickle calls something that is no function or class")
        }
        guard let arguments = heap.items(of: arguments, .tuple) else {
            throw PyTorchFault("the pickle calls a function with something that is no list of arguments")
        }
        switch global {
        case .rebuildSubclass:
            // Its own arguments: the rebuilder, the class, the rebuilder's arguments, attributes.
            guard arguments.count >= 3, case .global(let inner) = arguments[0],
                let innerArguments = heap.items(of: arguments[2], .tuple), inner.rebuildsTensor
            else { throw PyTorchFault("the pickle rebuilds a tensor in an unknown way") }
            return try made(by: inner, innerArguments)
        default: return try made(by: global, arguments)
        }
    }

    private mutating func made(
        by global: PickleGlobal, _ arguments: [PickleValue]
    ) throws(PyTorchFault) -> PickleValue {
        switch global {
        case .dictionary: return try dictionary(arguments)
        case .rebuildTensor: return try tensor(arguments, type: nil)
        case .rebuildTypedTensor:
            guard arguments.count >= 7, case .global(.elementType(let type)) = arguments[6] else {
                throw PyTorchFault("the pickle rebuilds a tensor of an unknown element type")
            }
            return try tensor(arguments, type: type)
        case .rebuildParameter:
            guard let first = arguments.first, case .tensor = first else {
                throw PyTorchFault("the pickle makes a parameter of something that is no tensor")
            }
            return first
        case .size, .script: return arguments.first ?? heap.add(.tuple, [])
        case .inert: return heap.add(.object, [])
        case .storage, .elementType, .rebuildSubclass:
            throw PyTorchFault("the pickle calls a storage class or element type as a function")
        }
    }

    /// `OrderedDict()`, `OrderedDict([(key, value), …])` or `defaultdict(factory, …)`.
    private mutating func dictionary(_ arguments: [PickleValue]) throws(PyTorchFault) -> PickleValue {
        var items: [PickleValue] = []
        for argument in arguments {
            guard let node = heap.node(argument) else { continue }
            try countCopies(node.items.count)
            if node.kind == .dictionary { items += node.items }
            guard node.kind == .list || node.kind == .tuple else { continue }
            for pair in node.items {
                guard let both = heap.items(of: pair, .list) ?? heap.items(of: pair, .tuple), both.count == 2
                else {
                    throw PyTorchFault("the pickle makes a dictionary of something that is no list of pairs")
                }
                items += both
            }
        }
        return heap.add(.dictionary, items)
    }

    /// A tensor from (storage, offset, size, stride, …).
    private mutating func tensor(
        _ arguments: [PickleValue], type asked: ElementType?
    ) throws(PyTorchFault) -> PickleValue {
        guard arguments.count >= 4, case .storage(let index) = arguments[0],
            case .integer(let offset) = arguments[1]
        else { throw PyTorchFault("the pickle rebuilds a tensor of something that is no storage") }
        guard let shape = heap.sizes(arguments[2]), let strides = heap.sizes(arguments[3]) else {
            throw PyTorchFault(
                "the pickle rebuilds a tensor whose sizes or strides are no numbers from zero up")
        }
        let storage = heap.storages[index]
        guard let type = asked ?? storage.type else {
            throw PyTorchFault("the pickle rebuilds a tensor of bytes without an element type")
        }
        guard heap.tensors.count < 1 << 20 else {
            throw PyTorchFault("the pickle has more than a million tensors")
        }
        return heap.add(
            try TorchTensor(
                storage: index, of: storage, type: type, offset: offset, shape: shape, strides: strides))
    }

    /// Sets an object's state; attributes of dictionaries and tensors are ignored.
    mutating func build(_ object: PickleValue, _ state: PickleValue) throws(PyTorchFault) {
        switch object {
        case .node(let index):
            switch heap.nodes[index].kind {
            case .object: heap.replaceItems(of: index, by: [state])
            case .dictionary: break
            case .tuple, .list: throw PyTorchFault("the pickle gives a list a state")
            }
        case .tensor, .opaque: break
        default: throw PyTorchFault("the pickle gives a state to something that is no object")
        }
    }

    /// The storage of a persistent id: `('storage', class, key, device, elements)`, with a view in old files.
    mutating func storage(named id: PickleValue) throws(PyTorchFault) -> PickleValue {
        guard let parts = heap.items(of: id, .tuple), parts.count >= 5, case .text("storage") = parts[0],
            case .global(.storage(let type)) = parts[1], case .integer(let count) = parts[4]
        else { throw PyTorchFault("the pickle refers to something outside it that is no storage") }
        let key: String
        switch parts[2] {
        case .text(let text): key = text
        case .integer(let number): key = String(number)
        default: throw PyTorchFault("the pickle refers to a storage by something that is no name")
        }
        if parts.count > 5, case .node = parts[5] {
            throw PyTorchFault("the file is of PyTorch before 0.4, whose views of storages are not read")
        }
        return heap.add(try TorchStorage(type: type, key: key, count: count))
    }
}

extension PickleGlobal {
    fileprivate var rebuildsTensor: Bool {
        switch self {
        case .rebuildTensor, .rebuildTypedTensor, .rebuildParameter: true
        default: false
        }
    }
}
