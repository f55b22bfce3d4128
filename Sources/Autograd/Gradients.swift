// Reverse-mode differentiation of the recorded graph.
public import Arrays

/// Gradients of `sum(output * seed)` with respect to variables (or any intermediate tensors).
///
/// - Parameters:
///   - output: the tensor to differentiate; usually a scalar.
///   - seed: the gradient of the output, of its shape; ones if nil.
///   - targets: tensors made by `Tensor.variable` or computed from such; others get zeros.
/// - Returns: one array per target, of its shape. Gradients of intermediates are released after use.
public func gradients(of output: Tensor, seed: NDArray? = nil, withRespectTo targets: [Tensor]) -> [NDArray] {
    precondition(
        seed.map { $0.shape == output.shape } ?? true,
        "gradients: seed \(seed?.shape ?? []) for an output of \(output.shape)")
    guard let root = output.node else { return targets.map { NDArray.zeros($0.shape) } }
    let wanted = Set(targets.compactMap { $0.node?.number })
    let path = nodes(from: root, leadingTo: wanted)
    let onPath = Set(path.map(\.number))

    var pending: [Int: NDArray] = [root.number: seed ?? NDArray.full(1, output.shape)]
    var results: [Int: NDArray] = [:]
    for node in path {
        guard let gradient = pending.removeValue(forKey: node.number) else { continue }
        if wanted.contains(node.number) { results[node.number] = gradient }
        guard let pullback = node.pullback else { continue }
        let needed = node.inputs.map { $0.map { onPath.contains($0.number) } ?? false }
        guard needed.contains(true) else { continue }
        let inputGradients = pullback(gradient, needed)
        precondition(inputGradients.count == needed.count, "gradients: a pullback returned too few arrays")
        for (input, part) in zip(node.inputs, inputGradients) {
            guard let input, let part, onPath.contains(input.number) else { continue }
            precondition(
                part.shape == input.shape,
                "gradients: a pullback made \(part.shape) for an input of \(input.shape)")
            if var sum = pending.removeValue(forKey: input.number) {
                sum.accumulate(part)
                pending[input.number] = sum
            } else {
                pending[input.number] = part
            }
        }
    }
    return targets.map { target in
        target.node.flatMap { results[$0.number] } ?? NDArray.zeros(target.shape)
    }
}

/// Nodes on a path from `root` to a wanted node, latest first.
private func nodes(from root: Node, leadingTo wanted: Set<Int>) -> [Node] {
    var seen: Set<Int> = [root.number]
    var reached = [root], next = 0
    while next < reached.count {
        for case let input? in reached[next].inputs where seen.insert(input.number).inserted {
            reached.append(input)
        }
        next += 1
    }
    reached.sort { $0.number < $1.number }
    var leading: Set<Int> = []
    for node in reached {
        let leads =
            wanted.contains(node.number)
            || node.inputs.contains { $0.map { leading.contains($0.number) } ?? false }
        if leads { leading.insert(node.number) }
    }
    return reached.reversed().filter { leading.contains($0.number) }
}
