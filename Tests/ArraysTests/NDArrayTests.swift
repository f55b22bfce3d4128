// Value semantics, shapes and storage.
import Arrays
import TestSupport
import Testing

@Suite struct NDArrayTests {
    @Test func copiesShareUntilWritten() {
        let a = NDArray([1, 2, 3, 4, 5, 6], shape: [2, 3])
        var b = a
        b.withUnsafeMutableBuffer { $0[0] = 9 }
        #expect(a.scalars == [1, 2, 3, 4, 5, 6])
        #expect(b.scalars == [9, 2, 3, 4, 5, 6])
        var row = a[leading: 1]
        row.withUnsafeMutableBuffer { $0[2] = 7 }
        #expect(row.scalars == [4, 5, 7] && row.shape == [3])
        #expect(a.scalars == [1, 2, 3, 4, 5, 6])
    }

    @Test func viewsTakeTheRightPart() {
        let a = NDArray((0..<24).map(Float.init), shape: [4, 2, 3])
        #expect(a.leading(1..<3).scalars == (6..<18).map(Float.init))
        #expect(a.leading(2..<2).shape == [0, 2, 3])
        #expect(a.leading(1..<3)[leading: 1].scalars == (12..<18).map(Float.init))
        #expect(a.reshaped([-1, 6]).shape == [4, 6])
        #expect(a[leading: 3].reshaped([6]).scalars == (18..<24).map(Float.init))
    }

    @Test func borrowedMemoryIsNeverWritten() {
        final class Owner: Sendable {}
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: 4)
        defer { memory.deallocate() }
        memory.update(repeating: 2, count: 4)
        var a = NDArray(borrowing: memory, shape: [4], owner: Owner())
        a.accumulate(.full(1, [4]))
        #expect(a.scalars == [3, 3, 3, 3])
        #expect(memory[0] == 2)
    }

    @Test func emptyArraysWork() {
        let empty = NDArray.zeros([0, 3])
        #expect(empty.scalars.isEmpty)
        #expect((empty + NDArray.zeros([3])).shape == [0, 3])
        #expect(empty.mapped(.exp).shape == [0, 3])
        #expect(empty.softmax().shape == [0, 3])
        #expect(empty.total() == 0)
        #expect(empty.summed(axes: [0]).scalars == [0, 0, 0])
        #expect(empty.transposed([1, 0]).shape == [3, 0])
        #expect(empty.matmul(.zeros([3, 2])).shape == [0, 2])
        #expect(NDArray.zeros([2, 0]).matmul(.zeros([0, 3])).scalars == [Float](repeating: 0, count: 6))
        #expect(NDArray.concatenated([empty, .full(1, [1, 3])], axis: 0).scalars == [1, 1, 1])
        #expect(NDArray.full(1, [2, 3]).gathered(rows: []).shape == [0, 3])
    }

    @Test func errorsNameBothShapes() async {
        await #expect(processExitsWith: .failure) { _ = NDArray.zeros([2, 3]) + NDArray.zeros([4]) }
        await #expect(processExitsWith: .failure) { _ = NDArray.zeros([2, 3]).reshaped([5]) }
        await #expect(processExitsWith: .failure) { _ = NDArray.zeros([2, 3]).matmul(.zeros([2, 3])) }
    }

    @Test(.serialized, arguments: [0, 1]) func poolIsBounded(_ round: Int) {
        StoragePool.setLimit(bytes: 8 << 20)
        defer { StoragePool.setLimit(bytes: nil) }
        var arrays = (0..<64).map { NDArray.full(Float($0), [100_000 + 997 * $0]) }
        #expect(arrays.enumerated().allSatisfy { $1.scalars[$1.count - 1] == Float($0) })
        arrays = []
        #expect(StoragePool.heldBytes <= 8 << 20)
    }
}
