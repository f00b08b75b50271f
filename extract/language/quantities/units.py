"""Units of doses: spellings to codes, and the patterns that recognise them.

Codes are those of UCUM (ucum.org), in ASCII: "mg/kg/d", "ug/kg/min", "mg/(5.mL)", "{tablet}"; see rules/units.csv.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extract.language.quantities.numbers import parse_number
from extract.language.quantities.parts import DASH, GAP, KEPT, SPACE, any_of, plain, rules, spaced, spellings
from extract.rules.compiling import compiled

_ROWS = rules("units")


#: words that stand glued to a unit where a space was lost: "80 mgiv", "45 mg/dayfor a week"
GLUED = r"(?i:iv|im|sc|po|bid|tid|qid|for)\b"


def _spelt(row: dict[str, str]) -> list[str]:
    """The spellings of a row; a code spells itself."""
    return list(dict.fromkeys([*spellings(row["written"]), *([row["unit"]] if row["factor"] == "1" else [])]))


#: of an area under the curve of concentration and time, by which carboplatin is dosed: "AUC 5"
AUC_UNIT = "mg.min/mL"

#: units of one kind, and what each is worth in the base unit of it
BASE_UNITS = {row["unit"]: (row["base"], float(row["in_base"])) for row in _ROWS if row["base"]}
ROLES = {row["unit"]: row["role"] for row in _ROWS}
_EXACT: dict[str, tuple[str, float]] = {}
_ANY: dict[str, tuple[str, float]] = {}
for _row in _ROWS:
    for _word in _spelt(_row):
        _table = _EXACT if len(_word) == 1 or _word in ("MU", "mu", "IE", "gs", "gr", "hs") else _ANY
        _table[_word if _table is _EXACT else _word.lower()] = (_row["unit"], float(_row["factor"]))


def _alternatives(roles: tuple[str, ...]) -> str:
    """Spellings of the units of some roles: exact ones as they are, the others in any case; longest first."""
    words = [w for row in _ROWS if row["role"] in roles for w in _spelt(row)]
    exact, free = [w for w in words if w in _EXACT], [w for w in words if w not in _EXACT]
    # "mg." and "tabs." end in a stop of their own only where the sentence goes on in lower case
    stopped = [
        re.escape(w[:-1]) + rf"\.(?={SPACE}+(?-i:[a-z(]))" for w in free if w.endswith(".") and w.count(".") == 1
    ]
    plain_words = [w for w in free if not (w.endswith(".") and w.count(".") == 1)]
    tail = f"(?:(?![A-Za-zµμ])|(?={GLUED}))"
    return f"(?:(?i:{'|'.join([*stopped, any_of(plain_words)])}){tail}|(?:{'|'.join(map(spaced, exact))}){tail})"


#: a finer unit, and how many of it one is
_FINER = {"L": ("mL", 1000), "mL": ("uL", 1000), "kg": ("g", 1000), "g": ("mg", 1000), "mg": ("ug", 1000)}

_NOT_PERCENT = ("dose", "volume", "count", "lab")
_TOP = _alternatives(_NOT_PERCENT)
PERCENT = rf"(?:%(?:{SPACE}?\(?w/[wv]\)?)?|(?i:per{SPACE}?cent)\b)"
_BELOW = _alternatives(("base", "dose", "volume", "lab", "count"))
_MINUS = r"[-−–‐‑]"
#: "kg-1", "kg⁻¹", "kg^-1": per kg; "m-2", "m⁻²": per square metre
_INVERSE = rf"(?:{SPACE}?\^?{SPACE}?{_MINUS}{SPACE}?1(?!\d)|⁻¹)"
_PER_M2 = rf"m(?:{SPACE}?\^?{SPACE}?{_MINUS}{SPACE}?[2²](?!\d)|⁻²)"
_TIMES = rf"{SPACE}?(?:[·⋅∙•.*×]{SPACE}?)?"
_SLASH = rf"(?:{GAP}[/∕⁄]{GAP}|{SPACE}(?i:per|a){SPACE}|{SPACE}?[·⋅∙•.*×]{SPACE}?(?=\S{{1,3}}{_INVERSE}))"
#: one denominator: "/kg", " per day", "/8 h", "/5 mL", "/(5.mL)", "kg-1"
_DENOMINATOR = rf"{_TIMES}{_PER_M2}|/\(\d+(?:\.\d+)?\.{_BELOW}\)|{_SLASH}(?:\d+(?:\.\d+)?{GAP}{DASH}?)?{_BELOW}{_INVERSE}?(?!{SPACE}apart\b)|{SPACE}?{_BELOW}{_INVERSE}"
#: a unit with its denominators; the first is not a percent
UNIT = rf"{_TOP}(?:{_DENOMINATOR}){{0,3}}"

_ONE_TOP = compiled(rf"{_TOP}")
_ONE_BELOW = compiled(
    rf"(?P<square>{_TIMES}{_PER_M2})|/\((?P<many>\d+(?:\.\d+)?)\.(?P<of>{_BELOW})\)|(?:{_SLASH}(?P<n>\d+(?:\.\d+)?)?{GAP}{DASH}?(?P<unit>{_BELOW}){_INVERSE}?)|(?:{SPACE}?(?P<inverse>{_BELOW}){_INVERSE})"
)


@cache
def lookup(word: str) -> tuple[str, float] | None:
    """Code and factor of one spelling, or None."""
    word = " ".join(word.split())
    return _EXACT.get(word) or _ANY.get(word.lower()) or _ANY.get(word.lower().replace("-", " "))


def _so_much(scale: float, name: str) -> tuple[str, float]:
    """So much of a unit as what stands below the slash, where UCUM takes whole numbers alone, and what a value is to be multiplied by.

    0.1 mL is (100.uL); where no finer unit makes it whole, the value is told per one: 2 mg per 1.73 m2 is 1.16 mg/m2.
    """
    if scale != int(scale) and name in _FINER:
        name, scale = _FINER[name][0], round(scale * _FINER[name][1], 9)
    if scale != int(scale):
        return name, 1 / scale
    return (name, 1.0) if scale == 1 else (f"({plain(scale)}.{name})", 1.0)


@lru_cache(KEPT)
def parse_unit(text: str) -> tuple[str, float, float | None] | None:
    """Code, factor for the value, and doses a day where the unit says every how many hours ("500 mg/8 h" is mg, 3).

    None when `text` is not a unit.
    """
    text = text.strip()
    if re.fullmatch(PERCENT, text):
        return "%", 1.0, None
    if not (top := _ONE_TOP.match(text)) or not (unit := lookup(top[0])):
        return None
    code, factor = unit
    per_day: float | None = None
    at = top.end()
    while at < len(text):
        below = _ONE_BELOW.match(text, at)
        if not below or below.end() == at:
            return None
        base = ("m2", 1.0) if below["square"] else lookup(below["of"] or below["unit"] or below["inverse"])
        if base is None:
            return None
        number = parse_number(below["many"] or below["n"] or "1")
        assert number is not None
        name, scale = base[0], number * base[1]
        hours = {"h": 1.0, "d": 24.0, "wk": 168.0}.get(name, 0.0) * scale
        if hours == 24:
            code += "/d"
        elif hours and scale != 1:
            per_day = round(24 / hours, 4)
        else:
            below_it, worth = _so_much(scale, name)
            code, factor = f"{code}/{below_it}", factor * worth
        at = below.end()
    return code, factor, per_day


def ucum(text: str) -> str:
    """The code of a unit as a person writes it: "mg/day" is mg/d, "IU" [IU]; empty where it is none, or a value would change with it."""
    if text.strip() in (AUC_UNIT, "AUC"):
        return AUC_UNIT
    code, factor, per_day = parse_unit(text) or ("", 0.0, None)
    return code if factor == 1 and per_day is None else ""
