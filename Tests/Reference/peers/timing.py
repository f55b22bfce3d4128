"""How a peer's runs are timed: as `lathe bench` times its own."""

import json
import statistics
import time


def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) // 1024 for line in file if line.startswith(key))


def forget_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def busy():
    """Processor seconds of the whole machine and of this process."""
    with open("/proc/stat") as file:
        ticks = [int(x) for x in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / 100, time.process_time()


def measure(workload, peer, precision, run, rounds):
    """Prints one JSON line. `others`: processors that other processes kept busy; above 0.1 the line says little."""
    start = time.perf_counter()
    run()
    first = time.perf_counter() - start
    rounds = rounds or (3 if first > 1 else 7 if first > 0.1 else 15)
    forget_peak()
    seconds, before = [], busy()
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    after = busy()
    others = max(0.0, (after[0] - before[0]) - (after[1] - before[1])) / sum(seconds)
    print(json.dumps(dict(
        workload=workload, peer=peer, precision=precision, median=statistics.median(seconds), minimum=min(seconds),
        peakMebibytes=status("VmHWM"), others=round(others, 2))), flush=True)
