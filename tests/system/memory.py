"""What memory the processes of a Skiller have to themselves, and how it grows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.servers import children_of

Sample = Mapping[str, float]  # megabytes, by process
WINDOW = 0.1  # of the samples, around the middle and at the end


def sample(processes: Mapping[str, int]) -> Sample:
    """The memory of processes and of their children; a process with children is their master."""
    found: dict[str, float] = {}
    for name, pid in processes.items():
        children = children_of(pid)
        found[f"{name}'s master" if children else name] = _own(pid)
        for child in children:
            found[name] = found.get(name, 0.0) + _own(child)
    return found


def table(samples: Sequence[Sample]) -> tuple[list[str], dict[str, float]]:
    """A line for each process, and the growth of each from the middle to the end, in percent."""
    some = max(1, round(len(samples) * WINDOW))
    middle = (len(samples) - some) // 2
    windows = (samples[:some], samples[middle : middle + some], samples[-some:])
    lines = [f"{'process':24}{'begin':>9}{'middle':>9}{'end':>9}{'growth':>9}"]
    growth = {}
    for name in samples[-1]:
        begin, half, end = (median(one.get(name, 0.0) for one in window) for window in windows)
        growth[name] = 100 * (end / half - 1)
        lines.append(f"{name:24}{begin:6.1f} MB{half:6.1f} MB{end:6.1f} MB{growth[name]:+7.1f} %")
    return lines, growth


def written(rollup: str) -> float:
    """What a process has written, were it in swap, too, by its `/proc/…/smaps_rollup`; megabytes.

    With what it shares with its master since it was forked: that becomes private by and by, all
    at once where Python looks for cycles, and no byte more is taken.
    """
    fields = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
    return sum(int(fields[name].split()[0]) for name in ("Anonymous", "Swap")) / 1024


def _own(pid: int) -> float:
    return written(Path(f"/proc/{pid}/smaps_rollup").read_text())
