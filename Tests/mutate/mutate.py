#!/usr/bin/env python3
"""Puts small faults into a copy of the sources, one at a time, and reports those that no test notices.

    Tests/mutate/mutate.py --check                 every fault of the list has exactly one place in the sources
    Tests/mutate/mutate.py                         all faults, each with the tests that should notice it
    Tests/mutate/mutate.py --only Film --only 3-7  those whose title or file holds the word, or by number
    Tests/mutate/mutate.py --all-tests             each fault with every test
    Tests/mutate/mutate.py --together 6            several independent faults in one build: a first, quick look

The copy is a git worktree of the last commit in a temporary folder; it and its build are kept for the next time.
See README.md for the form of the list.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = pathlib.Path(__file__).resolve().parent / "mutations"


class Mutation:
    """One fault: a file, the text that is replaced, the text that replaces it, why, and who should notice."""

    def __init__(self, number, source):
        self.number = number
        self.source = source
        self.file = ""
        self.why = ""
        self.test = ""
        self.old = []
        self.new = []

    @property
    def title(self):
        return f"{self.number:3} {self.file}: {self.why}"

    def path(self, sources):
        """The one file whose path ends in `file`."""
        ending = "/" + self.file
        found = [path for path in sources if ("/" + path).endswith(ending)]
        if len(found) != 1:
            raise Fault(f"{self.title}: {len(found)} files end in {self.file}: {', '.join(found)}")
        return found[0]

    def changed(self, text):
        """The text of the file with the fault; how far its lines are indented does not matter."""
        pattern = re.compile(r"\n[ \t]*".join(re.escape(line.strip()) for line in self.old))
        count = len(pattern.findall(text))
        if count != 1:
            raise Fault(f"{self.title}: its old text occurs {count} times: {self.old[0].strip()}")
        result = pattern.sub(lambda _: "\n".join(self.new), text)
        if result == text:
            raise Fault(f"{self.title}: old and new text are the same")
        return result


class Fault(Exception):
    """Something wrong with the list."""


def read_lists():
    mutations = []
    for path in sorted(LIST.glob("*.txt")):
        current = None
        for index, line in enumerate(path.read_text().split("\n"), 1):
            if line.startswith("## "):
                current = Mutation(len(mutations) + 1, f"{path.name}:{index}")
                current.file = line[3:].strip()
                mutations.append(current)
            elif current is None or not line.strip() or line.startswith("#"):
                continue
            elif line.startswith("why: "):
                current.why = line[5:].strip()
            elif line.startswith("test: "):
                current.test = line[6:].strip()
            elif line.startswith("- ") or line == "-":
                current.old.append(line[2:])
            elif line.startswith("+ ") or line == "+":
                current.new.append(line[2:])
            else:
                raise Fault(f"{path.name}:{index}: not understood: {line}")
    for mutation in mutations:
        if not (mutation.why and mutation.test and mutation.old and mutation.new):
            raise Fault(f"{mutation.source}: a fault needs why, test, old (-) and new (+) text")
    return mutations


def source_files(root):
    names = []
    for folder, _, files in os.walk(root / "Sources"):
        names += [str(pathlib.Path(folder, name).relative_to(root)) for name in files]
    return sorted(names)


def check(mutations, root):
    """Every fault has one file and one place in it; returns the complaints."""
    sources = source_files(root)
    complaints = []
    for mutation in mutations:
        try:
            mutation.changed((root / mutation.path(sources)).read_text())
        except Fault as fault:
            complaints.append(str(fault))
    return complaints


def run(command, folder, log, timeout):
    """The exit status of a command, or None if it took too long; what it printed goes to a file."""
    with open(log, "w") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return None


class Copy:
    """A worktree that faults are put into, with its build."""

    def __init__(self, options):
        self.folder = pathlib.Path(options.folder)
        self.timeout = options.timeout
        self.logs = self.folder.parent / (self.folder.name + "-logs")
        self.logs.mkdir(parents=True, exist_ok=True)

    def git(self, *arguments):
        subprocess.run(["git", "-C", str(self.folder), *arguments], check=True, stdout=subprocess.DEVNULL)

    def prepare(self):
        commit = subprocess.run(
            ["git", "-C", str(ROOT), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
        ).stdout.strip()
        if not (self.folder / ".git").exists():
            subprocess.run(
                ["git", "-C", str(ROOT), "worktree", "add", "--force", "--detach", str(self.folder), commit],
                check=True)
        self.git("checkout", "--force", "--detach", "--quiet", commit)
        self.git("clean", "-fdq", "Sources", "Tests")

    def build(self, log):
        """A debug build: after a change it compiles little. The C kernels are optimised in it all the same."""
        return run(["swift", "build", "--build-tests"], self.folder, self.logs / log, 3600)

    def test(self, pattern, log):
        """The bundle itself is run, which saves the planning of `swift test` for every fault."""
        command = [".build/debug/lathePackageTests.xctest", "--testing-library", "swift-testing"]
        return run(command + (["--filter", pattern] if pattern else []), self.folder, self.logs / log, self.timeout)

    def ran(self, log):
        """How many tests a log tells of."""
        found = re.findall(r"Test run with (\d+) test", (self.logs / log).read_text(errors="replace"))
        return int(found[-1]) if found else 0

    def tail(self, log, count=15):
        return "\n".join((self.logs / log).read_text(errors="replace").splitlines()[-count:])


class Graph:
    """Which targets the tests of a fault depend on."""

    def __init__(self, folder):
        text = subprocess.run(
            ["swift", "package", "dump-package"], cwd=folder, check=True, capture_output=True, text=True).stdout
        self.direct = {}
        for target in json.loads(text)["targets"]:
            names = [(d.get("byName") or d.get("target") or [None])[0] for d in target["dependencies"]]
            self.direct[target["name"]] = {name for name in names if name}
        # The tests of the program run what was built beside them.
        self.direct.get("CommandLineTests", set()).add("lathe")
        self.suites = {}
        for path in sorted((folder / "Tests").glob("*/*.swift")):
            for name in re.findall(r"^(?:@Suite.*)?(?:struct|class) (\w+Tests)\b", path.read_text(), re.M):
                self.suites[name] = path.parts[-2]

    def closure(self, name, seen=None):
        seen = set() if seen is None else seen
        if name not in seen:
            seen.add(name)
            for other in self.direct.get(name, ()):
                self.closure(other, seen)
        return seen

    def tested(self, mutation):
        """Everything that the tests of a fault depend on."""
        result = set()
        for pattern in mutation.test.split("|"):
            first = re.split("[./]", pattern)[0]
            result |= self.closure(first if first in self.direct else self.suites.get(first, "LatheTests"))
        return result

    def groups(self, mutations, size, target):
        """At most `size` faults together, none of which lies in what the tests of another depend on.

        Faults of one target may share a group where other suites are to notice them.
        """
        groups = []
        for mutation in mutations:
            mine, tested, tests = target(mutation), self.tested(mutation), set(mutation.test.split("|"))
            for group in groups:
                if len(group) < size and all(
                    other.file != mutation.file and not tests & set(other.test.split("|"))
                    and (target(other) == mine
                         or (target(other) not in tested and mine not in self.tested(other)))
                    for other in group
                ):
                    group.append(mutation)
                    break
            else:
                groups.append([mutation])
        return groups


def chosen(mutations, words):
    if not words:
        return mutations
    result = []
    for mutation in mutations:
        for word in words:
            span = re.fullmatch(r"(\d+)(?:-(\d+))?", word)
            if span:
                first, last = int(span[1]), int(span[2] or span[1])
                matches = first <= mutation.number <= last
            else:
                matches = word.lower() in mutation.title.lower()
            if matches:
                result.append(mutation)
                break
    return result


def try_out(copy, group, all_tests):
    """What became of the faults of a group; None if they do not build."""
    sources = source_files(copy.folder)
    whole = {}
    try:
        for mutation in group:
            path = copy.folder / mutation.path(sources)
            whole[path] = path.read_text()
            path.write_text(mutation.changed(whole[path]))
        if copy.build(f"{group[0].number}-build.log") != 0:
            return None
        return [outcome(copy, mutation, None if all_tests else mutation.test) for mutation in group]
    finally:
        for path, text in whole.items():
            path.write_text(text)


def outcome(copy, mutation, pattern):
    log = f"{mutation.number}.log"
    status = copy.test(pattern, log)
    if status is None:
        return "noticed (the tests did not end)"
    if status != 0:
        return "noticed"
    count = copy.ran(log)
    return f"SURVIVED {count} tests" if count else "NO TEST matches the filter"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="check the list and stop")
    parser.add_argument("--list", action="store_true", help="print the list and stop")
    parser.add_argument("--only", action="append", metavar="WORD|N|N-M", help="only these faults")
    parser.add_argument("--all-tests", action="store_true", help="run every test instead of the named ones")
    parser.add_argument(
        "--together", type=int, default=1, metavar="N",
        help="up to N faults in one build where none lies in what the tests of another depend on")
    parser.add_argument("--no-baseline", action="store_true", help="do not run the tests without a fault first")
    parser.add_argument("--folder", default=str(pathlib.Path(tempfile.gettempdir()) / "lathe-mutate"))
    parser.add_argument("--timeout", type=int, default=900, help="seconds for one run of the tests")
    parser.add_argument("--allowed", type=int, default=3, help="survivors up to which the exit code is 0")
    options = parser.parse_args()

    mutations = read_lists()
    complaints = check(mutations, ROOT)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if complaints or options.check:
        print(f"{len(mutations)} faults, {len(complaints)} of them without exactly one place")
        return 1 if complaints else 0
    mutations = chosen(mutations, options.only)
    if options.list:
        for mutation in mutations:
            print(f"{mutation.title} [{mutation.test}]")
        return 0

    copy = Copy(options)
    copy.prepare()
    if complaints := check(mutations, copy.folder):
        print("\n".join(complaints), file=sys.stderr)
        print("the last commit is not what is checked out; commit first", file=sys.stderr)
        return 1
    print(f"building {copy.folder} ...", flush=True)
    if copy.build("baseline.log") != 0:
        print(copy.tail("baseline.log"), file=sys.stderr)
        return 1
    if not options.no_baseline:
        pattern = None if options.all_tests else "|".join(sorted({m.test for m in mutations}))
        if copy.test(pattern, "baseline-tests.log") != 0:
            print(copy.tail("baseline-tests.log"), file=sys.stderr)
            print("the tests fail without any fault", file=sys.stderr)
            return 1

    groups = [[mutation] for mutation in mutations]
    if options.together > 1:
        groups = Graph(copy.folder).groups(
            mutations, options.together, lambda m: m.path(source_files(copy.folder)).split("/")[1])
    survivors, unbuilt, done = [], [], 0
    while groups:
        group = groups.pop(0)
        start = time.monotonic()
        outcomes = try_out(copy, group, options.all_tests)
        if outcomes is None and len(group) > 1:
            # One of them does not build: each by itself.
            groups = [[mutation] for mutation in group] + groups
            continue
        seconds = time.monotonic() - start
        for mutation, outcome in zip(group, outcomes or ["DOES NOT BUILD"]):
            done += 1
            if outcome.startswith("DOES NOT"):
                unbuilt.append(mutation)
            elif not outcome.startswith("noticed"):
                survivors.append(mutation)
            print(f"{done}/{len(mutations)} {mutation.title} — {outcome} ({seconds:.0f} s)", flush=True)

    print(f"\n{len(mutations)} faults, {len(survivors)} survived, {len(unbuilt)} did not build")
    for mutation in survivors:
        print(f"  {mutation.title} [{mutation.test}]")
    return 0 if len(survivors) <= options.allowed and not unbuilt else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Fault as fault:
        print(fault, file=sys.stderr)
        sys.exit(1)
