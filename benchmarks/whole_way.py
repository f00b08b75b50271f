"""Where the time of a whole run goes, room by room, beside the tools under it, on the same files in one run; and against another build.

    python benchmarks/whole_way.py [FOLDER] [--rounds 3] [--against COMMIT]

FOLDER holds reports (.pdf); without it the project's own corpus is read. Printed, in processor seconds of one core (so that other work
on the machine does not count), the mean of the rounds with the lowest and the highest:

    pdfplumber words     `extract_words` of every page
    PDFium text          the bare text of every page
    casesift, start      until the pipeline is loaded
    casesift, reading    files to text
    casesift, language   text to mentions, the mention model told apart
    casesift, records    mentions to rows
    casesift, run        `casesift run` of the folder in a process of its own, start and output files included

and each as a ratio to pdfplumber's words. Every round starts new processes, so that the first document meets nothing that an earlier
one left; one round before the first fills the caches that stay on disk. `--against COMMIT` checks a commit of this repository out beside
this one (`git worktree`) and lets `casesift run` of both take turns: round for round the ratio, and the geometric mean of all.
"""

import argparse
import gc
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: as `pipelines.cli.main` sets it
LOOKED_FOR_GARBAGE = (50_000, 20, 20)
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def clocked(work: Callable[[], object]) -> float:
    """Processor seconds of `work` in this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


# -- what one process measures -----------------------------------------------------------------------------------


def pdfplumber_words(files: list[Path]) -> dict[str, float]:
    import pdfplumber

    def words() -> None:
        for path in files:
            with pdfplumber.open(path) as pdf:
                for page in pdf.pages:
                    page.extract_words()
                    page.close()

    return {"pdfplumber words": clocked(words)}


def pdfium_text(files: list[Path]) -> dict[str, float]:
    import pypdfium2

    def text() -> None:
        for path in files:
            pdf = pypdfium2.PdfDocument(path)
            for page in pdf:
                page.get_textpage().get_text_bounded()
            pdf.close()

    return {"PDFium text": clocked(text)}


def casesift_rooms(files: list[Path]) -> dict[str, float]:
    """Seconds by room; what a stage first loads counts where it is loaded, and garbage is looked for as seldom, as in a run."""
    spent = dict.fromkeys(
        ("casesift, start", "casesift, reading", "casesift, language", "  of which the model", "casesift, records"), 0.0
    )

    def add(room: str, began: float) -> float:
        now = time.process_time()
        spent[room] += now - began
        return now

    gc.set_threshold(*LOOKED_FOR_GARBAGE)
    from extract import Extractor
    from pipelines.engines.processing import ready

    extractor = ready(Extractor)
    nlp = extractor.nlp
    add("casesift, start", 0.0)

    from extract import language
    from extract.language.mention import sentences
    from extract.records import assemble
    from extract.records.mentions import with_mentions
    from extract.schema import Document

    model = nlp.get_pipe("casesift_model")
    inside = type(model).__call__

    def timed(self: object, doc: object) -> object:
        began = time.process_time()
        doc = inside(self, doc)
        add("  of which the model", began)
        return doc

    type(model).__call__ = timed
    for path in files:
        began = time.process_time()
        source = extractor.read(path)
        began = add("casesift, reading", began)
        doc = language.analyse(nlp, source)
        began = add("casesift, language", began)
        document = Document(doc_id="d0", file=path.name, sha256="", status="ok")
        settings = extractor.settings.records
        sents = sentences(doc)
        with_mentions(doc, assemble(doc, document, settings, sents), settings, sents)
        add("casesift, records", began)
    return spent


PARTS: Mapping[str, Callable[[list[Path]], dict[str, float]]] = {
    "plumber": pdfplumber_words,
    "pdfium": pdfium_text,
    "rooms": casesift_rooms,
}


# -- the processes -----------------------------------------------------------------------------------------------


def in_process(command: list[str], build: Path, cache: Path | None = None) -> tuple[float, str]:
    """Processor seconds of a command of a build with all its children, and its output; `cache`: its cache folder, if not the usual."""
    own = {**ONE_THREAD, "PYTHONPATH": str(build), **({"CASESIFT_CACHE": str(cache)} if cache else {})}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=build, env={**os.environ, **own}, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout


def part(name: str, folder: Path) -> dict[str, float]:
    """What one part measures, in a process of its own."""
    _, told = in_process([sys.executable, __file__, str(folder), "--part", name], ROOT)
    measured: dict[str, float] = json.loads(told.splitlines()[-1])
    return measured


def run_of(build: Path, folder: Path, cache: Path | None = None) -> float:
    """Processor seconds of `casesift run` of a build over the folder, into a new folder."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-c", "from pipelines.cli import main; main()"]
        return in_process(
            [*command, "run", str(folder), "--out", f"{out}/out", "--workers", "0", "--quiet"], build, cache
        )[0]


def tell_entry_points(build: Path) -> None:
    """Write which of its functions are stages of the pipeline, as its installation would; it comes before ours on the path."""
    project = tomllib.loads((build / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = build / f"{project['name']}.egg-info"
    metadata.mkdir(exist_ok=True)
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (metadata / "PKG-INFO").write_text(head, encoding="utf-8")
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    lines = [
        line
        for group, rows in groups.items()
        for line in (f"[{group}]", *(f"{name} = {place}" for name, place in rows.items()))
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The files of a commit in a folder beside, for as long as they are needed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "build"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), commit], check=True)
        try:
            tell_entry_points(place)
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


# -- what is printed ---------------------------------------------------------------------------------------------


def rounds_of(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of every part, round for round."""
    seconds: dict[str, list[float]] = {}
    run_of(ROOT, folder)
    for _ in range(rounds):
        measured = {name: value for tool in PARTS for name, value in part(tool, folder).items()}
        measured["casesift, run"] = run_of(ROOT, folder)
        for name, value in measured.items():
            seconds.setdefault(name, []).append(value)
    return seconds


def table(seconds: Mapping[str, list[float]]) -> Iterator[str]:
    """One line a part: mean, lowest and highest, and the ratio to pdfplumber's words."""
    base = sum(seconds["pdfplumber words"])
    yield f"{'':24s}{'mean':>8s}{'lowest':>8s}{'highest':>9s}{'x pdfplumber':>14s}"
    for name, values in seconds.items():
        mean = sum(values) / len(values)
        yield f"{name:24s}{mean:8.2f}{min(values):8.2f}{max(values):9.2f}{sum(values) / base:14.2f}"


def against(commit: str, folder: Path, rounds: int) -> Iterator[str]:
    """The ratio of this build to that of a commit, the two taking turns."""
    with checked_out(commit) as other, tempfile.TemporaryDirectory() as caches:
        own = {
            build: Path(caches) / str(number) for number, build in enumerate((other, ROOT))
        }  # each drops what another build kept
        for build in (other, ROOT):
            run_of(build, folder, own[build])
        pairs = []
        for number in range(rounds):
            order = (other, ROOT) if number % 2 == 0 else (ROOT, other)
            used = {build: run_of(build, folder, own[build]) for build in order}
            pairs.append((used[other], used[ROOT]))
            yield f"round {number + 1}: {commit} {used[other]:.2f} s, this build {used[ROOT]:.2f} s, ratio {used[ROOT] / used[other]:.2f}"
    ratios = [mine / its for its, mine in pairs]
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    yield f"this build takes {mean:.2f} of the time of {commit} (lowest {min(ratios):.2f}, highest {max(ratios):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "corpus" / "pdf")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", metavar="COMMIT")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    folder = args.folder.resolve()
    files = sorted(folder.rglob("*.pdf"))
    if not files:
        parser.error(f"there is no PDF in {folder}")
    if args.part:
        print(json.dumps(PARTS[args.part](files)))
        return
    print(f"{len(files)} files, {args.rounds} rounds, processor seconds of one core")
    print(*table(rounds_of(folder, args.rounds)), sep="\n")
    if args.against:
        print(*against(args.against, folder, args.rounds), sep="\n")


if __name__ == "__main__":
    main()
