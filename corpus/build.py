"""Build the corpus: corpus/reports/*.md into corpus/pdf/*.pdf, and check the gold records beside them.

    python corpus/build.py [--only ID] [--out DIR]    write the PDFs
    python corpus/build.py --check                    build in memory, compare with what is committed, check the gold
    python corpus/build.py --text ID                  a report's wording, as the gold check sees it

The same reports give the same bytes: dates and identifiers are fixed, pages are not compressed. `pdf/built_with.json` names the
versions the committed files were built with; `--check` compares bytes only under those.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path

from layouts import LAYOUTS
from press.gold import faults
from press.markup import Report, read, wording
from press.scan import scan
from press.typeset import register

HERE = Path(__file__).parent
TOOLS = ("reportlab", "pillow", "pypdfium2")


def build(report: Report) -> bytes:
    """The PDF of a report."""
    layout = LAYOUTS[report.meta["layout"]](report)
    pdf = layout.pdf()
    return scan(pdf, report.id) if report.meta.get("options", {}).get("scanned") else pdf


def versions() -> dict[str, str]:
    """What the bytes depend on."""
    return {name: version(name) for name in TOOLS}


def check(report: Report, same_tools: bool) -> list[str]:
    """What is wrong with a report, its PDF and its gold."""
    found = []
    pdf, gold = HERE / "pdf" / f"{report.id}.pdf", HERE / "gold" / f"{report.id}.json"
    if not pdf.exists():
        found.append("no PDF: run build.py")
    elif same_tools and pdf.read_bytes() != build(report):
        found.append("the PDF is not what build.py makes of the report")
    if not gold.exists():
        found.append("no gold")
    else:
        record = json.loads(gold.read_text(encoding="utf-8"))
        if record["doc"] != report.id:
            found.append(f"the gold is of {record['doc']}")
        found += faults(record, wording(report))
    return [f"{report.id}: {line}" for line in found]


def main() -> int:
    a = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    a.add_argument("--only", metavar="ID", help="one report")
    a.add_argument("--check", action="store_true", help="write nothing; say what is wrong")
    a.add_argument("--text", metavar="ID", help="print a report's wording")
    a.add_argument("--out", type=Path, default=HERE / "pdf", help="where the PDFs go")
    args = a.parse_args()
    register()
    reports = [read(p) for p in sorted((HERE / "reports").glob("*.md")) if (args.only or args.text) in (None, p.stem)]
    if not reports:
        print(f"no such report: {args.only or args.text}", file=sys.stderr)
        return 2
    if args.text:
        print(wording(reports[0]))
        return 0
    record = HERE / "pdf" / "built_with.json"
    if args.check:
        same = record.exists() and json.loads(record.read_text()) == versions()
        if not same:
            print(f"bytes not compared: the PDFs were built with other versions than {versions()}", file=sys.stderr)
        wrong = [line for r in reports for line in check(r, same)]
        print("\n".join(wrong) or f"{len(reports)} reports, nothing wrong")
        return 1 if wrong else 0
    args.out.mkdir(parents=True, exist_ok=True)
    for report in reports:
        (args.out / f"{report.id}.pdf").write_bytes(build(report))
    if args.out == HERE / "pdf":
        record.write_text(json.dumps(versions(), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
