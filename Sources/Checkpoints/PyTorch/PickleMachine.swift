// Interprets a pickle's opcodes to find its tensors; runs no code that the pickle names.

/// An interpreter of the opcodes that `torch.save` and TorchScript write (protocols 2 to 5).
///
/// A loop over a stack: nesting needs no recursion, and every opcode makes at most one value, so that memory is
/// proportional to the pickle. Source: CPython's `pickletools.py`, which documents each opcode.
struct PickleMachine {
    /// Pickles are short: some hundred bytes per tensor.
    static let sizeLimit = 32 << 20
    private static let nameLimit = 1024

    var heap = PickleHeap()
    private var cursor: ByteCursor
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    /// Number of items copied between containers, the only way in which memory could exceed the pickle's size.
    private(set) var copied = 0

    /// Runs the pickle at `offset`.
    /// - Returns: its value, its heap, and its end.
    static func run(
        _ bytes: UnsafeRawBufferPointer, at offset: Int = 0
    ) throws(PyTorchFault) -> (root: PickleValue, heap: PickleHeap, end: Int) {
        var machine = PickleMachine(cursor: ByteCursor(bytes, at: offset, what: "the pickle"))
        while true {
            guard machine.cursor.offset - offset <= sizeLimit else {
                throw PyTorchFault("the pickle has more than \(sizeLimit) bytes, far more than tensors need")
            }
            let place = machine.cursor.offset
            let code = try machine.cursor.integer(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: code) else {
                throw try machine.refusal(of: code, at: place)
            }
            if opcode == .stop { break }
            try machine.step(opcode)
        }
        return (try machine.pop(), machine.heap, machine.cursor.offset)
    }

    private init(cursor: ByteCursor) {
        self.cursor = cursor
    }

    /// Counts `count` copied items.
    mutating func countCopies(_ count: Int) throws(PyTorchFault) {
        copied += count
        guard copied <= PickleMachine.sizeLimit else {
            throw PyTorchFault("the pickle copies more items than any model has; it is damaged or hostile")
        }
    }

    // MARK: Opcodes

    private mutating func step(_ opcode: PickleOpcode) throws(PyTorchFault) {
        switch opcode {
        case .proto:
            let version = try cursor.integer(UInt8.self)
            guard (2...5).contains(version) else {
                throw PyTorchFault("the pickle is of protocol \(version); 2 to 5 are read")
            }
        case .frame:
            let length = try cursor.integer(UInt64.self)
            guard length <= UInt64(cursor.remaining) else {
                throw PyTorchFault(
                    "the pickle has a frame of \(length) bytes and ends before; it is cut short")
            }
        case .stop: break
        case .mark: marks.append(stack.count)
        case .pop: _ = try pop()
        case .popMark: _ = try popToMark()
        case .duplicate: stack.append(try top())
        case .none: stack.append(.none)
        case .true: stack.append(.boolean(true))
        case .false: stack.append(.boolean(false))
        case .integer: stack.append(.integer(Int(try cursor.integer(Int32.self))))
        case .integer1: stack.append(.integer(Int(try cursor.integer(UInt8.self))))
        case .integer2: stack.append(.integer(Int(try cursor.integer(UInt16.self))))
        case .long1: stack.append(try long(UInt64(try cursor.integer(UInt8.self))))
        case .long4: stack.append(try long(UInt64(try cursor.integer(UInt32.self))))
        case .float:
            _ = try cursor.take(8)
            stack.append(.opaque)
        case .shortText, .shortString: try pushText(UInt64(try cursor.integer(UInt8.self)))
        case .text, .string: try pushText(UInt64(try cursor.integer(UInt32.self)))
        case .text8: try pushText(try cursor.integer())
        case .shortBytes: try pushBytes(UInt64(try cursor.integer(UInt8.self)))
        case .bytes: try pushBytes(UInt64(try cursor.integer(UInt32.self)))
        case .bytes8, .byteArray8: try pushBytes(try cursor.integer())
        case .emptyTuple: stack.append(heap.add(.tuple, []))
        case .tuple1: try pushTuple(1)
        case .tuple2: try pushTuple(2)
        case .tuple3: try pushTuple(3)
        case .tuple: stack.append(heap.add(.tuple, try popToMark()))
        case .emptyList: stack.append(heap.add(.list, []))
        case .list: stack.append(heap.add(.list, try popToMark()))
        case .append: try append([try pop()])
        case .appends: try append(try popToMark())
        case .emptyDictionary: stack.append(heap.add(.dictionary, []))
        case .dictionary: stack.append(heap.add(.dictionary, try pairs(try popToMark())))
        case .setItem:
            let value = try pop()
            try setItems([try pop(), value])
        case .setItems: try setItems(try pairs(try popToMark()))
        case .emptySet: stack.append(.opaque)
        case .addItems: _ = try popToMark()
        case .frozenSet:
            _ = try popToMark()
            stack.append(.opaque)
        case .get1: try recall(Int(try cursor.integer(UInt8.self)))
        case .get4: try recall(Int(try cursor.integer(UInt32.self)))
        case .put1: memo[Int(try cursor.integer(UInt8.self))] = try top()
        case .put4: memo[Int(try cursor.integer(UInt32.self))] = try top()
        case .memoize: memo[memo.count] = try top()
        case .global:
            let module = try cursor.line(limit: PickleMachine.nameLimit)
            let name = try cursor.line(limit: PickleMachine.nameLimit)
            stack.append(.global(try PickleGlobal(module: module, name: name)))
        case .stackGlobal:
            let name = try pop()
            guard case .text(let name) = name, case .text(let module) = try pop() else {
                throw PyTorchFault("the pickle names a global by something that is no text")
            }
            stack.append(.global(try PickleGlobal(module: module, name: name)))
        case .reduce, .newObject:
            let arguments = try pop()
            stack.append(try made(by: try pop(), arguments))
        case .newObjectExtended:
            _ = try pop()
            let arguments = try pop()
            stack.append(try made(by: try pop(), arguments))
        case .build:
            let state = try pop()
            try build(try top(), state)
        case .persistentID: stack.append(try storage(named: try pop()))
        }
    }

    // MARK: Stack

    private func top() throws(PyTorchFault) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else {
            throw PyTorchFault("the pickle takes a value from an empty stack at byte \(cursor.offset)")
        }
        return value
    }

    private mutating func pop() throws(PyTorchFault) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws(PyTorchFault) -> [PickleValue] {
        guard let mark = marks.popLast() else {
            throw PyTorchFault("the pickle looks for a mark that it never set, at byte \(cursor.offset)")
        }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func pushTuple(_ count: Int) throws(PyTorchFault) {
        var items: [PickleValue] = []
        for _ in 0..<count { items.append(try pop()) }
        stack.append(heap.add(.tuple, items.reversed()))
    }

    private mutating func recall(_ index: Int) throws(PyTorchFault) {
        guard let value = memo[index] else {
            throw PyTorchFault("the pickle recalls value \(index), which it never noted")
        }
        stack.append(value)
    }

    // MARK: Scalars and containers

    private mutating func pushText(_ count: UInt64) throws(PyTorchFault) {
        stack.append(.text(String(decoding: try cursor.take(count), as: UTF8.self)))
    }

    private mutating func pushBytes(_ count: UInt64) throws(PyTorchFault) {
        _ = try cursor.take(count)
        stack.append(.opaque)
    }

    /// A variable-length integer with the sign in the last byte; opaque beyond 64 bits.
    private mutating func long(_ count: UInt64) throws(PyTorchFault) -> PickleValue {
        let bytes = try cursor.take(count)
        guard bytes.count <= 8 else { return .opaque }
        guard let last = bytes.last else { return .integer(0) }
        let start: Int = last & 0x80 == 0 ? 0 : -1
        return .integer(bytes.reversed().reduce(start) { $0 << 8 | Int($1) })
    }

    private func pairs(_ items: [PickleValue]) throws(PyTorchFault) -> [PickleValue] {
        guard items.count.isMultiple(of: 2) else {
            throw PyTorchFault("the pickle gives a dictionary a key without a value")
        }
        return items
    }

    /// Appends to the list on top of the stack; items of sets and objects are discarded, because they are not needed.
    private mutating func append(_ items: [PickleValue]) throws(PyTorchFault) {
        guard case .node(let index) = try top() else { return }
        switch heap.nodes[index].kind {
        case .list: heap.append(items, to: index)
        case .object: break
        case .tuple, .dictionary: throw PyTorchFault("the pickle appends to something that is no list")
        }
    }

    private mutating func setItems(_ items: [PickleValue]) throws(PyTorchFault) {
        guard case .node(let index) = try top() else {
            throw PyTorchFault("the pickle sets an item of something that is no dictionary")
        }
        switch heap.nodes[index].kind {
        case .dictionary: heap.append(items, to: index)
        case .object: break
        case .tuple, .list: throw PyTorchFault("the pickle sets an item of something that is no dictionary")
        }
    }

    /// The error for an unsupported opcode, with the name of what it would call, if any.
    private mutating func refusal(of code: UInt8, at place: Int) throws(PyTorchFault) -> PyTorchFault {
        if code == UInt8(ascii: "i") {
            let module = try cursor.line(limit: PickleMachine.nameLimit)
            return PickleGlobal.refusal(of: module, try cursor.line(limit: PickleMachine.nameLimit))
        }
        let name = PickleOpcode.refused[code].map { "the opcode \($0)" } ?? "the byte \(code) as an opcode"
        return PyTorchFault("the pickle has \(name) at byte \(place), which tensors do not need")
    }
}
