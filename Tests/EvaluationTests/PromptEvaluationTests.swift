// Held-out prompts: what they ask for, and what counts as found.

import Evaluation
import Images
import Lathe
import Testing
import Toybox

@Suite struct PromptEvaluationTests {
    @Test func trialsAskForThingsThatHaveWords() throws {
        for task in [EditTask.fill, .replace] {
            let trials = try PromptTrial.trials(task, count: 6, seed: 3, side: 48)
            for trial in trials {
                #expect(trial.picture.width == 48 && trial.truth.height == 48)
                #expect(trial.object.area > 20 && trial.object.area < 48 * 48)
                // Whoever says the prompt itself is right.
                #expect(trial.found(in: trial.prompt) == (true, true), "\(trial.prompt): \(trial.words)")
                #expect(trial.found(in: "a thing") == (false, false))
            }
            let again = try PromptTrial.trials(task, count: 6, seed: 3, side: 48)
            #expect(trials.map(\.prompt) == again.map(\.prompt))
            #expect(Set(trials.map(\.prompt)).count > 3)
        }
    }

    @Test(arguments: [
        ("a light blue mug", "light blue"), ("a blue mug", "blue"),
        ("a toy with a red hat and a green scarf", "red"),
        ("a wooden thing", nil),
    ])
    func theFirstColourOfAText(text: String, colour: String?) {
        #expect(Tint.first(in: text) == colour)
    }

    @Test func fillAndReplaceAreScoredBesideTheTruth() throws {
        var diffusion = DiffusionOptions()
        (diffusion.steps, diffusion.detail) = (2, 0)
        var shown = 0, steps: [Int] = []
        let scores = try PromptEvaluation(count: 1, seed: 0).scores(
            session: ModelSession(Starter.models), diffusion: diffusion, show: { _, _ in shown += 1 }
        ) { done, total in
            #expect(total == 2)
            steps.append(done)
        }
        #expect(scores.map(\.task) == ["fill", "fill, truth", "replace", "replace, truth"])
        #expect(
            scores.allSatisfy {
                $0.prompts == 1 && [0, 1].contains($0.first) && $0.both <= min($0.first, $0.second)
            })
        #expect(shown == 2 && steps == [1, 2])
    }

    @Test func aReaderThatIsNoCaptionerIsNamed() throws {
        let folder = try Starter.models.folder(of: .inpainter)
        let error = #expect(throws: LatheError.self) {
            _ = try PromptEvaluation(count: 1, seed: 0).scores(
                session: ModelSession(Starter.models), diffusion: DiffusionOptions(), reader: folder,
                show: { _, _ in }
            ) { _, _ in }
        }
        #expect(error?.code == .modelUnusable && error?.message.contains(folder) == true)
    }
}
