"""Whose fact is it? The cast of a report, and for every sentence the people it speaks of.

In: the sentences of a document. Out: a `Casting`: the index patients (the authors' own, told in the case sections), the
cited patients (told in the discussion from other papers), and for each sentence the indices of the people whose facts it
tells, empty for general talk. A fact told of several index patients jointly belongs to each.

How it decides, in this order: the section (case sections speak of the index patient, reference lists of nobody), cues of
the authors' own patient ("our patient", "we report"), cues of other people's ("et al. reported a", "in another study"),
a patient introduced anew by age and sex, and carrying on ("The patient was then ...") within a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extract.records.cues import cue
from extract.records.people import Intro, group, intros
from extract.records.sentences import NARRATIVE, SILENT, SUMMARY, TALK, Sentence
from extract.records.tables import listed

#: how many sentences without a new cue still speak of a cited patient
CARRY = 6
#: up to this many patients told as a group are a case series of the authors; more are a study
SERIES = 12


@dataclass(frozen=True, slots=True)
class Person:
    """A patient or a group. `label` is what the report calls the case ("Case 2"); `intro` where it is introduced."""

    role: str
    intro: Intro
    label: str = ""
    patients: int = 1


@dataclass(slots=True)
class Casting:
    """`people`, index patients first in order of telling, and `owners`: for each sentence the people it speaks of."""

    people: list[Person] = field(default_factory=list)
    owners: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def index(self) -> tuple[int, ...]:
        """The positions of the index patients in `people`."""
        return tuple(i for i, p in enumerate(self.people) if p.role == "index")


def cast(sents: Sequence[Sentence]) -> Casting:
    """The cast of a report. There is always at least one index patient, unless the text tells of no patient at all."""
    zones = _zones(sents)
    casting = Casting(owners=[()] * len(sents))
    literature = _literature_tables(sents)
    _narrative(sents, zones, casting)
    rows = _listed(sents, zones, casting, literature)
    _elsewhere(sents, zones, casting, literature | rows)
    _complete(sents, zones, casting)
    return casting


def _zones(sents: Sequence[Sentence]) -> list[str]:
    """For each sentence: case, summary, talk, aside or silent. Methods and results are the report only where no case section is."""
    headed = any(s.section == "case" for s in sents)

    def zone(name: str) -> str:
        if name in SILENT or name == "footnote":
            return "silent"
        if name in SUMMARY:
            return "summary"
        if name in TALK or (headed and name in ("methods", "results")):
            return "talk"
        return "case" if name in NARRATIVE else "aside"

    zones = [zone(s.section) for s in sents]
    if "case" not in zones:  # the report proper was not recognised: take the talk section that introduces a patient
        for s in sents:
            if zones[s.index] == "talk" and re.search(r"present(?:ed|ing)|admitted|referred", s.text) and intros(s):
                chosen = s.section
                return ["case" if t.section == chosen else z for t, z in zip(sents, zones, strict=True)]
    return zones


# --- the report proper -------------------------------------------------------------------------------------------------


def _narrative(sents: Sequence[Sentence], zones: list[str], casting: Casting) -> None:
    told = [s for s in sents if zones[s.index] == "case"]
    if not told:
        return
    if not _tells_of_a_patient(sents, zones):
        _series(sents, zones, casting)
        return
    several = _tells_several(sents, zones)
    labels = list(dict.fromkeys(label for s in told if (label := _label(s))))
    numbered = len(labels) >= 2
    current: tuple[int, ...] = ()
    cited_left = 0
    label = ""
    for s in told:
        own = _label(s)
        if numbered and own and own != label:
            label = own
            casting.people.append(Person("index", Intro(s.index, s.start, s.start), label=f"Case {own}"))
            current = (len(casting.people) - 1,)
        found = intros(s)
        cited = bool(cue("cited").search(s.text)) and not cue("report").search(s.text)
        if cited and not cue("index").search(s.text):
            cited_left = 1 if not (found or group(s)) else CARRY
        if cited_left:
            cited_left -= 1
            ours = cue("index").search(s.text) or cue("report").search(s.text)
            if cited or (not found and not ours and _carries(s)):
                continue  # literature inside the case section: nobody's fact here
            cited_left = 0
        for intro in found if current or not numbered else ():
            here = casting.people[current[0]] if current else None
            if here is None:
                casting.people.append(Person("index", intro))
                current = (len(casting.people) - 1,)
            elif here.intro.age_years is None and here.intro.agrees(intro):
                casting.people[current[0]] = replace(here, intro=intro)
            elif not here.intro.agrees(intro) and not numbered:
                known = [i for i in casting.index if casting.people[i].intro.agrees(intro)]
                if known:
                    current = (known[0],)
                elif _starts_case(s, intro, several):
                    casting.people.append(Person("index", intro))
                    current = (len(casting.people) - 1,)
        if not current and (numbered or _is_heading(s)):
            continue
        if not current:
            casting.people.append(Person("index", Intro(s.index, s.start, s.start)))
            current = (0,)
        both = len(casting.index) > 1 and re.search(
            r"\bboth (?:patients|cases|siblings|twins|children|women|men)\b", s.text, re.I
        )
        casting.owners[s.index] = casting.index if both else current


def _series(sents: Sequence[Sentence], zones: list[str], casting: Casting) -> None:
    """A few patients of the authors' own, told as a group and never one by one ("two consecutive patients who ...")."""
    if {"methods", "results"} <= {s.section for s in sents}:
        return
    for s in sents:
        band = group(s) if zones[s.index] in ("case", "summary") and not cue("cited").search(s.text) else None
        if band is not None and band.patients <= SERIES:
            casting.people.append(Person("index", band, patients=band.patients))
            for t in sents:
                if zones[t.index] == "case" and not cue("cited").search(t.text):
                    casting.owners[t.index] = (0,)
            return


def _is_heading(s: Sentence) -> bool:
    return (len(s.text) < 60 and not s.text.rstrip().endswith((".", "!", "?"))) or bool(
        re.fullmatch(r"[\dIVX.]+", s.text.strip())
    )


def _tells_of_a_patient(sents: Sequence[Sentence], zones: list[str]) -> bool:
    """Whether the text tells of one patient at all: introduced by age, announced as a case, or spoken of as "she" or "the patient"."""
    sections = {s.section for s in sents}
    if "case" in sections:
        return True
    if {"methods", "results"} <= sections:  # a study, unless it says that it reports a case
        heads = (s.text for s in sents if s.section in SUMMARY)
        return any(
            cue("report").search(x) and re.search(r"\b(?:case|patient|woman|man|boy|girl|child|infant)\b", x, re.I)
            for x in heads
        )
    spoken = 0
    for s in sents:
        if zones[s.index] in ("silent", "aside"):
            continue
        if zones[s.index] != "talk" and intros(s):
            return True
        if cue("report").search(s.text) and re.search(
            r"\b(?:case|patient|woman|man|boy|girl|child|infant|neonate)\b", s.text, re.I
        ):
            return True
        if zones[s.index] == "case":
            spoken += len(
                re.findall(
                    r"\b(?:he|she|(?:the|our|this) (?:patient|child|infant|boy|girl|man|woman|neonate|newborn|mother))\b",
                    s.text,
                    re.I,
                )
            )
    return spoken > 0.02 * sum(z == "case" for z in zones)


def _label(s: Sentence) -> str:
    """The number a case goes by where this sentence stands: from its heading, or run in ("Case 2. A ...")."""
    if s.case_label:
        return s.case_label.upper()
    match = re.match(
        r"(?:case|patient)\s+(?:no\.?\s*|number\s+|#\s*)?(\d{1,2}|[A-H]|[IV]{1,3}|one|two|three|four)\b\s*(?:[.:,(–-]|$|\n|was\b|is\b)",
        s.text,
        re.I,
    )
    if not match:
        return ""
    words = {"ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "I": "1", "II": "2", "III": "3", "IV": "4"}
    label = match.group(1).upper()
    return words.get(label, label)


def _tells_several(sents: Sequence[Sentence], zones: list[str]) -> bool:
    """Whether title, abstract or an announcement says that the paper tells of more than one patient of its own."""
    for s in sents:
        if s.section == "title" and cue("several").search(s.text):
            return True
        if (
            zones[s.index] in ("summary", "talk", "case")
            and cue("report").search(s.text)
            and not cue("cited").search(s.text)
        ):
            match = cue("several").search(s.text)
            if match and not re.match(r"(?:both|these)", match.group(), re.I):
                return True
    return False


def _starts_case(s: Sentence, intro: Intro, several: bool) -> bool:
    """Whether an introduction that fits nobody so far is a further index patient."""
    if cue("new_case").search(s.text[: max(80, intro.end - s.start)]):
        return True
    return several and bool(
        re.search(
            r"present(?:ed|ing)|admitted|referred|diagnosed|complain|history|seen|brought|developed|underwent",
            s.text,
            re.I,
        )
    )


# --- title, abstract, introduction, discussion -------------------------------------------------------------------------


def _listed(sents: Sequence[Sentence], zones: list[str], casting: Casting, literature: set[int]) -> set[int]:
    """The patients of a table of cases: each row is about its patient, and what the report tells of all is each one's.

    Rows that agree in age and sex with patients told one by one are theirs. Returns the sentences that are rows.
    """
    rows = listed(sents, literature)
    if not rows:
        return set()
    told = [i for i in casting.index if casting.people[i].intro.age_years is not None]
    if len(told) < 2:
        casting.people[:] = [Person("index", r.intro, label=f"Case {r.number}") for r in rows]
        for s in sents:
            if casting.owners[s.index] or zones[s.index] == "case":
                casting.owners[s.index] = casting.index
    for r in rows:
        match = [i for i in casting.index if _same_person(casting.people[i].intro, r.intro)]
        mine = [i for i in match if casting.people[i].intro.sentence == r.sentence] or match
        casting.owners[r.sentence] = tuple(mine[:1])
    return {r.sentence for r in rows}


def _elsewhere(sents: Sequence[Sentence], zones: list[str], casting: Casting, settled: set[int]) -> None:
    announced = False
    before: tuple[int, ...] = ()
    left = 0
    paragraph, section = -1, ""
    for s in sents:
        zone = zones[s.index]
        if zone not in ("summary", "talk", "aside"):
            continue
        if s.section != section:
            announced, section = False, s.section
        if s.paragraph != paragraph:
            before, left, paragraph = (), 0, s.paragraph
            announced = announced and s.section == "abstract"
        if zone == "aside":
            if s.index not in settled:
                casting.owners[s.index] = _caption_owner(s, casting)
            continue
        owner = _owner(s, zone, casting, before, left, announced)
        if owner and all(casting.people[i].role == "index" for i in owner):
            announced = True
        left = CARRY if owner and owner != before else left - 1
        if owner or left <= 0 or cue("general").search(s.text):
            before = owner  # a sentence about nobody ("This limited the elbow.") does not yet end the story
        casting.owners[s.index] = owner


def _owner(
    s: Sentence, zone: str, casting: Casting, before: tuple[int, ...], left: int, announced: bool
) -> tuple[int, ...]:
    found = intros(s)
    cited = bool(cue("cited").search(s.text))
    ours = bool(cue("index").search(s.text))
    report = bool(cue("report").search(s.text)) and not cited
    if s.section == "title":
        return _index_owner(found, casting)
    if ours and not (cited and found):
        return _index_owner(found, casting)
    if zone == "summary" or report:
        matching = [i for f in found for i in casting.index if casting.people[i].intro.agrees(f)]
        numbered = _numbered(_label(s), casting)
        if numbered:
            return numbered
        if report or matching:
            return tuple(dict.fromkeys(matching)) or _index_owner(found, casting)
        if (announced or found) and not cited and not cue("general").search(s.text):
            return before or _index_owner(found, casting)
        return ()
    # the talk: introduction, discussion, conclusion
    band = group(s) if cited or not found else None
    if found:
        same = [i for i in casting.index if _same_person(casting.people[i].intro, found[0])]
        if same and not cited:
            return (same[0],)
        owners = []
        for intro in found:
            casting.people.append(Person("cited", intro))
            owners.append(len(casting.people) - 1)
        return tuple(owners)
    if band is not None and (cited or re.search(r"\b(?:study|series|trial|reported|described)\b", s.text, re.I)):
        casting.people.append(Person("cited", band, patients=band.patients))
        return (len(casting.people) - 1,)
    if before and left > 0 and _carries(s):
        return before
    return ()


def _numbered(label: str, casting: Casting) -> tuple[int, ...]:
    """The index patient that goes by a number in the report proper."""
    return tuple(i for i in casting.index if label and casting.people[i].label == f"Case {label}")


def _same_person(a: Intro, b: Intro) -> bool:
    return (
        a.age_years is not None
        and b.age_years is not None
        and abs(a.age_years - b.age_years) < 0.5
        and (not a.sex or not b.sex or a.sex == b.sex)
    )


def _index_owner(found: list[Intro], casting: Casting) -> tuple[int, ...]:
    """The index patient meant: by age and sex where told, else all of them."""
    for f in found:
        for i in casting.index:
            if (
                f.age_years is not None
                and casting.people[i].intro.age_years is not None
                and casting.people[i].intro.agrees(f)
            ):
                return (i,)
    return casting.index


def _carries(s: Sentence) -> bool:
    """Whether a sentence without a cue of its own goes on about the patient before it: told in the past, of nobody else."""
    if cue("general").search(s.text) or cue("report").search(s.text):
        return False
    if cue("carry").match(s.text):
        return True
    if cue("cited").search(s.text):
        return False
    return bool(cue("past").search(s.text))


def _literature_tables(sents: Sequence[Sentence]) -> set[int]:
    """The sentences of tables that review published cases: an author or reference column, "reported cases" in the caption."""
    found: set[int] = set()
    table: list[Sentence] = []
    for s in [*sents, None]:
        if s is not None and s.section == "table" and not (table and re.match(r"table\s+\w+\s*[:.]", s.text, re.I)):
            table.append(s)
            continue
        if any(cue("literature", "cues.csv").search(t.text) for t in table):
            found |= {t.index for t in table}
        table = [s] if s is not None and s.section == "table" else []
    return found


def _caption_owner(s: Sentence, casting: Casting) -> tuple[int, ...]:
    """Figures and tables show the index patient, unless they cite or the report has several."""
    if cue("cited").search(s.text) or len(casting.index) != 1:
        return ()
    return casting.index


# --- last touches ------------------------------------------------------------------------------------------------------


def _complete(sents: Sequence[Sentence], zones: list[str], casting: Casting) -> None:
    """Fill age and sex of index patients from the abstract, the title, and at last the pronouns."""
    index = casting.index
    for i in index:
        person = casting.people[i]
        intro = person.intro
        if intro.age_years is None or not intro.sex:
            for s in sents:
                owners = casting.owners[s.index]
                if i not in owners or (len(index) > 1 and len([o for o in owners if o in index]) > 1):
                    continue
                for f in intros(s):
                    if f.agrees(intro):
                        if intro.age_years is None and f.age_years is not None:
                            intro = replace(
                                intro,
                                age_text=f.age_text,
                                age_years=f.age_years,
                                start=f.start,
                                end=f.end,
                                sentence=f.sentence,
                            )
                        if not intro.sex and f.sex:
                            intro = replace(intro, sex=f.sex)
        if not intro.sex:
            intro = replace(intro, sex=_pronoun_sex([s.text for s in sents if casting.owners[s.index] == (i,)]))
        casting.people[i] = replace(person, intro=intro)


def _pronoun_sex(texts: list[str]) -> str:
    text = " ".join(texts)
    she = len(re.findall(r"\b(?:she|her|hers|herself|gravida|primigravida|woman|female|lady|girl)\b", text, re.I))
    he = len(re.findall(r"\b(?:he|his|him|himself|man|male|gentleman|boy)\b", text, re.I))
    if she == he:
        return ""
    return "F" if she > he else "M"
