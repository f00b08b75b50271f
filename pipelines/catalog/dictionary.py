"""The data dictionary, generated from `extract.schema`: `python -m pipelines.catalog.dictionary > outputs/README.md`."""

from __future__ import annotations

import sys
from importlib.resources import files

from extract import schema
from pipelines.catalog.columns import cell_type
from pipelines.catalog.datapackage import allowed

_KINDS = {str: "text", int: "integer", float: "number", bool: "true/false"}

_HEAD = """\
# Data dictionary

Where runs write by default, and what the tables mean. Generated from `extract/schema.py` by `casesift dictionary`;
do not edit by hand.

`casesift run INPUT... --out DIR` writes into `DIR`:

| file | what |
|---|---|
| `documents.csv` ... `mentions.csv` | the tables below |
| `datapackage.json` | the same description for machines ([Frictionless](https://datapackage.org)): types, units, keys |
| `casesift.sqlite` | the store: the truth, of which all tables are views |

The tables are UTF-8 with a header, quoted as RFC 4180 says. An empty cell means "not told". Lists are joined by `; `. Rows
are in document order, which is the order of `file`. A text cell that a spreadsheet would run as a formula (beginning with
`=`, `+`, `-`, `@`, tab or return) has an apostrophe in front, in CSV and Excel; Parquet and JSON Lines have it raw.

`doc_id` is made from a file's bytes: a file that moves keeps its rows and their identifiers, and a second file with the
same bytes has an identifier of its own and a warning. A document whose file is gone keeps its rows, with a warning, until
a run with `--prune`. A document that failed stands in `documents.csv` with its `reason`.

`curation` tells what a curator said of a row (`casesift review`, `casesift apply`). A row somebody accepted, corrected or
added stays as they left it, whatever a later run finds; only its place in the paper follows the run. A rejected row stays
in its table, marked, and is left out of `records`. `confidence` is always casesift's own opinion. The decisions themselves,
with who, when and why, are in the store and are never taken out.

`records` is the flat view most people want: a line for each regimen of an index patient. It is made from the other tables
and holds nothing they do not.
"""

_CONFIDENCE = """\

## Confidence

`confidence` in `cases`, `diagnoses`, `treatments` and `pain_scores` is the estimated probability that the row is right as it stands: a
diagnosis with its assertion; a drug of the patient with its status, dose, frequency, duration, vehicle, ratio and route, none missing and none of
another drug; a rating; a patient's age and sex. Diagnoses and treatments are judged by trees over named features (how the words were
found, how dear the link of a dose was and how much dearer the next best, what the sentence and those behind it speak of), pain scores and
cases by a logistic model, all fitted on reports with gold records (`extract/records/rules/confidence_trees.md`). A line of `records` has the
confidence of its treatment. That of a row of `mentions` is of the span and its label. Rows of cited cases and outcomes were not part of the fitting.

A diagnosis row of 0.9 is right nine times of ten; of treatment rows, where one missing duration makes a row wrong, few are surer than 0.9. Read
the rows under 0.7 first when time is short; take 0.8 for treatments and 0.9 for diagnoses where nobody will check. What a threshold costs on your own reports: `casesift evaluate GOLD OUT --json` gives precision and recall for
twenty thresholds as `curve`. With gold of your own, `casesift train confidence` fits the weights again.

How far it holds, on reports left out of the fitting:

```
{reliability}
```
"""


def _reliability() -> str:
    """The reliability tables, which stand as comments above the fitted weights."""
    text = files("extract.records").joinpath("rules", "confidence.csv").read_text(encoding="utf-8")
    return "\n".join(
        line.removeprefix("#").removeprefix("   ") for line in text.splitlines() if line.startswith("#   ")
    )


def markdown() -> str:
    """The dictionary as Markdown: a section for each table, a line for each column."""
    parts = [_HEAD, _CONFIDENCE.format(reliability=_reliability())]
    for table, row in schema.TABLES.items():
        own = [c for c in schema.columns(row) if c not in schema.Evidence.model_fields]
        parts.append(f"\n## {table}\n\n{(row.__doc__ or '').strip()}\n\n{_lines(row, own)}")
        if issubclass(row, schema.Evidence):
            parts.append("\nand the provenance columns.\n")
    shared = list(schema.Evidence.model_fields)
    parts.append(
        "\n## Provenance\n\nThe last columns of every table but `documents`: where a row stands in its paper.\n\n"
    )
    parts.append(_lines(schema.Evidence, shared))
    return "".join(parts)


def _lines(row: type[schema.Row], names: list[str]) -> str:
    lines = ["| column | type | unit | meaning | example |", "|---|---|---|---|---|"]
    for name in names:
        field = row.model_fields[name]
        extra = schema.extra(row, name)
        kind = _KINDS[cell_type(row, name)]
        if values := allowed(row, name):
            kind = " / ".join(values)
        example = f"`{extra['example']}`" if "example" in extra else ""
        cells = (f"`{name}`", kind, str(extra.get("unit", "")), field.description or "", example)
        lines.append("| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
