// Matmuls with permuted input or output rows, without separate copies.

/// An injective map from the rows of one array to those of another, possibly larger one: for example image patches to
/// windows.
package struct RowPlaces: Sendable {
    /// The destination of every row.
    package let places: [Int]
    /// The row at every destination; -1 where there is none.
    package let rows: [Int]

    /// - Parameters:
    ///   - places: distinct destinations.
    ///   - count: number of destinations.
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
    /// `matmul(_:epilogue:)` of `[rows, in]` with every row of the result at its destination: `[places, out]`.
    ///
    /// Destinations without a row get the result for a row of zeros.
    /// - Parameters:
    ///   - norm: applied to the rows first, if any.
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

    /// `matmul(_:epilogue:)` of those rows of `[places, in]` that have a source, in source order: `[rows, out]`.
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
                    // Runs of adjacent rows are gathered together.
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
