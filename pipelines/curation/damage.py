"""What spreadsheets do to cells by themselves, told from what a curator wanted.

In: the value a cell had when it was exported, and what it holds now. Out: a `Verdict`: the value is as it was (and what the
program made of it), is a new one, or cannot be understood and is refused. A value is only taken for damaged when the damage
leads from exactly the old value to what stands there now.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from extract import schema
from pipelines.curation.fields import nearest, problem_with
from pipelines.curation.grids import ERROR, FORMULA, PERCENT, Cell
from pipelines.curation.sheets import canonical, choices, plain
from pipelines.datapackage import allowed
from pipelines.store import cell_type
from pipelines.tables import undefused


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to make of a cell. `kind` and `note` tell what was odd about it, if anything."""

    outcome: str  # "same", "new" or "refused"
    value: Any = None
    kind: str = ""
    note: str = ""


#: how true and false are written in other languages, and by hand
_TRUE = {
    "true",
    "wahr",
    "vrai",
    "verdadero",
    "vero",
    "waar",
    "sann",
    "sand",
    "tosi",
    "prawda",
    "истина",
    "yes",
    "ja",
    "oui",
    "si",
    "sí",
    "1",
    "x",
}
_FALSE = {
    "false",
    "falsch",
    "faux",
    "falso",
    "onwaar",
    "falskt",
    "falsk",
    "epätosi",
    "fałsz",
    "ложь",
    "no",
    "nein",
    "non",
    "0",
}

_ERRORS = re.compile(
    r"#(?:NAME\?|REF!|VALUE!|DIV/0!|N/A|NUM!|NULL!|WERT!|BEZUG!|NOM\?|VALEUR!|SPILL!|CALC!|FIELD!)|Err:\d{3}"
)
_MONTHS = {
    m: i % 12 + 1
    for i, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez", "janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc", "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"]
    )
}  # fmt: skip
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
#: columns of text that may be a bare number
_DIGITS = ("pmid", "code")
_EPOCH = dt.datetime(1899, 12, 30)  # day 0 of Excel and LibreOffice


def judge(table: str, name: str, old: Any, cell: Cell) -> Verdict:
    """What a cell of a column says, `old` being what it held at the export (None when that is not known any more)."""
    kind = cell_type(schema.TABLES[table], name) if name in schema.TABLES[table].model_fields else str
    found, was = cell.value, canonical(old)
    text = plain(undefused(found)) if isinstance(found, str) else canonical(found)
    if cell.kind == FORMULA and was == text:
        return Verdict("same")
    if text == was and cell.kind != ERROR:
        return _untouched(found, was)
    for judged in (
        _program(cell, text, was),
        _dates(found, text, was),
        _numbers(found, text, was),
        _letters(text, was),
    ):
        if judged:
            return judged
    if kind is bool:
        return _boolean(text, was)
    if kind in (int, float):
        return _number(table, name, kind, found, text, was)
    return _text(table, name, found, text, was)


def _untouched(found: Any, was: str) -> Verdict:
    if isinstance(found, str) and was and found != found.strip():
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
        if _is(was, number * 100) or _is(was.rstrip("%"), number * 100):
            return Verdict("same", kind="percent", note=f"{was} became a percentage; it stays as it was")
        told = f"a percentage: {number:g} or {number * 100:g}? Format the cell as a number and write it again"
        return Verdict("refused", kind="percent", note=told)
    return None


def _dates(found: Any, text: str, was: str) -> Verdict | None:
    """Days and times made of "1-2", "8/10", "1:1", 1.5."""
    days = _days_of(found, text)
    meant = _days_meant(was)
    if days and days & meant:
        return Verdict("same", kind="date", note=f"{was} became a date ({text}); it stays as it was")
    if isinstance(found, dt.date | dt.time | dt.timedelta):
        told = f"a date or time ({text}); format the cell as text and write it again"
        return Verdict("refused", kind="date", note=told)
    return None


def _days_of(found: Any, text: str) -> set[tuple[int, ...]]:
    """The days (month, day), months (year, month, 0) and times (0, hour, minute, 0) that a cell can be."""
    match found:
        case dt.datetime() if found.date() <= dt.date(1900, 1, 1):
            return _times(found.hour, found.minute)
        case dt.datetime() | dt.date():
            extra = {(found.year % 100, found.month, 0)} if found.day == 1 else set()
            return {(found.month, found.day), *extra}
        case dt.time():
            return _times(found.hour, found.minute)
        case dt.timedelta():
            return _times(int(found.total_seconds()) // 3600, int(found.total_seconds()) // 60 % 60)
        case bool():
            return set()
        case int() | float() if 0 < found < 1:
            minutes = round(found * 1440)
            return _times(minutes // 60, minutes % 60)
        case int() | float() if found == int(found) and 30_000 < found < 60_000:
            return _days_of(_EPOCH + dt.timedelta(days=int(found)), "")
        case str():
            return _days_written(text)
    return set()


def _times(hour: int, minute: int) -> set[tuple[int, ...]]:
    return {(0, hour, minute, 0)}


def _days_written(text: str) -> set[tuple[int, ...]]:
    """The same of a cell that a spreadsheet wrote into CSV: "08. Okt", "Oct-08", "2026-10-08", "01:01:00", "45324"."""
    if re.fullmatch(r"\d{5}", text):
        return _days_of(int(text), "")
    if told := re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?( [AP]M)?", text, re.I):
        return _times(int(told[1]) % 12 if (told[4] or "").strip().upper() == "AM" else int(told[1]), int(told[2]))
    if told := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?", text):
        year, month, day = map(int, told.groups())
        return {(month, day), *({(year % 100, month, 0)} if day == 1 else ())}
    if told := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](?:\d{4}|\d\d)", text):
        a, b = int(told[1]), int(told[2])
        return {(a, b), (b, a)}
    words = re.fullmatch(r"(?:(\d{1,2})[-. ]+)?([^\W\d_]{3,5})\.?(?:[-. ]+(\d{1,4}))?", text.lower())
    if words and words[2] in _MONTHS and (words[1] or words[3]):
        month = _MONTHS[words[2]]
        days = {(month, int(n)) for n in (words[1], words[3]) if n and int(n) <= 31}
        return days | ({(int(words[3]) % 100, month, 0)} if words[3] else set())
    return set()


def _days_meant(was: str) -> set[tuple[int, ...]]:
    """What a text or number would be as a day, a month of a year, or a time."""
    if told := re.fullmatch(r"(\d{1,2}):(\d{1,2})", was):
        return _times(int(told[1]), int(told[2]))
    told = re.fullmatch(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})", was)
    if not told:
        return set()
    a, b = int(told[1]), int(told[2])
    return {(a, b), (b, a), (a, b, 0), (b, a, 0)}


def _numbers(found: Any, text: str, was: str) -> Verdict | None:
    """Digits that a spreadsheet took for a number: leading zeros, scientific notation, lost digits."""
    if re.fullmatch(r"0\d+", was) and was.lstrip("0") == text.split(".")[0] and _is(text, float(was)):
        return Verdict("same", kind="leading-zeros", note=f"{was} lost its leading zeros; it stays as it was")
    number = _float(text)
    before = _float(was)
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


def repaired(text: str, encoding: str = "cp1252") -> str:
    """UTF-8 that was read in another encoding, put right; empty when the text is no such thing."""
    try:
        return text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return ""


def _typed(text: str) -> str:
    text = text.translate(_CURLY)
    for look, typed in _LOOKALIKES:
        text = text.replace(look, typed)
    return text


def _boolean(text: str, was: str) -> Verdict:
    word = text.casefold()
    if word not in _TRUE | _FALSE:
        return Verdict(
            "refused",
            kind="not-a-boolean",
            note=f"{text!r} is neither TRUE nor FALSE" if text else "empty; TRUE or FALSE",
        )
    value = word in _TRUE
    odd = (
        {"kind": "local-boolean", "note": f"{text} read as {str(value).lower()}"}
        if word not in ("true", "false")
        else {}
    )
    return Verdict("same" if canonical(value) == was else "new", value, **odd)


def _number(table: str, name: str, kind: type, found: Any, text: str, was: str) -> Verdict:
    note, odd = "", ""
    if not text:
        value: float | None = None
    elif isinstance(found, int | float) and not isinstance(found, bool):
        value = float(found)
    else:
        value = _float(text)
        if (
            value is None
            and (told := re.fullmatch(r"([-+−]?\d+(?:[.,\s ']\d{3})*)[.,](\d+)", text))
            and not re.fullmatch(r"[1-9]\d{0,2},\d{3}", text)
        ):
            value = _float(re.sub(r"[^\d+-]", "", told[1].replace("−", "-")) + "." + told[2])
            odd, note = "decimal-comma", f"{text} read as {value:g}"
        if value is None:
            return _no_number(text, was)
        if re.search(r"\d[eE]", text):
            odd, note = "scientific", f"{text} read as {value:g}"
    if value is not None and _is(was, value):
        return Verdict("same", kind=odd, note=note)
    if value is not None and kind is int:
        if value != int(value):
            return Verdict("refused", kind="not-a-number", note=f"{text} is not a whole number")
        value = int(value)
    if problem := problem_with(table, name, value):
        return Verdict("refused", kind="out-of-range" if "range" in problem else "not-a-number", note=problem)
    return Verdict("new", value, odd, note)


def _no_number(text: str, was: str) -> Verdict:
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", text):
        with_point, without = text.replace(",", "."), text.replace(",", "")
        for read in (with_point, without):
            if _is(was, float(read)):
                return Verdict("same", kind="decimal-comma", note=f"{text} read as {read}")
        told = f"{text} can be {with_point} or {without}; write it without comma"
        return Verdict("refused", kind="decimal-comma", note=told)
    begins = re.match(r"[-+]?\d+(?:[.,]\d+)?", text)
    hint = f"; write {begins[0]} alone, the rest has columns of its own" if begins else ""
    return Verdict("refused", kind="not-a-number", note=f"{text!r} is not a number{hint}")


def _text(table: str, name: str, found: Any, text: str, was: str) -> Verdict:
    if isinstance(found, bool):
        if was.casefold() == text:
            return Verdict("same", kind="local-boolean", note=f"{was} became {text}; it stays as it was")
        return Verdict("refused", kind="local-boolean", note=f"{text} in a column of text; format the cell as text")
    if was.casefold() in ("true", "false") and text.casefold() in (_TRUE if was.casefold() == "true" else _FALSE) - {
        "1",
        "0",
        "x",
    }:
        return Verdict("same", kind="local-boolean", note=f"{was} became {text}; it stays as it was")
    values = list(choices(table, name)) or (
        allowed(schema.TABLES[table], name) if name in schema.TABLES[table].model_fields else []
    )
    if values:
        return _coded(table, name, text, was, values)
    if "�" in text and "�" not in was:
        return Verdict(
            "refused", kind="encoding", note="letters were lost in another encoding; write it again and save as UTF-8"
        )
    for encoding in ("cp1252", "latin-1"):
        if re.search(r"[ÃÂâ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]", text) and (mended := repaired(text, encoding)):
            return Verdict("new", mended, "encoding", f"{text[:40]} read as {mended[:40]}")
    if len(text) in (255, 32_767):
        return Verdict(
            "refused", kind="truncated", note=f"exactly {len(text)} characters: it was cut; write it shorter"
        )
    if isinstance(found, int | float):
        if re.search(r"e", text):
            return Verdict(
                "refused",
                kind="scientific",
                note=f"{text} in a column of text; format the cell as text and write it again",
            )
        if _days_of(found, "") and name not in _DIGITS and (found > 1 or len(repr(found)) > 8):
            note = f"{text} looks like a date or time turned into a number; write it again as text"
            return Verdict("refused", kind="date", note=note)
    if problem := problem_with(table, name, text):
        return Verdict("refused", kind="not-a-text", note=problem)
    spaces = isinstance(found, str) and found != found.strip()
    return Verdict("new", text, "spaces" if spaces else "", "spaces at its ends; taken without" if spaces else "")


def _coded(table: str, name: str, text: str, was: str, values: list[str]) -> Verdict:
    if text in values:
        return Verdict("new", text)
    exact = next((v for v in values if v.casefold() == text.casefold()), "")
    if exact:
        return Verdict("same" if exact == was else "new", exact, "spelling", f"{text} read as {exact}")
    if not text and not problem_with(table, name, ""):
        return Verdict("new", "")
    near = nearest(text, values)
    hint = f"; did you mean {near!r}?" if near else ""
    told = f"{text!r} is not one of {', '.join(values)}{hint}" if text else f"empty; one of {', '.join(values)}"
    return Verdict("refused", kind="unknown-value", note=told)


def _float(text: str) -> float | None:
    try:
        number = float(text.replace(",", ".") if re.fullmatch(r"[-+]?\d+,\d+[eE][-+]?\d+", text) else text)
    except ValueError:
        return None
    return number if re.fullmatch(r"[-+.\deE]+", text.replace(",", ".")) and abs(number) != float("inf") else None


def _is(was: str, number: float) -> bool:
    before = _float(was)
    return before is not None and abs(before - number) <= 1e-9 * max(1.0, abs(before))
