// Bad use: one line, exit code 2; help: exit code 0.

import Foundation
import Testing

@Suite struct UsageTests {
    static let commands = [
        "lift", "fit", "segment", "caption", "remove", "fill", "replace", "outpaint", "generate", "turntable",
        "mesh", "evaluate", "bench", "toybox", "models", "doctor", "install",
    ]

    @Test func helpNamesEveryCommandAndSucceeds() throws {
        let outcome = try Program.run(["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        for command in Self.commands {
            #expect(outcome.output.contains("\n  \(command) "), "\(command) is missing")
        }
        #expect(outcome.output.contains("Exit codes: 0 done, 2 bad use"))
    }

    @Test(arguments: commands)
    func everyCommandHasHelp(command: String) throws {
        let outcome = try Program.run([command, "--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("OVERVIEW: "))
        #expect(outcome.output.contains("USAGE: lathe \(command)"))
    }

    @Test func selectionOptionsAreTheSameWhereverSomethingIsSelected() throws {
        for command in ["lift", "segment", "remove", "fill", "replace"] {
            let help = try Program.run([command, "--help"]).output
            for option in [
                "--point <x,y[,+|-]>", "--box <x0,y0,x1,y1>", "--mask <file>", "--text <words>",
                "--mask-index",
                "--grow", "--feather", "--fill-holes", "--islands", "--subtract", "--invert",
            ] {
                #expect(help.contains(option), "\(command) lacks \(option)")
            }
        }
    }

    @Test func theTierIsWhatWasAskedFor() throws {
        let outcome = try Program.run(["doctor", "--tier", "scalar"])
        #expect(outcome.status == 0 && outcome.output.contains("processor tier    scalar"))
    }

    @Test(arguments: [
        ["nothing-like-this"], ["lift"], ["lift", "a.png", "--nope"], ["doctor", "--threads", "0"],
        ["doctor", "--threads", "many"], ["doctor", "--tier", "mmx"], ["bench", "--precision", "f16"],
        ["bench", "nothing"], ["bench", "--rounds", "0"],
        ["lift", "a.png", "--preset", "slow"],
        ["lift", "a.png", "--seed", "-1"],
        ["lift", "a.png", "--point", "12"], ["lift", "a.png", "--point", "1,nan"],
        ["lift", "a.png", "--point", "1,2,*"],
        ["lift", "a.png", "--box", "1,2,3"], ["lift", "a.png", "--mask-index", "3"],
        ["lift", "a.png", "--grow", "5px"],
        ["lift", "a.png", "--feather", "-1"], ["lift", "a.png", "--islands", "-1"],
        ["lift", "a.png", "--text", "cup"],
        ["lift", "a.png", "--background", "#12"], ["lift", "a.png", "--channels", "rgb,heat"],
        ["segment", "a.png", "--point", "1,2"],
        ["caption", "a.png", "--beams", "0"], ["caption", "a.png", "--top-p", "0.5"],
        ["caption", "a.png", "--beams", "2", "--sample", "2"],
        ["caption", "a.png", "--beams", "2", "--count", "2"], ["caption", "a.png", "--count", "101"],
        ["generate", "--prompt", "a", "-o", "a.png", "--control", "canny:net"],
        ["generate", "--prompt", "a", "-o", "a.png", "--control", "pose:net:a.png"],
        ["generate", "--prompt", "a", "-o", "a.png", "--keep-layout", "0.5"],
        ["generate", "--prompt", "a", "-o", "a.png", "--prediction", "noise"],
        ["fill", "a.png", "--prompt", "a", "-o", "b.png", "--reweight", "red"],
        ["remove", "a.png", "--point", "1,2"], ["remove", "-o", "b.png"],
        ["remove", "a.png", "--with", "magic", "-o", "b.png"],
        ["fill", "a.png", "--object", "somewhere: a cup", "-o", "b.png"],
        ["fill", "a.png", "--object", ": a cup", "-o", "b.png"],
        ["fill", "a.png", "--lora", ":2", "-o", "b.png"], ["fill", "a.png", "--rng", "dice", "-o", "b.png"],
        ["replace", "a.png", "--feather", "999", "-o", "b.png"],
        ["outpaint", "a.png", "--aspect", "16:0", "-o", "b.png"],
        ["outpaint", "a.png", "--aspect", "16:9", "--left", "3", "-o", "b.png"],
        ["generate", "-o", "b.png"], ["generate", "--prompt", "a cup"],
        ["evaluate", "--inpainting", "a.png", "--holes", "0"],
        ["evaluate", "--inpainting", "a.png", "--peer", "nobody"],
        ["evaluate", "--inpainting", "a.png", "--export", "x", "--peer", "a=b"],
    ])
    func badUseIsOneLineAndExitCodeTwo(arguments: [String]) throws {
        try Program.expectRefusal(arguments, saying: "see 'lathe")
    }

    @Test func errorsAreJSONWhenAskedFor() throws {
        let outcome = try Program.run(["lift", "/nowhere/photo.jpg", "--point", "1,2", "--json"])
        #expect(outcome.status == 2)
        #expect(outcome.errors.isEmpty)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: [String: Any]])
        #expect(json["error"]?["code"] as? Int == 2)
        #expect(json["error"]?["kind"] as? String == "bad-input")
        #expect((json["error"]?["message"] as? String)?.contains("/nowhere/photo.jpg") == true)
    }

    @Test func configurationFileGivesOptionsAndTheCommandLineWins() throws {
        let scratch = try Scratch()
        let file = try scratch.write("preset: nothing\n", "options.yaml")
        try Program.expectRefusal(["lift", "a.png", "-c", file], saying: "nothing", "--preset")
        let other = try scratch.write("preset: nothing\nthreads: 0\n", "other.yaml")
        try Program.expectRefusal(["lift", "a.png", "--preset", "draft", "-c", other], saying: "--threads 0")
        let wrong = try scratch.write("[1, 2", "wrong.yaml")
        try Program.expectRefusal(["lift", "a.png", "-c", wrong], saying: "wrong.yaml")
        try Program.expectRefusal(["lift", "a.png", "-c", scratch.path("none.yaml")], saying: "none.yaml")
    }
}
