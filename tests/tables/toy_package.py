"""A package with a table of its own, as somebody else would write it: laboratory values, found by one pattern.

`installed(folder)` writes it as pip would and gives the environment in which Python finds it.
"""

from __future__ import annotations

import os
from pathlib import Path

CODE = '''
import re
from typing import ClassVar

from extract.records.evidence import row_id
from extract.schema import Evidence, Table, col

_VALUE = re.compile(r"(calcium|creatinine) (?:was |of )?(\\d+(?:\\.\\d+)?) (mg/dL)")


class Lab(Evidence):
    """A laboratory value."""

    table: ClassVar[Table] = Table(
        name="labs", key="lab_id", title="Laboratory values", one="Laboratory value", curated=True,
        identity=(("analyte",),), apart=("value",), form={"Value": ("analyte", "value", "unit", "case_id")},
    )
    lab_id: str = col("Identifier of the row.", example="d0-l-1")
    case_id: str = col("The case it belongs to.", refers="cases", default="")
    doc_id: str = col("Identifier of the document.")
    file: str = col("Path of the document.", default="")
    analyte: str = col("What was measured.", example="calcium")
    value: float = col("How much.", example=9.2, ge=0)
    unit: str = col("Its unit.", example="mg/dL", default="")


class Labs:
    model = Lab

    def rows(self, analysis, made):
        for sentence in analysis.sents:
            for match in _VALUE.finditer(sentence.text):
                start = sentence.start + match.start()
                end = sentence.start + match.end()
                yield Lab(
                    lab_id=row_id(analysis.document.doc_id, "l", "", start, end),
                    case_id=analysis.case_id(analysis.shown[0]) if analysis.shown else "",
                    doc_id=analysis.document.doc_id, file=analysis.document.file,
                    analyte=match[1], value=float(match[2]), unit=match[3],
                    **analysis.provenance(sentence, start, end, 0.9),
                )
'''

BROKEN = CODE.replace("yield Lab(", "raise KeyError('no such analyte')\n                yield Lab(")


def installed(folder: Path, code: str = CODE, version: str = "1.0") -> dict[str, str]:
    """Write the package into `folder`; the environment with it."""
    about = folder / "toy_labs-1.0.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (folder / "toy_labs.py").write_text(code)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: toy-labs\nVersion: {version}\n")
    (about / "entry_points.txt").write_text("[casesift.tables]\nlabs = toy_labs:Labs\n")
    return os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
