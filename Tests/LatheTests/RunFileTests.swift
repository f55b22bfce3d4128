// The files that a run keeps: figures, charts and the pace that they show.

import Lathe
import Testing

@Suite struct RunFileTests {
    @Test func metricsComeBackAndForgetWhatIsDoneAgain() throws {
        let folder = try TemporaryFolder()
        var log = MetricsLog()
        log.add(step: 1, ["loss": 0.5, "bad": .nan])
        log.add(step: 5, ["loss": 0.25, "psnr": 21])
        try log.save(to: "\(folder.path)/metrics.jsonl")
        var read = try MetricsLog.load("\(folder.path)/metrics.jsonl")
        #expect(read.rows == log.rows)
        #expect(read.names == ["loss", "psnr"])
        read.truncate(after: 4)
        #expect(read.series("loss").map(\.step) == [1])
        _ = try folder.write("{\"step\": ", "broken.jsonl")
        #expect(throws: LatheError.self) { try MetricsLog.load("\(folder.path)/broken.jsonl") }
    }

    @Test func chartsNeedTwoPointsAndEscapeTheirTitle() throws {
        #expect(ReportChart(title: "a", points: [(1, 2)]).svg == nil)
        let svg = try #require(ReportChart(title: "a<b", points: [(0, 2), (10, 4)]).svg)
        #expect(svg.contains("a&lt;b") && !svg.contains("a<b"))
        #expect(svg.contains("points=\"46.0,130.0 312.0,22.0\""))
    }

    @Test func paceIsSmoothed() throws {
        var pace = TimeLeft(memory: 0.5)
        #expect(pace.secondsPerStep == nil)
        pace.add(seconds: 2)
        #expect(pace.seconds(forSteps: 3) == 6)
        pace.add(seconds: 4)
        let expected = (0.5 * 1 + 0.5 * 4) / 0.75
        #expect(abs((pace.secondsPerStep ?? 0) - expected) < 1e-9)
    }
}
