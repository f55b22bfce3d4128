// Temporary files of killed writers.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct StaleFileTests {
    @Test func namesOfOurTemporaryFilesAlone() {
        #expect(StaleFiles.writer(of: ".o.png.4711-3.tmp") == 4711)
        #expect(StaleFiles.writer(of: ".long.4711-12.tmp") == 4711)
        for name in [
            "o.png.4711-3.tmp", ".o.png.tmp", ".o.png.4711.tmp", ".o.png.-3.tmp", ".o.png.1-3.tmp", ".tmp",
        ] {
            #expect(StaleFiles.writer(of: name) == nil, "\(name)")
        }
    }

    @Test func whatAKilledWriterLeftIsClearedByTheNext() throws {
        try withTemporaryFolder { folder in
            // No process has the greatest number that there is.
            for name in [".o.png.2147483647-1.tmp", ".o.png.\(getpid())-999999.tmp", ".mine.tmp"] {
                try Data().write(to: URL(filePath: "\(folder)/\(name)"))
            }
            try writeFile("whole", to: folder + "/o.png")
            #expect(
                try folderContents(folder)
                    == [".mine.tmp", ".o.png.\(getpid())-999999.tmp", "o.png"].sorted())
        }
    }
}
