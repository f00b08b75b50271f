"""The grammar around vocabulary words: when is "oral" a route, "patch" a form, "normal saline" a vehicle?

Called by `terms`. In: the words of a text with its sentences and the drugs already found (`Context`); out: `Found`
proposals. Rules look at the words directly beside a candidate and at what else its sentence holds: a drug,
a dose or a verb of giving.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from extract.language.gazetteer import Gazetteer, Words
from extract.language.tables import read_table
from extract.language.terms.context import Context
from extract.language.terms.found import Found
from extract.language.terms.route_phrases import phrases

Row = dict[str, str]


#: where a way into the body is cut as often as not: "intra-vitreal"
_CUT = re.compile(r"^(intra|peri|retro|trans|sub|epi)(?=[a-z]{4,}(?:al|ar|ous|ly|ic)$)")


@cache
def _table(name: str) -> Gazetteer[list[Row]]:
    """A vocabulary file by the names in it; names that differ only in spelling share an entry."""
    rows: dict[str, list[Row]] = {}
    for row in read_table(f"vocabulary/{name}.csv"):
        for spelling in dict.fromkeys((row["name"], _CUT.sub(r"\1-", row["name"]))):
            rows.setdefault(" ".join(Words.of(spelling).folded.split()), []).append(row)
    entries: Gazetteer[list[Row]] = Gazetteer()
    for spelling, same in rows.items():
        known = entries.get(spelling)
        if known is not None and spelling in entries:
            known.extend(same)
        else:
            entries.update([(spelling, list(same))])
    return entries


@cache
def _route_nouns(side: str) -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("vocabulary/route_nouns.csv") if row["side"] == side)


_NEXT_WORDS = re.compile(r"[^\W_]+")
_ADJECTIVE = re.compile(r"[a-z]{2,}(?:al|ic|ous|ar|ary|ive|eal|ed|ing)$")
_GIVEN_SO = re.compile(r"\s(?:\w+\s)?(?:fluid|(?:re)?hydration)|\s(?:intake|ingestion|use|feeding) of\b")
_LAST_WORD = re.compile(r"([^\W_]+)[\s-]*$")


def describes_place(behind: str) -> bool:
    """Whether an adjective with these words `behind` it describes a place or thing: "oral ulcers", "oral, perineal, and gastric ulcers"."""
    for match in _NEXT_WORDS.finditer(behind):
        word = match.group()
        if word in _route_nouns("after"):
            return True
        if word not in ("and", "or") and not _ADJECTIVE.match(word):
            return False
    return False


def is_of_a_thing(behind: str) -> bool:
    """Whether a route that only the model sees is that of a place or thing `behind` it; "intravenous fluids" are given."""
    return describes_place(behind) and not _GIVEN_SO.match(behind)


def routes(context: Context) -> list[Found]:
    """Routes of administration with their canonical adjective, and those told by what was done, in document order."""
    named = list(_named_routes(context))
    done = [f for f in phrases(context) if not any(f.start < r.end and r.start < f.end for r in named)]
    return sorted([*named, *done], key=lambda f: (f.start, -f.end))


def _named_routes(context: Context) -> Iterator[Found]:
    for start, end, rows in _table("routes").find(context.words):
        row = next((r for r in rows if not r["cased"] or context.text[start:end] == r["name"].rstrip(".")), None)
        if row is None or row["guard"] == "never" or context.defined(start):
            continue
        if context.folded[max(0, start - len(row["norm"]) - 2) : start] == f"{row['norm']} (":
            continue  # "intravenous (IV)": told already
        first, last = context.sentence(start)
        if row["guard"] == "organ":
            preceding = _LAST_WORD.search(context.before(start, 30))
            if preceding and preceding.group(1) in _route_nouns("before"):
                continue
            if describes_place(context.after(end, 60)):
                continue
        if row["guard"] == "beside":
            first, last = max(first, start - 16), min(last, end + 16)
        if row["guard"] and not context.given(first, last, verbs=row["guard"] != "beside"):
            continue
        yield Found(start, end, "route", row["norm"], 0.9 if not row["guard"] else 0.8)


def route_norm(name: str) -> str:
    """The canonical adjective of a route named `name`, or of the last word in it that names one; "" when none does."""
    found = [rows[0]["norm"] for _, _, rows in _table("routes").find(name) if rows[0]["guard"] != "never"]
    return found[-1] if found else ""


def forms(context: Context, routes: Sequence[Found]) -> Iterator[Found]:
    """Dosage forms. An English word ("solution", "patch") is one only close to a drug, a dose or one of the `routes`."""
    route_spots = [(f.start, f.end) for f in routes]
    for start, end, rows in _table("forms").find(context.words):
        row = rows[0]
        if row["guard"] == "word":
            first, last = context.sentence(start)
            near = max(first, start - 30), min(last, end + 25)
            beside_route = any(near[0] <= s and e <= near[1] for s, e in route_spots)
            if not beside_route and not context.given(*near, verbs=False):
                continue
        yield Found(start, end, "form", row["norm"], 0.85 if not row["guard"] else 0.7)


# -- vehicles ----------------------------------------------------------------------------------------------------

#: what stands directly before a vehicle: mixing verbs with their preposition, "in", "with", an amount of it
_AMOUNT = r"(?:(?:about|approximately|up to|a total of)?\s*[\d.,]+\s?(?:ml|cc|l|litres?|liters?|g|gm|mg|%)\s*(?:of\s+|infusion of\s+)?)?"
_QUALITY = r"(?:(?:a|an|the|some|sterile|pure|plain|white|yellow|warm|topical|hydrophilic|commercial|preservative[- ]free|equal (?:parts|amounts?) of)\s+){0,3}"
_MIXED = re.compile(
    r"\b(?:mix(?:ed|ture)?|combin(?:ed|ation)|compound(?:ed|ing)?|formulat(?:ed|ion)|dispers(?:ed|ion)|dissolved|dilut(?:ed|ion)"
    r"|suspen(?:ded|sion)|emulsified|foam(?:ed)?|reconstitut(?:ed|ion)|prepar(?:ed|ation)|incorporated|embedded|blended|made (?:up|with|from|of|in)|crushed"
    r"|emulsions?|vehicle|carrier|base|\d\s?:\s?\d)\b"
)
_IN = re.compile(rf"\b(?:in|into)\s+{_AMOUNT}{_QUALITY}$")
_WITH = re.compile(rf"\b(?:with|and|to|of)\s+{_AMOUNT}{_QUALITY}(?:base of\s+|vehicle of\s+)?$")
_AFTER = re.compile(
    r"\s*(?:\(\w+\)\s*)?(?:-?\s?based?\b|ointment base|cream base|gel base|vehicle|as (?:a|the) (?:vehicle|carrier|base)|in (?:a )?\d\s?:\s?\d)"
)
_BRACKET = re.compile(r"\b(?:in|into|with)\s(?:\w+\s){0,4}(?:paste|base|gel|ointment|cream|vehicle|carrier)\s\(\s?$")
_PERCENT = re.compile(r"\d\s?%\s+(?:\w+\s+){0,2}in\s+(?:a\s+|an\s+)?$")
#: "Vaseline containing gentamicin", "saline to which heparin had been added"
_CARRYING = re.compile(
    r"\s*(?:(?:ointment|gauze|cream|base|solution|bag)\s+)?(?:containing|which contained|that contained|loaded with|impregnated with|medicated with|to which)\b"
)
#: behind the second of two that are mixed: "glue and Lipiodol in equal parts", "Histoacryl and Lipiodol 1:1", "X with water (v/v)"
_IN_PARTS = re.compile(
    r"\s*,?\s*(?:in equal (?:parts|amounts|volumes)|\(?(?:at |in )?(?:a )?(?:ratio (?:of )?)?\d[\d.]*\s?[:/]\s?\d[\d.]*(?:\s*\(?v/v|\s*ratio)?"
    r"|(?:\([^()]{1,20}\)\s*)?were (?:\w+ly )?(?:mixed|combined|blended|emulsified|compounded)\b)"
)
#: one of the things that something was made from: "made from A, lanolin and X base"
_MADE_FROM = re.compile(
    r"\b(?:made|compounded|prepared|composed|consisting) (?:up )?(?:from|of|with)\b[^.;]*(?:,|\band)\s+(?:a |an |anhydrous |white |yellow )*$"
)
#: a fluid with a drug in it: "saline with epinephrine"
_HOLDS = re.compile(r"\s+(?:with|plus)\s+(?:added\s+)?(?:\d[\d.,:]*\s?(?:%|[a-zµμ/]{1,6})?\s+(?:of\s+)?)?$")
#: between two vehicles of which one was used, or two names of one: "normal saline or Ringer's lactate", "ethiodized oil (Lipiodol)"
_OR = re.compile(r"\s*(?:solution\s*)?(?:\bor\b|\band/or\b)\s*(?:in\s+)?(?:a\s+|an\s+)?|\s*\(\s*")
#: between the two that something was mixed with: "in white petrolatum and liquid paraffin"
_AND = re.compile(r"\s*(?:,|,?\s+and)\s+(?:an? |the )?")
#: the strength of a fluid behind its name: "glucose 5%", "normal saline (0.9%)"
_STRENGTH_BEHIND = re.compile(r"\s?%|\s?\(?\d{1,2}(?:[.,]\d+)?\s?%\)?(?!\s*(?:of|/))")
#: what a drug has and a vehicle has not: "in petrolatum and propylene glycol 5%"
_OWN_STRENGTH = re.compile(r"\s?\(?\d[\d.,]*\s?%")
#: what a base is, not what carries: "a water-washable cream"
_MAKE = re.compile(r"-\s?(?:washable|soluble|miscible|free|repellent|resistant|proof)\b")
_FOAMED = re.compile(r"\bfoam(?:ed)?\b[^.;]*\b(?:with|and|to)\s+(?:\w+\s+)?$")
_MIXABLE = frozenset({"base", "oil", "solvent"})
_ADDED = re.compile(r"\s*(?:was|were)\s+added\s+to\b")
_NOT_PLACE = re.compile(
    r"\b(?:stored|immersed|soaked|preserved|placed|submitted|transported|washed|rinsed|kept|fixed|sent)\b[^.;]*\bin\s+\S*\s*$"
)


def vehicle_names() -> Gazetteer[list[Row]]:
    """The vehicles of the vocabulary."""
    return _table("vehicles")


def vehicles(context: Context, names: Gazetteer[list[Row]]) -> Iterator[Found]:
    """Vehicles where the grammar says they carry a drug; where they are a treatment of their own, drugs.

    A vehicle is told by its name ("ointment base"), by what follows ("petrolatum base", "oil-based"), or by what goes
    before ("20% in Vaseline", "diluted in 100 mL of normal saline", "a mixture of STS with Vaseline") together
    with a drug or a dose in the same sentence. Of "an ointment base (Aquaphor)" the one with a name stays; two bases, oils or
    solvents joined by "and" are one vehicle.
    """
    pending: Found | None = None
    kind = ""  # of the pending one
    last = -1  # where the last vehicle ended
    for start, end, rows in names.find(context.words):
        row = rows[0]
        if _MAKE.match(context.folded, end):
            continue
        strength = _STRENGTH_BEHIND.match(context.folded, end) if row["kind"] == "fluid" else None
        whole = strength.end() if strength else end
        mixable = pending is not None and pending.label == "vehicle" and {kind, row["kind"]} <= _MIXABLE
        if pending and mixable and _joined(context, pending.end, start, end):
            last = end
            pending = Found(pending.start, end, "vehicle", f"{pending.norm} and {row['norm']}", 0.85)
            continue
        named = row["kind"] == "base" and _BRACKET.search(context.before(start, 40))
        if pending is not None and not (named and pending.end == start - 2):
            yield pending
        pending = None
        alternative = last >= 0 and _OR.fullmatch(context.folded, last, start)
        bracketed = named and context.given(*context.sentence(start), verbs=False)
        if bracketed or row["alone"] or alternative or _is_vehicle(context, row, start, whole):
            last = whole
            pending, kind = Found(start, whole, "vehicle", row["norm"], 0.85), row["kind"]
        elif row["drug"]:
            yield Found(start, end, "drug", row["drug"], 0.35 if row["kind"] == "fluid" else 0.5)
    if pending is not None:
        yield pending


def _is_vehicle(context: Context, row: Row, start: int, end: int) -> bool:
    """Whether what stands at start..end carries a drug, by its kind: a gas foams it, a fluid may hold it, all others carry it."""
    if row["kind"] == "gas":
        foamed = _FOAMED.search(context.before(start, 120))
        return bool(foamed) and context.given(*context.sentence(start), verbs=False)
    holds = row["kind"] == "fluid" and row["norm"] != "water" and holds_drug(context, end)
    return holds or carries(context, start, end)


def _joined(context: Context, first_end: int, start: int, end: int) -> bool:
    """Whether a second base or oil at start..end is one vehicle with the first, which ends at `first_end`."""
    return bool(_AND.fullmatch(context.folded, first_end, start)) and not _OWN_STRENGTH.match(context.folded, end)


def carries(context: Context, start: int, end: int) -> bool:
    """Whether what stands at start..end carries a drug in its sentence."""
    first, last = context.sentence(start)
    before, after = context.before(start, 120), context.after(end, 40)
    if _MADE_FROM.search(before):
        return context.given(first, last, verbs=False)
    if _IN_PARTS.match(after) and _WITH.search(before):
        return context.given(max(first, start - 60), start, verbs=False)
    if _AFTER.match(after):
        return context.given(first, last)
    near = max(first, start - 120)
    if _PERCENT.search(before):
        return True
    if (
        "lipid" not in context.folded[start:end]
        and _CARRYING.match(after)
        and context.drug_between(end, min(last, end + 60))
    ):
        return True
    if _ADDED.match(after):
        return context.drug_between(end, last)
    if _NOT_PLACE.search(before):
        return False
    if _IN.search(before):
        return context.given(near, start, verbs=False) or bool(_MIXED.search(before))
    if _WITH.search(before):
        return bool(_MIXED.search(before)) and context.given(near, last, verbs=False)
    return False


def holds_drug(context: Context, end: int) -> bool:
    """Whether a drug in it is told right behind a fluid: "saline with epinephrine"."""
    last = context.sentence(max(end - 1, 0))[1]
    return any(
        end < start <= min(last, end + 30) and _HOLDS.fullmatch(context.folded, end, start)
        for start, _ in context.drugs
    )


# -- sites -------------------------------------------------------------------------------------------------------

_OF = re.compile(r"\s+(?:of|on|in)\s+(?:the\s+|his\s+|her\s+|their\s+|both\s+)?$")
_SIDE_GAP = re.compile(r"(?:\s+|\s+and\s+|,\s*|-|/|\s*\(\w+\)\s*)$")


def sites(context: Context) -> Iterator[Found]:
    """Body sites with their side and position: "left breast", "L breast", "both knees", "dorsum of the left hand"."""
    pending: Found | None = None
    sides: list[tuple[int, int]] = []
    for start, end, rows in _table("sites").find(context.words):
        row = rows[0]
        text = context.text[start:end]
        if row["part"] == "side":
            if len(text) == 1 and not text.isupper():
                continue
            if sides and not _SIDE_GAP.fullmatch(context.folded[sides[-1][1] : start]):
                sides = []
            sides.append((start, end))
            continue
        begin = sides[0][0] if sides and _SIDE_GAP.fullmatch(context.folded[sides[-1][1] : start]) else start
        sides = []
        if pending is not None and _OF.fullmatch(context.folded[pending.end : begin]):
            begin = pending.start
            pending = None
        if pending is not None:
            yield pending
        pending = Found(begin, end, "site", " ".join(context.folded[begin:end].split()), 0.7)
    if pending is not None:
        yield pending
