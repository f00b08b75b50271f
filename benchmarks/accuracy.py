#!/usr/bin/env python3
"""How right the records are, on documents one may look at and on documents nobody has looked at, side by side.

    python benchmarks/accuracy.py GOLD_ROOT [--blind FILE] [--out DIR] [--only SET ...] [--json FILE]

GOLD_ROOT holds sets of documents with gold: `NAME/gold/*.json` beside `NAME/texts/`, or `NAME_gold/*.json` beside `NAME/`. FILE names the
documents that nobody looks at, one a line: they are scored like all others, and only their figures are shown. Each set is run into a
folder of its own under DIR, where a second run finds what is unchanged. Gold is described in corpus/README.md.

For each set, and for all together: micro F1 of the records, whole treatment and diagnosis rows (F1; drug or name, status or assertion and
every value right), and how far `confidence` can be trusted (AUROC, calibration error, share of right rows in the surer half). The confidence was fitted on the work documents, so that its figures there
flatter it; what it is on documents left out of the fitting stands in `extract/records/rules/confidence_trees.md`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extract.schema import Diagnosis, Treatment
from pipelines.evaluation.evaluate import gold_records, score_records
from pipelines.evaluation.predictions import Tables, load_tables
from pipelines.evaluation.trust import Trust, trust
from pipelines.evaluation.whole import Judged, gold_of_case, judge_diagnoses, judge_treatments

#: one kind of file a document: a report that is there as PDF and as XML would be counted twice
KINDS = ("*.txt", "*.pdf")


@dataclass
class Figures:
    """What is counted of a group of documents."""

    documents: list[tuple[dict[str, Any], Tables]] = field(default_factory=list)

    def measure(self) -> dict[str, float | None]:
        """The figures by name, in the order they are shown."""
        treatments: Judged[Treatment] = Judged()
        diagnoses: Judged[Diagnosis] = Judged()
        for record, rows in self.documents:
            for case, ids in gold_of_case(record["cases"], [c.case_id for c in rows.cases]):
                own = rows.of_case(set(ids))
                treatments.add(judge_treatments(case.get("treatments") or [], own.treatments))
                diagnoses.add(judge_diagnoses(case.get("diagnoses") or [], own.diagnoses))
        told: dict[str, float | None] = {"documents": float(len(self.documents))}
        told["records micro F1"] = score_records(self.documents).records.f1
        for name, judged in (("treatment", treatments), ("diagnosis", diagnoses)):
            told[f"whole {name} rows"] = float(len(judged.rows))
            told[f"whole {name} precision"] = judged.precision
            told[f"whole {name} F1"] = judged.f1
            told |= _trust(name, trust([r.confidence for r, _ in judged.rows], [ok for _, ok in judged.rows]))
        return told


def _trust(name: str, t: Trust | None) -> dict[str, float | None]:
    return {
        f"{name} AUROC": t.auroc if t else None,
        f"{name} calibration error": t.error if t else None,
        f"{name} surer half right": t.surer_half if t else None,
    }


def sets(root: Path) -> Iterator[tuple[str, Path, Path]]:
    """The sets under a folder: name, gold, documents."""
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        if (folder / "gold").is_dir() and (folder / "texts").is_dir():
            yield folder.name, folder / "gold", folder / "texts"
        elif folder.name.endswith("_gold") and (beside := folder.with_name(folder.name.removesuffix("_gold"))).is_dir():
            yield beside.name, folder, beside


def run(documents: Path, out: Path) -> None:
    """Run casesift over a folder; what is unchanged since the last time is not read again."""
    kind = next(k for k in KINDS if any(documents.rglob(k)))
    command = [sys.executable, "-m", "pipelines.cli", "run", str(documents), "--include", kind, "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):  # 1: some documents failed; their gold counts as missed
        raise SystemExit(f"{' '.join(command)}\nexit code {done.returncode}\n{done.stderr}")


def table(name: str, groups: Sequence[tuple[str, dict[str, float | None]]]) -> str:
    """A set's figures: a line each, a column for each group of documents, and how far the second stands below the first."""
    lines = [
        f"{name:34s}" + "".join(f"{title:>10s}" for title, _ in groups) + ("  distance" if len(groups) > 1 else "")
    ]
    for row in groups[0][1]:
        values = [figures[row] for _, figures in groups]
        count = row.endswith(("documents", "rows"))
        cells = "".join(f"{'-' if v is None else format(v, '.0f' if count else '.3f'):>10s}" for v in values)
        first, last = values[0], values[-1]
        apart = first is not None and last is not None and len(values) > 1 and not count
        lines.append(f"  {row:32s}{cells}" + (f"{first - last:+10.3f}" if apart else ""))  # type: ignore[operator]
    return "\n".join(lines)


def measure_all(root: Path, out: Path, blind: frozenset[str], only: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The figures of every set, and under `all` those of all sets together; each by group: work, blind."""
    wanted = set(only)
    every: dict[str, Figures] = {"work": Figures(), "blind": Figures()}
    told = {}
    for name, gold, documents in sets(root):
        if wanted and name not in wanted:
            continue
        run(documents, out / name)
        rows = load_tables(out / name)
        groups: dict[str, Figures] = {"work": Figures(), "blind": Figures()}
        for record in gold_records(gold):
            pair = (record, rows.of_document(record["doc"]))
            for figures in (groups, every):
                figures["blind" if record["doc"] in blind else "work"].documents.append(pair)
        told[name] = {group: f.measure() for group, f in groups.items() if f.documents}
        print(table(name, list(told[name].items())), "\n", flush=True)
    told["all"] = {group: f.measure() for group, f in every.items() if f.documents}
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path, metavar="GOLD_ROOT")
    parser.add_argument("--blind", type=Path, metavar="FILE", help="names of the documents nobody looks at, one a line")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where the runs go, and are found again (default: a temporary folder)"
    )
    parser.add_argument("--only", nargs="+", default=(), metavar="SET", help="these sets alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    args = parser.parse_args()
    blind = frozenset(args.blind.read_text(encoding="utf-8").split()) if args.blind else frozenset()
    with tempfile.TemporaryDirectory() as temporary:
        told = measure_all(args.root, args.out or Path(temporary), blind, args.only)
    print(table("all sets together", list(told["all"].items())))
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
