// Products whose rows change places on the way in or out, instead of being moved before or after.

/// Where each row of one array lies in another that may be larger: the patches of an image cut into windows.
package struct RowPlaces: Sendable {
    /// The place of every row.
    package let places: [Int]
    /// The row at every place; -1 where there is none.
    package let rows: [Int]

    /// - Parameters:
    ///   - places: a different one for every row.
    ///   - count: how many places there are.
    package init(_ places: [Int], of count: Int) {
        var rows = [Int](repeating: -1, count: count)
        for (row, place) in places.enumerated() {
            precondition(
                place >= 0 && place < count && rows[place] < 0, "RowPlaces: \(place) of \(count) for \(row)")
            rows[place] = row
        }
        (self.places, self.rows) = (places, rows)
    }
}

extension NDArray {
    /// `matmul(_:epilogue:)` of `[rows, in]` with every row of the result at its place: `[places, out]`.
    ///
    /// Places of no row hold what a row of zeros would give.
    /// - Parameters:
    ///   - norm: what is done to the rows before, if anything.
    ///   - epilogue: without operands of the result's shape.
    package func matmul(
        _ weight: Weight, into places: RowPlaces, after norm: LayerNormalization? = nil,
        epilogue: Epilogue = Epilogue()
    ) -> NDArray {
        precondition(
            shape == [places.places.count, weight.inputs] && weight.taps == 1,
            "matmul: \(shape) by \(weight.shape) into \(places.rows.count) places")
        let matrix = weight.packed(.forward), width = matrix.columns
        let unreached = places.rows.indices.filter { places.rows[$0] < 0 }
        let nothing = epilogue.ofZeros(columns: width)
        return NDArray.build([places.rows.count, width], keeping: self) { out in
            nonisolated(unsafe) let out = out
            PackedMatmul(weight: matrix, rows: 0..<places.places.count).run(
                into: .places(out, { places.places[$0] }), epilogue: epilogue,
                gather: rowGather(matrix, after: norm))
            parallelFor(unreached.count, chunk: max(1, elementChunk / max(1, width))) { range in
                for i in range { (out + unreached[i] * width).update(from: nothing.pointer, count: width) }
            }
        }
    }

    /// `matmul(_:epilogue:)` of the rows at some places of `[places, in]`, in the order of the rows: `[rows, out]`.
    package func matmul(_ weight: Weight, outOf places: RowPlaces, epilogue: Epilogue = Epilogue()) -> NDArray
    {
        precondition(
            shape == [places.rows.count, weight.inputs] && weight.taps == 1,
            "matmul: \(shape) by \(weight.shape) out of \(places.rows.count) places")
        let matrix = weight.packed(.forward), k = matrix.k, places = places.places
        return NDArray.build([places.count, matrix.columns], keeping: self) { out in
            nonisolated(unsafe) let x = pointer
            let gather = RowGather { rows, positions, block in
                var first = rows.lowerBound
                while first < rows.upperBound {
                    // Neighbours that stay neighbours are gathered together.
                    var end = first + 1
                    while end < rows.upperBound, places[end] == places[end - 1] + 1 { end += 1 }
                    MatmulKernels.current.gather(
                        matrix.precision, x + places[first] * k + positions.lowerBound, stride: k,
                        count: end - first, k: positions.count,
                        block + (first - rows.lowerBound) * MatmulKernels.rowBytes)
                    first = end
                }
            }
            PackedMatmul(weight: matrix, rows: 0..<places.count)
                .run(into: .rows(out), epilogue: epilogue, gather: gather)
        }
    }
}
