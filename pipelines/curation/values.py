"""What a curator means by a new value of a cell, in the type of its column; or why it cannot be understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from extract import schema
from pipelines.catalog.datapackage import allowed
from pipelines.curation.dates import days_of
from pipelines.curation.fields import nearest, problem_with, unit_code
from pipelines.curation.sheets import canonical, choices

#: how true and false are written in other languages, and by hand
_TRUE = {
    "true", "wahr", "vrai", "verdadero", "vero", "waar", "sann", "sand", "tosi", "prawda", "истина", "yes",
    "ja", "oui", "si", "sí", "1", "x",
}  # fmt: skip
_FALSE = {
    "false", "falsch", "faux", "falso", "onwaar", "falskt", "falsk", "epätosi", "fałsz", "ложь", "no", "nein",
    "non", "0",
}  # fmt: skip
#: those of them that may be meant as a number or a mark
_SHORT = {"1", "0", "x"}

#: letters of UTF-8 read in another encoding
_MOJIBAKE = re.compile(r"[ÃÂâ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")

#: columns of text that may be a bare number
_DIGITS = ("pmid", "code")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to make of a cell. `kind` and `note` tell what was odd about it, if anything."""

    outcome: str  # "same", "new" or "refused"
    value: Any = None
    kind: str = ""
    note: str = ""


def boolean(text: str, was: str) -> Verdict:
    """True or false, also in other languages."""
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


def number(table: str, name: str, kind: type, raw: Any, text: str, was: str) -> Verdict:
    """A number, also with a decimal comma; `kind` is int or float."""
    note, odd = "", ""
    if not text:
        value: float | None = None
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = float(raw)
    else:
        value = float_of(text)
        if (
            value is None
            and (parts := re.fullmatch(r"([-+−]?\d+(?:[.,\s ']\d{3})*)[.,](\d+)", text))
            and not re.fullmatch(r"[1-9]\d{0,2},\d{3}", text)
        ):
            value = float_of(re.sub(r"[^\d+-]", "", parts[1].replace("−", "-")) + "." + parts[2])
            odd, note = "decimal-comma", f"{text} read as {value:g}"
        if value is None:
            return _no_number(text, was)
        if re.search(r"\d[eE]", text):
            odd, note = "scientific", f"{text} read as {value:g}"
    if value is not None and means(was, value):
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
            if means(was, float(read)):
                return Verdict("same", kind="decimal-comma", note=f"{text} read as {read}")
        message = f"{text} can be {with_point} or {without}; write it without comma"
        return Verdict("refused", kind="decimal-comma", note=message)
    begins = re.match(r"[-+]?\d+(?:[.,]\d+)?", text)
    hint = f"; write {begins[0]} alone, the rest has columns of its own" if begins else ""
    return Verdict("refused", kind="not-a-number", note=f"{text!r} is not a number{hint}")


def free_text(table: str, name: str, raw: Any, text: str, was: str) -> Verdict:
    """A text, or one of the values a coded column may hold."""
    if verdict := _turned_boolean(raw, text, was):
        return verdict
    if values := _values(table, name):
        return _coded(table, name, text, was, values)
    if name == "dose_unit" and (code := unit_code(text)) != text:
        return Verdict("same" if code == was else "new", code, "spelling", f"{text} read as {code}")
    if verdict := _damaged(text, was) or _turned_number(name, raw, text):
        return verdict
    if problem := problem_with(table, name, text):
        return Verdict("refused", kind="not-a-text", note=problem)
    spaces = isinstance(raw, str) and raw != raw.strip()
    return Verdict("new", text, "spaces" if spaces else "", "spaces at its ends; taken without" if spaces else "")


def _values(table: str, name: str) -> list[str]:
    """The values that a coded column may hold; empty where any text may stand."""
    model = schema.TABLES[table]
    return list(choices(table, name)) or (allowed(model, name) if name in model.model_fields else [])


def _turned_boolean(raw: Any, text: str, was: str) -> Verdict | None:
    """A text that a program took for true or false; None when it did not."""
    word = was.casefold()
    stays = Verdict("same", kind="local-boolean", note=f"{was} became {text}; it stays as it was")
    if isinstance(raw, bool):
        if word in (_TRUE if raw else _FALSE) - _SHORT:
            return stays
        return Verdict("refused", kind="local-boolean", note=f"{text} in a column of text; format the cell as text")
    if word in ("true", "false") and text.casefold() in (_TRUE if word == "true" else _FALSE) - _SHORT:
        return stays
    return None


def _damaged(text: str, was: str) -> Verdict | None:
    """A text whose letters or end were lost on the way; None when nothing was."""
    if "\N{REPLACEMENT CHARACTER}" in text and "\N{REPLACEMENT CHARACTER}" not in was:
        note = "letters were lost in another encoding; write it again and save as UTF-8"
        return Verdict("refused", kind="encoding", note=note)
    for encoding in ("cp1252", "latin-1"):
        if _MOJIBAKE.search(text) and (mended := repaired(text, encoding)):
            return Verdict("new", mended, "encoding", f"{text[:40]} read as {mended[:40]}")
    if len(text) in (255, 32_767):
        note = f"exactly {len(text)} characters: it was cut; write it shorter"
        return Verdict("refused", kind="truncated", note=note)
    return None


def _turned_number(name: str, raw: Any, text: str) -> Verdict | None:
    """A text that a program took for a number or a date; None when it did not."""
    if not isinstance(raw, int | float):
        return None
    if "e" in text:
        note = f"{text} in a column of text; format the cell as text and write it again"
        return Verdict("refused", kind="scientific", note=note)
    if days_of(raw, "") and name not in _DIGITS and (raw > 1 or len(repr(raw)) > 8):
        note = f"{text} looks like a date or time turned into a number; write it again as text"
        return Verdict("refused", kind="date", note=note)
    return None


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
    message = f"{text!r} is not one of {', '.join(values)}{hint}" if text else f"empty; one of {', '.join(values)}"
    return Verdict("refused", kind="unknown-value", note=message)


def float_of(text: str) -> float | None:
    """The number that a text of digits is; None when it is none."""
    try:
        number = float(text.replace(",", ".") if re.fullmatch(r"[-+]?\d+,\d+[eE][-+]?\d+", text) else text)
    except ValueError:
        return None
    return number if re.fullmatch(r"[-+.\deE]+", text.replace(",", ".")) and abs(number) != float("inf") else None


def means(was: str, number: float) -> bool:
    """Whether a text is this number, up to what a spreadsheet rounds."""
    before = float_of(was)
    return before is not None and abs(before - number) <= 1e-9 * max(1.0, abs(before))


def repaired(text: str, encoding: str = "cp1252") -> str:
    """UTF-8 that was read in another encoding, put right; empty when the text is no such thing."""
    try:
        return text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return ""
