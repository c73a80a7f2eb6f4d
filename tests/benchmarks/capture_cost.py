"""Measure what capture costs: a crawl of local pages with capture and WARC files, against the same crawl without and
against `wget --warc-file`.

    python tests/benchmarks/capture_cost.py                        # 2,000 pages, 5 rounds, about ten minutes
    python tests/benchmarks/capture_cost.py --breakdown            # also: capture without writing; a crawl of one page
    python tests/benchmarks/capture_cost.py --against OTHER        # also: another checkout of this project
    python tests/benchmarks/capture_cost.py --writer               # the writer alone, by compression level
    python tests/benchmarks/capture_cost.py --memory 20000         # memory over a long crawl

The sides run in turn, in an order that turns round each round. A ratio is taken within each round; its median over
the rounds is what counts, because a machine's speed drifts. CPU is user and system time of a whole process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median

import pages
import webserver

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
SENT = ("gzipped", "plain")
TIMEOUT = 1800


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of one side cost."""

    cpu: float
    wall: float
    rss_mb: float
    reactor_cpu: float = 0.0
    warc_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Ratio:
    """One side against another in one figure, with the most that it should be."""

    name: str
    figure: str
    side: str
    other: str
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the pages are, and where runs may write."""

    work: Path
    addresses: dict[str, str]
    paths: list[str]

    def urls(self, sent: str) -> Path:
        """Write the list of the pages' addresses; return where."""
        file = self.work / f"{sent}.txt"
        file.write_text("".join(f"{self.addresses[sent]}{path}\n" for path in self.paths))
        return file


class RunFailed(RuntimeError):
    """A run did not fetch all pages, so its cost says nothing."""


def measure(words: Sequence[str | Path], folder: Path, environment: dict[str, str] | None = None) -> Cost:
    """Run a command in `folder`; return what it cost. Raises RunFailed if it does not exit with 0."""
    log = folder / "log.txt"
    with log.open("wb") as out:
        began = time.monotonic()
        process = subprocess.Popen(words, cwd=folder, stdout=out, stderr=out, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RunFailed(f"{words[0]} exited with {process.returncode}:\n{log.read_text(errors='replace')[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * unit / 1e6)


def crawl(bench: Bench, settings: str, sent: str, tree: Path = PROJECT, *, times: int = 1, pages_: int = 0) -> Cost:
    """Crawl with a settings module of this folder and the archiver in `tree`."""
    return _crawl(bench, settings, sent, tree, times, pages_)[0]


def _crawl(
    bench: Bench, settings: str, sent: str, tree: Path, times: int = 1, only: int = 0
) -> tuple[Cost, dict[str, object]]:
    urls = bench.urls(sent)
    if only:
        urls.write_text("".join(urls.read_text().splitlines(keepends=True)[:only]))
    expected = (only or len(bench.paths)) * times
    with _folder(bench.work) as folder:
        report = folder / "report.json"
        cost = measure(
            [
                *(sys.executable, "-m", "scrapy", "runspider", HERE / "page_spider.py"),
                *("-a", f"urls={urls}", "-a", f"report={report}", "-a", f"times={times}"),
            ],
            folder,
            {"SCRAPY_SETTINGS_MODULE": settings, "PYTHONPATH": f"{tree}{os.pathsep}{HERE}"},
        )
        said = json.loads(report.read_text()) if report.exists() else {"pages": 0}
        if said["pages"] != expected:
            log = (folder / "log.txt").read_text(errors="replace")[-2000:]
            raise RunFailed(f"{settings}: {said['pages']} pages of {expected}\n{log}")
        return replace(cost, reactor_cpu=said["reactor_cpu"], warc_bytes=_size(folder)), said


def wget(bench: Bench, sent: str = "plain") -> Cost:
    """Fetch with wget, which asks for pages uncompressed."""
    with _folder(bench.work) as folder:
        words = ["wget", "--quiet", "--input-file", bench.urls(sent), "--output-document", "/dev/null"]
        cost = measure([*words, "--warc-file", folder / "wget"], folder)
        return replace(cost, warc_bytes=_size(folder))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.warc.gz*"))


@contextmanager
def _folder(work: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=work, prefix="run-") as folder:
        yield Path(folder)


@contextmanager
def prepared(work: Path | None, count: int) -> Iterator[Bench]:
    """Make the pages, or take those that are in `work`, and serve them."""
    with tempfile.TemporaryDirectory(prefix="capture-cost-") as temporary:
        base = work or Path(temporary)
        root, listing = base / f"pages-{count}", base / f"pages-{count}.txt"
        if not listing.exists():
            listing.write_text("\n".join(pages.write(root, count)))
        with webserver.serving(root, Path(temporary)) as addresses:
            yield Bench(Path(temporary), addresses, listing.read_text().split())


Sides = dict[str, Callable[[], Cost]]


def sides_of(bench: Bench, arguments: argparse.Namespace) -> Sides:
    """Return what is run in each round, by name."""
    sides: Sides = {}
    for sent in SENT:
        sides[f"bare, {sent}"] = lambda sent=sent: crawl(bench, "bare_settings", sent)
        sides[f"tuned, {sent}"] = lambda sent=sent: crawl(bench, "tuned_settings", sent)
        sides[f"capture, {sent}"] = lambda sent=sent: crawl(bench, "capture_settings", sent)
        if arguments.breakdown:
            sides[f"unwritten, {sent}"] = lambda sent=sent: crawl(bench, "unwritten_settings", sent)
        if arguments.against:
            sides[f"against, {sent}"] = lambda sent=sent: crawl(
                bench, "capture_settings", sent, arguments.against.resolve()
            )
    if arguments.breakdown:
        sides["bare, one page"] = lambda: crawl(bench, "bare_settings", "plain", pages_=1)
        sides["capture, one page"] = lambda: crawl(bench, "capture_settings", "plain", pages_=1)
    if shutil.which("wget"):
        sides["wget, plain"] = lambda: wget(bench)
    return sides


def ratios_of(sides: Sides) -> list[Ratio]:
    """Return the ratios that these sides give."""
    wanted = []
    for sent, limit in (("gzipped", 1.10), ("plain", 1.20)):
        ours, bare = f"capture, {sent}", f"bare, {sent}"
        wanted += [
            Ratio(f"CPU, capture / bare, {sent}", "cpu", ours, bare, limit),
            Ratio(f"CPU, capture / wget, {sent}", "cpu", ours, "wget, plain", 1.10),
            Ratio(f"WARC size, capture / wget, {sent}", "warc_bytes", ours, "wget, plain", 1.05),
            Ratio(f"CPU, capture / tuned, {sent}", "cpu", ours, f"tuned, {sent}"),
            Ratio(f"wall, capture / bare, {sent}", "wall", ours, bare),
            Ratio(f"peak memory, capture / bare, {sent}", "rss_mb", ours, bare),
            Ratio(f"CPU, unwritten / bare, {sent}", "cpu", f"unwritten, {sent}", bare),
            Ratio(f"CPU, against / bare, {sent}", "cpu", f"against, {sent}", bare),
            Ratio(f"CPU, capture / against, {sent}", "cpu", ours, f"against, {sent}"),
            Ratio(f"WARC size, capture / against, {sent}", "warc_bytes", ours, f"against, {sent}"),
        ]
    wanted.append(Ratio("CPU, capture / bare, one page", "cpu", "capture, one page", "bare, one page"))
    return [ratio for ratio in wanted if ratio.side in sides and ratio.other in sides]


def run_rounds(sides: Sides, rounds: int) -> dict[str, list[Cost]]:
    """Run every side once a round, in an order that turns round each round."""
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for round_ in range(rounds):
        order = list(sides)
        for name in order if round_ % 2 == 0 else reversed(order):
            costs[name].append(sides[name]())
            print(f"round {round_ + 1}/{rounds}  {name}: {costs[name][-1].cpu:.2f} s", file=sys.stderr, flush=True)
    return costs


def spread(values: Sequence[float], form: str) -> str:
    """Write the median and, in brackets, the range."""
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cost_table(costs: dict[str, list[Cost]]) -> str:
    """Return what each side cost."""
    rows = []
    for name, runs in costs.items():
        reactor = spread([run.reactor_cpu for run in runs], ".2f") if runs[0].reactor_cpu else "-"
        size = f"{median(run.warc_bytes for run in runs) / 1e6:.1f}" if runs[0].warc_bytes else "-"
        cpu, wall = spread([run.cpu for run in runs], ".2f"), spread([run.wall for run in runs], ".2f")
        rows.append([name, cpu, reactor, wall, f"{median(run.rss_mb for run in runs):.0f}", size])
    return table(["side", "CPU s", "of it the reactor's thread", "wall s", "peak MB", "WARC MB"], rows)


def ratio_values(ratio: Ratio, costs: dict[str, list[Cost]]) -> list[float]:
    """Return the ratio of each round."""
    pairs = zip(costs[ratio.side], costs[ratio.other], strict=True)
    return [getattr(one, ratio.figure) / getattr(other, ratio.figure) for one, other in pairs]


def ratio_table(ratios: Sequence[Ratio], costs: dict[str, list[Cost]]) -> str:
    """Return the ratios with their targets."""
    rows = []
    for ratio in ratios:
        of_medians = median(getattr(c, ratio.figure) for c in costs[ratio.side]) / median(
            getattr(c, ratio.figure) for c in costs[ratio.other]
        )
        target = f"≤ {ratio.target:.2f}" if ratio.target else ""
        rows.append([ratio.name, spread(ratio_values(ratio, costs), ".3f"), f"{of_medians:.3f}", target])
    return table(["ratio", "median of the rounds", "ratio of the medians", "target"], rows)


def machine() -> dict[str, object]:
    """Return what the figures depend on."""
    names = ("scrapy", "twisted", "isal")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        **{name: version(name) for name in names},
        "server": "nginx" if webserver.nginx() else "Python's http.server, a process for each connection",
    }


def compare(bench: Bench, arguments: argparse.Namespace) -> dict[str, object]:
    """Run the rounds, print the tables and return the figures."""
    sides = sides_of(bench, arguments)
    ratios = ratios_of(sides)
    costs = run_rounds(sides, arguments.rounds)
    print(cost_table(costs), ratio_table(ratios, costs), sep="\n\n")
    if "wget, plain" not in sides:
        print("\nwget is not installed: nothing is said of it")
    return {
        "costs": {name: [asdict(run) for run in runs] for name, runs in costs.items()},
        "ratios": {ratio.name: ratio_values(ratio, costs) for ratio in ratios},
    }


def memory(bench: Bench, arguments: argparse.Namespace) -> dict[str, object]:
    """Crawl many pages, print how memory grows and return the samples."""
    times = max(1, arguments.memory // len(bench.paths))
    result: dict[str, object] = {}
    columns: list[list[tuple[int, float]]] = []
    for settings in ("bare_settings", "capture_settings"):
        cost, said = _crawl(bench, settings, "gzipped", PROJECT, times)
        result[settings] = {"peak_mb": cost.rss_mb, "samples": said["memory"]}
        columns.append([*said["memory"], (0, cost.rss_mb)])  # type: ignore[misc]
    rows = [
        [f"{bare[0]:,}" if bare[0] else "peak", f"{bare[1]:.1f}", f"{ours[1]:.1f}"]
        for bare, ours in zip(*columns, strict=True)
    ]
    print(table(["pages", "bare, MB", "capture, MB"], rows))
    return result


def main() -> int:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000, help="how many pages (2000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs (5)")
    parser.add_argument("--breakdown", action="store_true", help="also without writing, and with one page")
    parser.add_argument("--against", type=Path, metavar="DIR", help="also with the archiver in another checkout")
    parser.add_argument("--writer", action="store_true", help="only the writer, by compression level")
    parser.add_argument("--memory", type=int, metavar="PAGES", help="only memory, over a crawl of so many pages")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the pages here for the next time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # so that the server ends too
    about = machine()
    print(
        ", ".join(f"{name} {value}" for name, value in about.items()), f"{arguments.pages} pages", sep=", ", end="\n\n"
    )
    if arguments.writer:
        sys.path.insert(1, str(PROJECT))
        import writer_cost

        figures = writer_cost.run(arguments.pages, arguments.rounds)
    else:
        try:
            with prepared(arguments.work, arguments.pages) as bench:
                figures = memory(bench, arguments) if arguments.memory else compare(bench, arguments)
        except RunFailed as error:
            print(f"capture_cost: {error}", file=sys.stderr)
            return 1
    if arguments.json:
        arguments.json.write_text(json.dumps({"about": about, "pages": arguments.pages, **figures}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
