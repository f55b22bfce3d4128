// `lathe install`: puts the program, its models, manual page and completions under a prefix.

import ArgumentParser
import Lathe

struct InstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Copy the program, its models, manual page and completions under a prefix.",
        discussion: """
            Writes PREFIX/bin/lathe, PREFIX/share/lathe/Models/starter, PREFIX/share/man/man1/lathe.1 and completions for bash,
            zsh and fish. The copy finds its models there. It needs the system's libraries and those of Swift, as this one does.

            Example: .build/release/lathe install ~/.local
            """)

    @Argument(help: ArgumentHelp("The folder that gets bin and share.", valueName: "prefix"))
    var prefix: String

    @OptionGroup var models: ModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let console = try common.start()
        guard let set = try models.modelSet().root else {
            throw LatheError(
                .modelUnusable,
                "no model set found in \(ModelFolders.all.joined(separator: ", ")); give its folder with --models"
            )
        }
        guard let root = LatheProgram.root, let description = CommandDescription(of: root) else {
            throw LatheError(.badInput, "the commands cannot be described")
        }
        var installation = try Installation(prefix: prefix)
        try installation.addModels(set)
        try installation.add(ManualPage(description).text, in: "man/man1", "lathe.1")
        for (shell, folder, name) in [
            (CompletionShell.bash, "bash-completion/completions", "lathe"),
            (.zsh, "zsh/site-functions", "_lathe"), (.fish, "fish/vendor_completions.d", "lathe.fish"),
        ] {
            try installation.add(root.completionScript(for: shell), in: folder, name)
        }
        // Last: an installed program finds the rest.
        try installation.addProgram()
        try console.result(json: installation)
        for path in installation.written { try console.result(path) }
    }
}
