"""What spreadsheets do to cells by themselves, told from what a curator wanted.

In: the value a cell had when it was exported, and what it holds now. Out: a `Verdict`: the value is as it was (and what the
program made of it), is a new one, or cannot be understood and is refused. A value is only taken for damaged when the damage
leads from exactly the old value to what stands there now.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from extract import schema
from pipelines.catalog.columns import cell_type
from pipelines.curation.cells import ERROR, FORMULA, PERCENT, WRITTEN, Cell
from pipelines.curation.dates import days_meant, days_of
from pipelines.curation.lost_points import ungrouped
from pipelines.curation.sheets import canonical, plain
from pipelines.curation.values import Verdict, boolean, float_of, free_text, means, number, repaired
from pipelines.files.csv_cells import undefused

_ERRORS = re.compile(
    r"#(?:NAME\?|REF!|VALUE!|DIV/0!|N/A|NUM!|NULL!|WERT!|BEZUG!|NOM\?|VALEUR!|SPILL!|CALC!|FIELD!)|Err:\d{3}"
)
#: what stands for an empty cell in tables that a program wrote
NOTHING = ("NaN", "nan", "NaT", "<NA>", "None", "NULL", "null", "N/A", "n/a", "#N/A")
#: columns in which a day may be told
_TELL_DAYS = ("when_text", "title", "journal", "evidence", "pmid", "code", "doi", "label")
#: days as spreadsheets write them, beyond what people write: 2-Jan, Jan-02, 02.01.2026, 2026-01-02, 45000
_MADE = re.compile(
    r"\d{1,2}[-. ]+[^\W\d_]{3,5}\.?(?:[-. ]\d{2,4})?|[^\W\d_]{3,5}[-. ]\d{2,4}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d(?:[ T][\d:]+)?|\d{5}"
)
_SCIENTIFIC = re.compile(r"\d[eE]")
_CURLY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "–": "-", "—": "-", "−": "-"}
)
_LOOKALIKES = (
    ("…", "..."),
    ("©", "(c)"),
    ("®", "(r)"),
    ("™", "(tm)"),
    ("½", "1/2"),
    ("¼", "1/4"),
    ("¾", "3/4"),
    ("→", "->"),
    ("→", "-->"),
)


def judge(table: str, name: str, old: Any, cell: Cell) -> Verdict:
    """What a cell of a column says, `old` being what it held at the export (None when that is not known any more)."""
    kind = cell_type(schema.TABLES[table], name) if name in schema.TABLES[table].model_fields else str
    raw, was = cell.value, canonical(old)
    text = plain(undefused(raw)) if isinstance(raw, str) else canonical(raw)
    if cell.kind == FORMULA and was == text:
        return Verdict("same")
    if text == was and cell.kind != ERROR:
        return _untouched(raw, was)
    for judged in (
        _program(cell, text, was),
        _missing(text, was),
        _dates(name, kind, cell, text, was),
        _ungrouped(kind, text, was),
        _numbers(kind, text, was),
        _letters(text, was),
    ):
        if judged:
            return judged
    if kind is bool:
        return boolean(text, was)
    if kind in (int, float):
        return number(table, name, kind, raw, text, was)
    return free_text(table, name, raw, text, was)


def _untouched(raw: Any, was: str) -> Verdict:
    if isinstance(raw, str) and was and raw != raw.strip():
        return Verdict("same", kind="spaces", note="spaces at its ends; taken without")
    return Verdict("same")


def _program(cell: Cell, text: str, was: str) -> Verdict | None:
    """Formulas, their errors, percentages."""
    if cell.kind == ERROR or (isinstance(cell.value, str) and _ERRORS.fullmatch(text) and text != was):
        if was[:1] in tuple("=+-@"):
            return Verdict("same", kind="error", note=f"{was!r} was run as a formula; it stays as it was")
        return Verdict("refused", kind="error", note=f"the error {text}; write the value itself")
    if cell.kind == FORMULA:
        return Verdict("refused", kind="formula", note=f"a formula ({text[:40]}); write its result as a value")
    if cell.kind == PERCENT:
        number = float(cell.value)
        if any(means(x.rstrip("%"), number * 100) for x in (was, ungrouped(was))):
            return Verdict("same", kind="percent", note=f"{was} became a percentage; it stays as it was")
        message = f"a percentage: {number:g} or {number * 100:g}? Format the cell as a number and write it again"
        return Verdict("refused", kind="percent", note=message)
    return None


def _missing(text: str, was: str) -> Verdict | None:
    """What pandas and others write where there is nothing."""
    if text not in NOTHING or was in NOTHING:
        return None
    if not was:
        return Verdict("same")  # of all empty cells; not worth a word
    return Verdict("refused", kind="missing", note=f"{text} instead of {was[:40]}: empty the cell if that is meant")


def _dates(name: str, kind: type, cell: Cell, text: str, was: str) -> Verdict | None:
    """Days and times made of "1-2", "8/10", "1:1", 1.5."""
    raw = cell.value
    days = days_of(raw, text)
    meant = days_meant(was)
    if days and days & meant:
        return Verdict("same", kind="date", note=f"{was} became a date ({text}); it stays as it was")
    if cell.kind == WRITTEN and days and was and name not in _TELL_DAYS and kind is str and _MADE.fullmatch(text):
        message = f"{text} instead of {was}: a date that a spreadsheet made of what was typed? Format the cell as text, write it again"
        return Verdict("refused", kind="date", note=message)
    if cell.kind == WRITTEN and days and not was and name not in _TELL_DAYS and kind is str and _MADE.fullmatch(text):
        message = f"{text}: a date that a spreadsheet made of what was typed? Format the cell as text, write it again"
        return Verdict("refused", kind="date", note=message)
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        message = f"a date or time ({text}); format the cell as text and write it again"
        return Verdict("refused", kind="date", note=message)
    return None


def _ungrouped(kind: type, text: str, was: str) -> Verdict | None:
    """A number in a text whose point or comma was taken for a mark of thousands: "0.375%" as "375%"."""
    if kind is not str or not text or text != ungrouped(was):
        return None
    note = f"{was} became {text}, its mark taken for one of thousands; it stays as it was"
    return Verdict("same", kind="thousands", note=note)


def _numbers(kind: type, text: str, was: str) -> Verdict | None:
    """Digits that a spreadsheet took for a number: leading zeros, scientific notation, lost digits, another decimal mark."""
    original = text
    if kind is str:
        text, plain_was = _pointed(text), _pointed(was)
        before = float_of(plain_was) if not _SCIENTIFIC.search(was + text) and not re.fullmatch(r"0\d+", was) else None
        if (
            text != was
            and before is not None
            and float_of(text) == before
            and was.endswith("%") == original.endswith("%")
        ):
            return Verdict(
                "same", kind="reformatted", note=f"{was} became {original}, the same number; it stays as it was"
            )
    if re.fullmatch(r"0\d+", was) and was.lstrip("0") == text.split(".")[0] and means(text, float(was)):
        return Verdict("same", kind="leading-zeros", note=f"{was} lost its leading zeros; it stays as it was")
    number = float_of(text)
    before = float_of(was)
    scientific = re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+", text) is not None
    if number is None or before is None or text == was:
        return None
    long = len(re.sub(r"\D", "", was)) > 10  # shorter numbers are not cut
    cut = (
        scientific
        and long
        and abs(number - before) <= abs(before) * 10 ** -max(2, len(re.sub(r"[eE].*|\D", "", text)) - 1)
    )
    if re.fullmatch(r"\d+[eE]\d+", was) and number == before:
        return Verdict("same", kind="scientific", note=f"{was} was taken for a number; it stays as it was")
    if cut or (number == before and scientific):
        return Verdict("same", kind="scientific", note=f"{was} became {text}; it stays as it was")
    if len(re.sub(r"\D", "", was)) > 15 and f"{number:.14e}" == f"{before:.14e}":
        return Verdict("same", kind="digits", note=f"{was} lost its last digits; it stays as it was")
    return None


def _pointed(text: str) -> str:
    """A number with a decimal comma, a percent sign, or in brackets for one below 0, as a number with a point."""
    if bracketed := re.fullmatch(r"\((\d+(?:[.,]\d+)?)\)", text):
        text = f"-{bracketed[1]}"
    if re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?\s?%", text):
        text = text.rstrip("% ")
    return text.replace(",", ".") if re.fullmatch(r"[-+]?\d+,\d+", text) else text


def _letters(text: str, was: str) -> Verdict | None:
    """Encodings, autocorrection and cut ends of a text that was there."""
    if not text or not was:
        return None
    for encoding in ("cp1252", "latin-1", "mac-roman"):
        if repaired(text, encoding) == was:
            return Verdict(
                "same", kind="encoding", note=f"letters in a changed encoding ({text[:40]}); it stays as it was"
            )
    lost = len(text) == len(was) and any(b in "?�" for b in text)
    if lost and all(a == b or (b in "?�" and ord(a) > 126) for a, b in zip(was, text, strict=True)):
        return Verdict("same", kind="encoding", note=f"letters were lost ({text[:40]}); it stays as it was")
    if _typed(text) == _typed(was):
        return Verdict(
            "same", kind="autocorrect", note="quotes, dashes or dots changed by autocorrection; it stays as it was"
        )
    if len(text) >= 200 and len(text) < len(was) and was.startswith(text.rstrip("… .")):
        return Verdict("same", kind="truncated", note=f"cut after {len(text)} characters; it stays as it was")
    if " ".join(text.split()) == " ".join(was.split()):
        return Verdict("same", kind="spaces", note="only spaces or line breaks differ; it stays as it was")
    return None


def _typed(text: str) -> str:
    text = text.translate(_CURLY)
    for look, typed in _LOOKALIKES:
        text = text.replace(look, typed)
    return text
