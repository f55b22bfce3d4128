// Filming what exists: a field file, a run directory or a mesh, as each kind of film.

import Arrays
import Foundation
import Images
import Lathe
import Meshes
import Radiance
import TestSupport
import Testing

@Suite struct TurntableTests {
    private let folder: TemporaryFolder
    private let field: String

    init() throws {
        folder = try TemporaryFolder()
        field = "\(folder.path)/field.safetensors"
        try FieldCheckpoint(field: try SolidField.ball(colour: SolidField.sides)).write(to: field)
    }

    private func film(
        _ path: String, _ output: String?, frames: Int = 4, searchPath: [String] = []
    ) throws -> (target: String, states: [LiftState]) {
        var states: [LiftState] = []
        let target = try Turntable.run(
            path, film: FilmOptions(frames: frames, size: 24, elevation: 0), output: output,
            searchPath: searchPath
        ) { states.append($0) }.film
        return (target, states)
    }

    private func middle(_ path: String) throws -> String {
        let image = try Image.load(path).rgb
        let values = image.pixels.scalars, start = (image.height / 2 * image.width + image.width / 2) * 3
        return colourName(SIMD3(values[start], values[start + 1], values[start + 2]))
    }

    @Test func aMovieIsNotTransparent() throws {
        var options = FilmOptions(frames: 1, size: 16)
        options.background = .alpha
        let error = #expect(throws: LatheError.self) {
            try Turntable.run(
                field, film: options, output: "\(folder.path)/turn.mp4", searchPath: []
            ) { _ in }
        }
        #expect(error?.message.contains("transparent") == true && folder.names == ["field.safetensors"])
    }

    @Test func aFolderGetsNumberedFrames() throws {
        let (target, states) = try film(field, "\(folder.path)/frames")
        #expect(target == "\(folder.path)/frames")
        #expect(
            states.map(\.step) == [1, 2, 3, 4] && states.allSatisfy { $0.total == 4 && $0.stage == .film })
        let seen = try (0..<4).map { try middle("\(target)/00\($0).png") }
        #expect(seen == ["red", "green", "blue", "yellow"])
    }

    @Test func aFilmLiesBesideItsSubjectUnlessToldOtherwise() throws {
        #expect(try film(field, nil, frames: 1).target == "\(folder.path)/field.gif")
        #expect(try film(folder.path, nil, frames: 1).target == "\(folder.path)/turntable.gif")
        #expect(folder.names == ["field.gif", "field.safetensors", "turntable.gif"])
        // A film that exists already is not written over.
        let first = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/turntable.gif"))
        #expect(try film(folder.path, nil, frames: 2).target == "\(folder.path)/turntable-2.gif")
        #expect(try film(folder.path, nil, frames: 2).target == "\(folder.path)/turntable-3.gif")
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/turntable.gif")) == first)
    }

    @Test func aSheetIsOnePicture() throws {
        let (target, _) = try film(field, "\(folder.path)/sheet.png")
        let sheet = try Image.load(target)
        #expect(sheet.width >= 4 * 24 && sheet.height < 2 * 24)
    }

    /// A mesh of another program: in centimetres, off centre, and coloured.
    @Test func aMeshIsMovedIntoViewAndKeepsItsColours() throws {
        var mesh = Mesh(
            levelSetOf: ScalarGrid(resolution: 24, extent: 1) { 0.7 - ($0 * $0).sum().squareRoot() }, level: 0
        )
        mesh.colors = mesh.positions.map(SolidField.sides)
        mesh.positions = mesh.positions.map { 40 * $0 + SIMD3(100, 20, 0) }
        let path = "\(folder.path)/toy.ply"
        try mesh.writePLY(to: path)
        let (target, _) = try film(path, "\(folder.path)/frames")
        let seen = try (0..<4).map { try middle("\(target)/00\($0).png") }
        #expect(seen == ["red", "green", "blue", "yellow"])
    }

    @Test(.enabled(if: FFmpeg.path != nil, "ffmpeg is not installed"))
    func aMovieIsMadeWithTheProgramOnThePath() throws {
        let bin = ((FFmpeg.path ?? "") as NSString).deletingLastPathComponent
        let (target, _) = try film(field, "\(folder.path)/turn.mp4", searchPath: ["/nowhere", bin])
        let bytes = try FFmpeg.frames(of: target, into: folder.path)
        #expect(bytes.count == 4 * 24 * 24 * 3)
    }

    @Test func whatCannotBeFilmedIsRefusedBeforeAnyWork() throws {
        func refusal(_ path: String, _ output: String?) throws -> String {
            let error = #expect(throws: LatheError.self) {
                _ = try Turntable.run(
                    path, film: FilmOptions(frames: 2, size: 24), output: output, searchPath: []
                ) { _ in Issue.record("a frame was taken") }
            }
            #expect(error?.code == .badInput)
            return error?.message ?? ""
        }
        #expect(try refusal(field, "\(folder.path)/turn.avi").contains(".avi"))
        #expect(try refusal(field, "\(folder.path)/turn.mp4").contains("ffmpeg"))
        #expect(try refusal("\(folder.path)/none.ply", nil).contains("none.ply"))
        let text = try folder.write("no mesh", "notes.txt")
        #expect(try refusal(text, nil).contains("notes.txt"))
    }
}
