#!/usr/bin/env python3
"""How right the ICD-10-CM codes are, on names of diagnoses that a person coded twice.

    python benchmarks/icd_codes.py [--wrong] [--missed] [--part look]

`icd_codes.csv` beside this file holds 300 names, drawn at random (seed 17) from the 2,326 distinct names that casesift had read in 668
reports and case texts. The same coder coded them twice, the second time in another order and without the first codes; where the two
differ, and what else is right, was decided last, with the sentence. Columns: `part` (what was missed in `look` may be mended, `check` only tells whether the mends
carry over), `name`, `code` (the best one, empty where none fits), `also` (others that are right: less specific, of the same condition),
`first`, `second` (the two codings).

What `check` measures is flattered: the coder saw both halves' first misses at once, a few names of `check` are covered by families of names
written afterwards, and `also` was widened for some names of both halves once the codes were compared.

A code is right if it is `code`, one of `also`, or a parent of one of them. Precision: of the codes given, those that are right.
Coverage: of the names that a code fits, those that get a right one.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from extract.language.codes import icd

NAMES = Path(__file__).with_suffix(".csv")


def coded_names() -> list[dict[str, str]]:
    """The rows of `icd_codes.csv`."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def is_right(row: dict[str, str], code: str) -> bool:
    """Whether `code` is right for a name: what the person wrote, or a parent of it."""
    return any(accepted.startswith(code) for accepted in (row["code"], *row["also"].split()) if accepted)


def agreement(rows: list[dict[str, str]]) -> tuple[float, float]:
    """The share of names with the same code in both codings, and with the same category of three characters."""
    same = sum(row["first"] == row["second"] for row in rows)
    near = sum(row["first"][:3] == row["second"][:3] for row in rows)
    return same / len(rows), near / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", action="store_true", help="list the wrong codes")
    parser.add_argument("--missed", action="store_true", help="list the names that a code fits and that got none")
    parser.add_argument("--part", choices=("look", "check"), help="this half alone")
    args = parser.parse_args()
    rows = coded_names()
    print("both codings the same: {:.3f}; the same category: {:.3f}".format(*agreement(rows)))
    for part in (args.part,) if args.part else ("look", "check"):
        half = [row for row in rows if row["part"] == part]
        given = [
            (row, match) for row, match in zip(half, icd.link([row["name"] for row in half]), strict=True) if match
        ]
        right = [row for row, match in given if is_right(row, match.code)]
        fitting = [row for row in half if row["code"]]
        covered = sum(bool(row["code"]) for row in right)
        print(
            f"{part}: {len(half)} names, {len(given)} coded, precision {len(right) / len(given):.3f}, "
            f"coverage {covered / len(fitting):.3f} of the {len(fitting)} that a code fits"
        )
        if args.wrong:
            for row, match in given:
                if not is_right(row, match.code):
                    print(f"  wrong: {row['name']}: {match.code} {match.title}; right: {row['code'] or 'none'}")
        if args.missed:
            coded = {row["name"] for row, _ in given}
            for row in fitting:
                if row["name"] not in coded:
                    print(f"  missed: {row['name']}: {row['code']}")


if __name__ == "__main__":
    main()
