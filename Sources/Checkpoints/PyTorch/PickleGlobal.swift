// Functions and classes that a pickle may name, and their interpretation.
//
// Nothing is imported or called: each known name has one of the interpretations below, and an unknown name is an
// error. Source of the names: torch/serialization.py, torch/_utils.py, torch/_weights_only_unpickler.py and
// torch/csrc/jit/serialization/pickler.cpp.

/// The interpretation of a known global.
enum PickleGlobal {
    /// `OrderedDict` and similar: a dictionary, empty or of pairs.
    case dictionary
    /// `_rebuild_tensor_v2`: storage, offset, size, stride, and further arguments that are ignored.
    case rebuildTensor
    /// `_rebuild_tensor_v3`: the same, with the element type as the seventh argument.
    case rebuildTypedTensor
    /// `_rebuild_parameter`: a tensor, and further arguments that are ignored.
    case rebuildParameter
    /// `_rebuild_from_type_v2`: another rebuilder, the class, and the arguments of the rebuilder.
    case rebuildSubclass
    /// A storage class; nil for plain bytes.
    case storage(ElementType?)
    case elementType(ElementType)
    /// `torch.Size`: its argument.
    case size
    /// Typed lists and tags of TorchScript: their first argument.
    case script
    /// A class whose objects are kept as opaque values with their arguments.
    case inert

    /// - Throws: if the name is not one that checkpoints need.
    init(module: String, name: String) throws(PyTorchFault) {
        let known =
            PickleGlobal.known["\(module).\(name)"] ?? PickleGlobal.typed(module, name)
            ?? (PickleGlobal.isInert(module, name) ? .inert : nil)
        guard let known else { throw PickleGlobal.refusal(of: module, name) }
        self = known
    }

    /// The error for an unknown name.
    static func refusal(of module: String, _ name: String) -> PyTorchFault {
        PyTorchFault(
            "the file names \("\(module).\(name)".shown), which is no part of a model's tensors; it is refused "
                + "and nothing in it was executed")
    }

    // MARK: Tables

    private static let known: [String: PickleGlobal] = [
        "collections.OrderedDict": .dictionary, "collections.defaultdict": .dictionary,
        "torch._utils._rebuild_tensor": .rebuildTensor, "torch._utils._rebuild_tensor_v2": .rebuildTensor,
        "torch._utils._rebuild_tensor_v3": .rebuildTypedTensor,
        "torch._utils._rebuild_parameter": .rebuildParameter,
        "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
        "torch._tensor._rebuild_from_type_v2": .rebuildSubclass,
        "torch.storage.UntypedStorage": .storage(nil), "torch.UntypedStorage": .storage(nil),
        "torch.Size": .size,
        "torch.jit._pickle.build_intlist": .script, "torch.jit._pickle.build_tensorlist": .script,
        "torch.jit._pickle.build_doublelist": .script, "torch.jit._pickle.build_boollist": .script,
        "torch.jit._pickle.restore_type_tag": .script,
    ]

    private static let storages: [String: ElementType] = [
        "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16, "DoubleStorage": .f64,
        "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8,
        "BoolStorage": .bool,
    ]

    private static let elementTypes: [String: ElementType] = [
        "float32": .f32, "float16": .f16, "bfloat16": .bf16, "float64": .f64, "int64": .i64, "int32": .i32,
        "int16": .i16, "int8": .i8, "uint64": .u64, "uint32": .u32, "uint16": .u16, "uint8": .u8,
        "bool": .bool,
        "float8_e4m3fn": .f8e4m3, "float8_e5m2": .f8e5m2,
    ]

    private static func typed(_ module: String, _ name: String) -> PickleGlobal? {
        guard module == "torch" || module == "torch.cuda" else { return nil }
        if let type = storages[name] { return .storage(type) }
        return elementTypes[name].map { .elementType($0) }
    }

    /// Classes that training programs store in checkpoints besides the tensors.
    private static let inertNames: Set<String> = [
        "argparse.Namespace", "types.SimpleNamespace", "collections.Counter", "collections.deque",
        "datetime.datetime", "datetime.timedelta", "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath",
        "torch.device", "torch.nn.parameter.Parameter", "torch._C._nn.Parameter", "torch.Tensor",
        "_codecs.encode", "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray.scalar",
        "numpy._core.multiarray._reconstruct", "typing.Any", "typing.Union", "typing.Optional",
    ]

    private static let inertBuiltins: Set<String> = [
        "dict", "list", "tuple", "set", "frozenset", "int", "float", "bool", "str", "bytes", "complex",
        "object",
    ]

    /// Packages all of whose classes are inert; `__torch__` holds the classes of TorchScript archives.
    private static let inertPackages = [
        "__torch__", "torch.nn.modules", "pytorch_lightning", "lightning", "lightning_fabric", "omegaconf",
    ]

    private static func isInert(_ module: String, _ name: String) -> Bool {
        // A dotted name could access anything that the module imports.
        guard !name.contains(".") else { return false }
        if inertNames.contains("\(module).\(name)") { return true }
        if ["builtins", "__builtin__"].contains(module) { return inertBuiltins.contains(name) }
        return inertPackages.contains { module == $0 || module.hasPrefix($0 + ".") }
    }
}
