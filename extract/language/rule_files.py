"""The rule and vocabulary files of this room: their columns, and what a cell of each may hold.

What a file is for and what its kinds mean stands at its head, in `rules/*.csv` and `vocabulary/*.csv`. The stages take the rows
from here, most of them by `extract.language.tables.read_table`.
"""

from __future__ import annotations

from extract.rules import WORD_START, Choice, Column, Flag, Kinds, Number, Pattern, Place, RuleFile, Text, Word, Words
from extract.schema import MENTION_LABELS, THERAPY_KINDS

_NEEDED, _CELL, _ANY = Word(), Word(required=False), Text()
_YES, _TRUE = Choice("yes", required=False), Choice("true", "false")
_LIST = Words(separator=";")
_WHOLE = Number(whole=True, required=True)


def _vocabulary(name: str, /, **columns: Column) -> RuleFile:
    return RuleFile(f"language/vocabulary/{name}.csv", None, **columns, comment=_ANY)


def _rules(name: str, /, **columns: Column) -> RuleFile:
    return RuleFile(f"language/rules/{name}.csv", None, **columns, comment=_ANY)


def _patterns(path: str, /, pattern: Pattern, **columns: Column) -> RuleFile:
    """A file of patterns, each with its example."""
    first = {"kind": columns.pop("kind")} if "kind" in columns else {}
    tried: dict[str, Column] = {"example": Text(required=True), "not_example": _ANY, "comment": _ANY}
    return RuleFile(f"language/{path}.csv", None, **first, pattern=pattern, **columns, **tried)


# drugs
DRUGS = _vocabulary(
    "drugs_extra",
    name=_NEEDED, same_as=_CELL, system=Choice("DrugBank", "MeSH", required=False), code=_CELL, synonyms=_LIST, brands=_LIST,
    abbreviations=_LIST, ingredients=_LIST,
)  # fmt: skip
RuleFile(
    "language/vocabulary/drugs_stop.csv",
    wording=_NEEDED, kind=Choice("never", "text", "substance", "word"), reason=_ANY,
)  # fmt: skip
_vocabulary("drugs_modifiers", phrase=_NEEDED, where=Choice("before", "after", "both"))
_vocabulary("drugs_salts", salt=_NEEDED)
_vocabulary("drugs_class_words", word=_NEEDED, where=Choice("ending", "whole", "last"))
_vocabulary("drug_classes", name=_NEEDED, norm=_NEEDED)
CLASS_MAKES = _patterns(
    "rules/drug_classes_by_make",
    Pattern(flags=0),
    kind=Kinds(effect=Place.ANYWHERE, head=Place.ANYWHERE, whole=Place.ANYWHERE, never=Place.ANYWHERE),
)
_vocabulary("not_drugs", name=_NEEDED, always=_YES, find=_YES)
_vocabulary("analytes", name=_NEEDED)

# diagnoses
DIAGNOSES_CODES = _vocabulary("diagnoses_codes_extra", code=_CELL, names=Words(separator=";", required=True))
_vocabulary("diagnoses_codes_broad", word=_NEEDED, where=Choice("alone", "last"))
FAMILIES = _patterns(
    "vocabulary/diagnoses_codes_families",
    Pattern(flags=0),
    kind=Kinds(
        only=Place.ANYWHERE, never=Place.ANYWHERE, title=Place.ANYWHERE, whole=Place.ANYWHERE, two=Place.ANYWHERE
    ),
    codes=Pattern(flags=0, required=False, tried=False),
)
SPELLINGS = _patterns(
    "vocabulary/diagnoses_codes_spelling", Pattern(flags=0, alone=True), replacement=Text(required=True)
)
TITLES = _patterns("vocabulary/diagnoses_codes_titles", Pattern(flags=0, alone=True), replacement=_ANY, general=Flag())
_vocabulary("diagnoses_codes_words", word=_NEEDED, replacement=_CELL)
_vocabulary(
    "diagnosis_heads",
    text=_NEEDED, kind=Choice("head", "suffix", "name", "cased", "weak", "not", "after", "adjective"),
)  # fmt: skip
_vocabulary("diagnosis_modifiers", word=_NEEDED, kind=Choice("part", "vague", "plain", "never"))
_vocabulary(
    "symptoms",
    name=_NEEDED, kind=Choice("symptom", "general", "imaging", "property", "procedure", "lab", "organism"),
)  # fmt: skip

# forms, routes, vehicles, places
VEHICLES = _vocabulary(
    "vehicles",
    name=_NEEDED, norm=_CELL, kind=Choice("base", "oil", "solvent", "fluid", "gas", "carrier", required=False), drug=_CELL, alone=_YES,
)  # fmt: skip
_vocabulary("forms", name=_NEEDED, norm=_NEEDED, guard=Choice("word", required=False))
_vocabulary(
    "routes",
    name=_NEEDED, norm=_NEEDED, cased=_YES, guard=Choice("organ", "near", "beside", "never", required=False),
)  # fmt: skip
_vocabulary("route_nouns", word=_NEEDED, side=Choice("before", "after"))
ROUTE_PHRASES = _patterns(
    "vocabulary/route_phrases",
    Pattern(prefix=WORD_START, flags=0, alone=True), norm=_NEEDED, needs=Choice("either", "beside", "before", "after"),
)  # fmt: skip
_vocabulary("sites", name=_NEEDED, part=Choice("site", "side"))
_vocabulary("organs", name=_NEEDED)

# what treats and is no drug
THERAPIES = _vocabulary(
    "therapies",
    name=_NEEDED, norm=_CELL,
    kind=Choice(*THERAPY_KINDS, "none"),
    generic=Flag(),
)  # fmt: skip
THERAPY_CUES = _patterns(
    "rules/therapy_cues",
    Pattern(prefix=WORD_START),
    kind=Kinds(
        not_before=Place.BEFORE, not_after=Place.BEHIND, past_before=Place.BEFORE, past_after=Place.BEHIND, planned=Place.BEFORE,
        planned_after=Place.BEHIND, avoided=Place.BEFORE, avoided_after=Place.BEHIND, declined=Place.BEFORE, declined_after=Place.BEHIND, modifier=Place.BEFORE,
    ),
)  # fmt: skip

# sentences, abbreviations, edges of mentions
_vocabulary(
    "sentence_abbreviations", abbreviation=_NEEDED, **{"class": Choice("end", "number", "never", "name", "initial")}
)
_vocabulary("sentence_openers", word=_NEEDED)
TOKENIZER_ABBREVIATIONS = _rules("tokenizer_abbreviations", word=_NEEDED)
TOKENIZER_UNITS = _rules("tokenizer_units", word=_NEEDED)
_vocabulary("abbreviation_words", word=_NEEDED, **{"class": Choice("word", "never_in_long", "not_first", "unit")})
_vocabulary("mention_edges", label=Choice("diagnosis", "drug"), side=Choice("first", "last"), word=_NEEDED)

# what is no diagnosis, and what an acronym is by its company
NOT_DIAGNOSES = _patterns(
    "rules/not_diagnoses",
    Pattern(flags=0),
    kind=Kinds(
        procedure=Place.END, organism=Place.END, finding=Place.END, measured=Place.END, genus=Place.END, but=Place.END,
        after=Place.BEHIND, before=Place.BEFORE,
    ),
)  # fmt: skip
EXCLUSIONS = _patterns(
    "rules/exclusions",
    Pattern(flags=0),
    kind=Kinds(
        measured_after=Place.NEXT, measured_before=Place.BEFORE, never_after=Place.NEXT, given_before=Place.BEFORE,
        given_after=Place.NEXT, tracer=Place.NAME, place_before=Place.BEFORE, form_after=Place.NEXT, list_before=Place.BEFORE, list_after=Place.NEXT,
        giving=Place.ANYWHERE,
    ),
)  # fmt: skip
EXCLUSION_WORDS = _rules("exclusion_words", kind=Choice("sore", "place", "degree"), word=_NEEDED)
FRAMES = _patterns(
    "rules/diagnosis_frames",
    Pattern(flags=0),
    kind=Kinds(
        **{"before": Place.BEFORE, "surely": Place.BEFORE, "after": Place.NEXT, "ends": Place.BEHIND},
        **{"named": Place.BEFORE, "not": Place.WHOLE, "either": Place.WHOLE},
        **{"said": Place.ANYWHERE, "closing": Place.WHOLE, "unnamed": Place.WHOLE},
    ),
)

# quantities
_rules("ages", written=Words(required=True), years=Number(), alone=_TRUE)
_rules("analytes", stem=_NEEDED, reach=_WHOLE)
DURATION_WORDS = _patterns(
    "rules/duration_words",
    Pattern(flags=0),
    kind=Kinds(
        lead_length=Place.BEFORE, lead_point=Place.BEFORE, lead_name=Place.BEFORE, rest_length=Place.NEXT, rest_point=Place.NEXT,
        rest_name=Place.NEXT, rest_compound=Place.NEXT,
    ),
)  # fmt: skip
_rules("durations", written=Words(required=True), seconds=_WHOLE, british=Number(whole=True))
_rules(
    "frequencies",
    written=Words(required=True), per_day=Number(), flag=Choice("once", "prn", "continuous", "intermittent", required=False),
    dotted=_TRUE, case=Choice("any", "exact"), alone=_TRUE,
)  # fmt: skip
_rules("not_dosing", stem=_NEEDED)
_rules("not_given_after", word=_NEEDED, between=_WHOLE)
_rules("not_strength", side=Choice("before", "after"), word=_NEEDED)
_rules("numbers", word=_NEEDED, value=Number(required=True), kind=Choice("unit", "ten", "fraction", "scale", "article"))
_rules(
    "pain_scales", written=Words(required=True), scale=_NEEDED, max=Number(), pain=Choice("true", "false", "generic")
)
PAIN_WORDS = _patterns(
    "rules/pain_words",
    Pattern(prefix=r"(?<!\w)"),
    kind=Kinds(
        pain=Place.ANYWHERE, other=Place.ANYWHERE, rated=Place.ANYWHERE, free=Place.ANYWHERE, link=Place.BETWEEN, change=Place.ANYWHERE,
        counted=Place.NEXT,
    ),
)  # fmt: skip
RATIO_WORDS = _patterns(
    "rules/ratio_words",
    Pattern(prefix=r"(?<!\w)", flags=0),
    kind=Kinds(mix=Place.ANYWHERE, other=Place.ANYWHERE, premix=Place.ANYWHERE, dilution=Place.ANYWHERE),
)
_rules("sexes", written=Words(required=True), sex=Choice("F", "M"))
_rules("strength_words", kind=Choice("ending", "agent", "lead", "form", "carrier"), word=_NEEDED)
_rules(
    "units",
    unit=_NEEDED, factor=Number(required=True), role=Choice("dose", "volume", "count", "base", "lab", "percent"),
    written=Words(required=True), base=_CELL, in_base=Number(),
)  # fmt: skip
_rules("weekdays", day=_WHOLE, written=_NEEDED, short=Words(required=True), initial=Words(required=True))

# what stands before a dose and is no name
_rules("not_names", kind=Choice("word", "part", "ending"), word=_NEEDED)

# assertion: the words; the triggers stand in `extract.language.context.rules`
_rules(
    "assertion_words",
    word=_NEEDED,
    kind=Choice("number", "free", "separator", "break", "gap", "verb", "opener", "deed"),
)
_rules("assertion_chronic", term=_NEEDED, kind=Choice("chronic", "passing"))
_rules("assertion_lab", term=_NEEDED, kind=Choice("analyte", "unit", "cue"))

# the model
RuleFile(
    "language/model/votes.csv",
    label=Choice("diagnosis", "drug"), heads=Words(separator="+", required=True), confidence=Number(required=True), comment=_ANY,
)  # fmt: skip

#: of users only: words that are never a mention, of one label or of any
STOP_WORDS = RuleFile.of_users(word=_NEEDED, label=Choice(*MENTION_LABELS, required=False), comment=_ANY)
