"""What came of a treatment, as the report tells it: improved, resolved, unchanged, worse, adverse_effect.

In: the sentences with their owners and each person's drug courses. Out: for each person the `Outcome`s, each with the drugs it is
told of and the words that tell it. The report proper counts, and the stories of cited patients; a title, an abstract or a discussion only
where it names the drug in the same sentence, and the report proper has no other word on it. Nothing is concluded: a course whose result is not
told has none.

How it finds the drugs: those of the same sentence, before the outcome ("was given A and B, with good effect") or behind it and joined to it
("improved on A"); else those of the sentence last before it that told of a drug taken, a few sentences back at most (`outcome_sentences` of the settings), with no operation and no
other treatment between. The rules stand in `rules/outcomes.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, COMMENTARY, SUMMARY
from extract.records.patients.cohort import Cohort
from extract.records.rule_files import cue, scanned_cue
from extract.records.treatments.class_members import meant
from extract.records.treatments.concessions import conceded
from extract.records.treatments.courses import DrugCourse, drug_key
from extract.settings import RecordsSettings, packaged

#: the kinds of `rules/outcomes.csv` that are outcomes, in the order they are tried
KINDS = ("adverse_effect", "unchanged", "worse", "resolved", "improved")
#: of more drugs than this in a sentence nobody can say which of them a following sentence means
MANY = 3
#: ... unless they are one list
LISTED = 5
_RULES = "outcomes.csv"
_TAKEN = ("given", "stopped", "failed", "")
#: "anaemia developed after A": what then went was the harm of A
_HARM = re.compile(
    r"\b(?:developed|occurred|appeared|began|noticed|complicated)\W+(?:\w+\W+){0,2}(?:after|following|during|with|on|under)\W+(?:[\w-]+\W+){0,4}$",
    re.IGNORECASE,
)
#: a clause of its own between an outcome and the drugs behind it ("he was free of pain, and his blood pressure was normal with A")
_NEW_CLAUSE = re.compile(
    r"(?:,? (?:and|but|so|while|whereas)|;) (?:\w+ ){0,5}(?:was|were|is|are|had|has|continued|remained|received|took|discharged|sent home|started|begun|switched)\b"
)
#: ... or one that a drug begins ("the fever had not subsided, and meropenem was started")
_BEGUN = re.compile(
    r"[^.;]*?(?:,? (?:and|so|therefore|thus|hence|then)|[;,]|)(?: then| therefore| thus)? (?:[\w/-]+ ){1,6}(?:was|were|had to be) (?:\w+ )?(?:started|begun|initiated|commenced|added|introduced|given|administered|substituted|prescribed|required|instituted|tried)\b"
)
_OPENS = re.compile(r"[,;]|\b(?:and|so|therefore|thus|hence|then)\b")
#: ... so does a drug behind "with no improvement", where nothing ties it to the outcome
_LEAD = re.compile(r"(?:with|without|given|because|due|owing|as|since|when|for|in)\b", re.IGNORECASE)
_TIED = re.compile(r"\b(?:on|with|to|under|after|of|from|despite|following|by)\b")
#: what stands between the drugs of one list ("A and oral B")
_LISTED = re.compile(
    r"[^.;]{0,20}?(?:,|\band\b|\bplus\b|\bwith\b|\bor\b|\bincluding\b|\bsuch as\b|\(|\+|/)[^.;,]{0,16}"
    r"|\),?(?:\s+and)?\s+(?:[\w-]+\s+){0,4}\(?",  # "antibiotics (A, B), steroid drops (C)"
    re.DOTALL,
)
_BRACKET = re.compile(r"\([^()]*\) ?")
#: the same, and nothing else is done with them
_SERIES = re.compile(
    r"[^,.;]{0,20}?(?:,|\band\b|\bplus\b|\+|/)\s*(?:and\s+)?(?:(?!with|for|by|before|after|then|until)[\w-]+\s+){0,2}"
)
_BEFORE = re.compile(r"[ ,]before $")
#: another treatment of one list with the drug ("A and surgery"), which has the outcome together with it
_TOGETHER = re.compile(
    r"(?: (?:treatment|therapy))?(?:,|,? and|,? plus| combined with| together with) (?!\w*(?:went|ated|ised|ized|aired|oved|ained|ed)\b)(?:[\w-]+(?:al|ic|ary|ive|ry|ed) )?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of some drugs. `words` are those that tell it, up to `end`; `drugs` the `DrugCourse.key`s they are told of.

    `outright`: the words leave no doubt that the drugs failed, whatever follows.
    """

    kind: str
    words: str
    sentence: Sentence
    drugs: frozenset[str]
    end: int
    outright: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """Words of an outcome in a sentence."""

    kind: str
    start: int
    end: int


def outcomes(
    sents: Sequence[Sentence],
    cohort: Cohort,
    courses: dict[int, list[DrugCourse]],
    settings: RecordsSettings | None = None,
) -> dict[int, list[Outcome]]:
    """The outcomes of every person's treatments, in order of telling."""
    reach = (settings or packaged().records).outcome_sentences
    found: dict[int, list[Outcome]] = {}
    for person in range(len(cohort.people)):
        taken = {c.key: {m.start for m, _ in c.mentions if m.assertion in _TAKEN} for c in courses.get(person, ())}
        index = cohort.people[person].role == "index"
        own = [s for s in sents if person in cohort.owners[s.index]]
        proper = CASE if index else COMMENTARY
        again = [s for s in own if index and s.section in SUMMARY | COMMENTARY]
        members = partial(meant, courses=courses.get(person, ()))
        found[person] = _of_person(again, taken, reach, members, alone=True) + _of_person(
            [s for s in own if s.section in proper], taken, reach, members
        )
    return {person: told for person, told in found.items() if told}


def _of_person(
    own: Sequence[Sentence],
    taken: dict[str, set[int]],
    reach: int,
    members: Callable[[Mention], Sequence[str]],
    *,
    alone: bool = False,
) -> list[Outcome]:
    """The outcomes told in some sentences. `alone`: each sentence only of the drugs it names itself."""
    found = []
    before: tuple[Sentence, list[Mention]] | None = None
    for s in own:
        drugs = [d for d in s.of("drug") if d.start in taken.get(drug_key(d), ())]
        joined: list[Mention] = []
        against = _set_against(s, drugs, None if alone else before, reach)
        if against is not None:
            found.append(against[1])
        for told in phrases(s.text) if drugs or (before is not None and not alone) else ():
            if against is not None and told.start in against[0]:
                continue
            here = _here(s, told, drugs) if drugs else []
            joined = here or joined
            if not (here or alone or _near(s, told)) and before is not None and _follows(before[0], s, told, reach):
                here = before[1]
            if here:
                keys = _with_members(here, members)
                words = " ".join(s.text[told.start : told.end].split())
                outright = bool(told.kind == "worse" and cue("tumour_grew", _RULES).search(words))
                found.append(Outcome(told.kind, words, s, keys, s.start + told.end, outright))
        if drugs:
            before = _awaited(s, joined or drugs, before)
        elif before is not None and _meanwhile(s.text):
            before = None
    return found


def _with_members(drugs: Sequence[Mention], members: Callable[[Mention], Sequence[str]]) -> frozenset[str]:
    """The keys of drugs, and of those that a class among them stands for."""
    return frozenset(key for d in drugs for key in (drug_key(d), *members(d)))


def _set_against(
    s: Sentence, drugs: list[Mention], before: tuple[Sentence, list[Mention]] | None, reach: int
) -> tuple[range, Outcome] | None:
    """The failure that a sentence sets against drugs of it or of a sentence before it, and the characters that tell it."""
    earlier = before[1] if before is not None and s.index - before[0].index <= reach else []
    against = conceded(s, drugs, earlier, lambda text: [told.kind for told in phrases(text)])
    if against is None:
        return None
    words = " ".join(s.text[against.start : against.end].split()).strip(" ,.;")
    end = max(s.start + against.end, *(d.end for d in against.drugs))
    keys = frozenset(drug_key(d) for d in against.drugs)
    return range(against.start, against.end), Outcome(against.kind, words, s, keys, end, outright=True)


def _awaited(
    s: Sentence, drugs: list[Mention], before: tuple[Sentence, list[Mention]] | None
) -> tuple[Sentence, list[Mention]] | None:
    """The drugs of which the next sentences may tell the outcome: those of this sentence, unless it only says that they went on."""
    if cue("apart", _RULES).search(s.text):
        return None
    if cue("going_on", _RULES).search(s.text):
        return before
    meant = [d for d in drugs if not (cue("bystander_name", _RULES).match(d.text) or _bystander(s, d))]
    for k, (left, right) in enumerate(pairwise(drugs), start=1):
        if _BEFORE.search(s.between(left, right)):
            meant = [d for d in meant if d in drugs[k:]]  # "was treated with A and B, before C was begun"
    if not meant:
        return before
    return (s, meant) if 0 < len({drug_key(d) for d in meant}) <= (LISTED if _one_list(s, meant) else MANY) else None


def _bystander(s: Sentence, drug: Mention) -> bool:
    """Whether the drug was given beside the treatment ("in addition to A, B was given"), or only carried it."""
    return bool(cue("bystander", _RULES).search(s.before(drug)))


def _one_list(s: Sentence, drugs: list[Mention]) -> bool:
    """Whether drugs stand in one list ("was treated with A, B, C and D")."""
    spots = [(d.start - s.start, d.end - s.start) for d in drugs]
    return all(c <= b or _SERIES.fullmatch(s.text[b:c]) for (_, b), (c, _) in pairwise(spots))


def _near(s: Sentence, told: _Told) -> bool:
    """Whether a drug stands in the sentence that the outcome could be told of: any before it, or behind it without a new clause."""
    spots = sorted(d.start - s.start for d in s.of("drug"))
    if not spots:
        return False
    return spots[0] < told.end or not (
        _NEW_CLAUSE.search(s.text[told.end : spots[0]]) or _begun_then(s, told, spots[0])
    )


def _begun_then(s: Sentence, told: _Told, drug: int) -> bool:
    """Whether the drug at a place behind an outcome opens a clause that tells of its beginning."""
    between = s.text[told.end : drug]
    opens = _OPENS.search(between) or (_LEAD.match(s.text) and not _TIED.search(between))
    return bool(opens and _BEGUN.match(s.text[told.end :]))


def phrases(text: str) -> list[_Told]:
    """The words of a sentence that tell an outcome, in order; what is negated, wished for or only supposed is left out."""
    taken: list[tuple[int, int]] = []
    found = []
    for kind in ("none", *KINDS):
        for m in scanned_cue(kind, _RULES).finditer(text):
            if any(a < m.end() and m.start() < b for a, b in taken):
                continue
            taken.append(m.span())
            if kind != "none":
                found.append(_Told(kind, m.start(), m.end()))
    return sorted(found, key=lambda t: t.start)


def tells_failure(s: Sentence) -> bool:
    """Whether a sentence says of a drug that failed that it did not help: a drug can end as "failed" for other reasons, too."""
    return bool(cue("failure", _RULES).search(s.text))


def _here(s: Sentence, told: _Told, drugs: list[Mention]) -> list[Mention]:
    """The drugs of the sentence that the outcome is told of: those behind it and joined to it, else those before it in its clause."""
    if cue("apart", _RULES).search(s.text):
        return []
    behind = [d for d in drugs if d.start - s.start >= told.end]
    between = _BRACKET.sub("", s.text[told.end : behind[0].start - s.start]) if behind else ""
    if behind and not _begun_then(s, told, behind[0].start - s.start) and _joined_to_drug(told, between):
        return [] if cue("withdrawn", _RULES).search(between) else _list_from(s, behind)
    ahead = [d for d in drugs if d.end - s.start <= told.start]
    ahead = [d for d in ahead if not _bystander(s, d)] or ahead
    if told.kind in ("resolved", "improved"):
        ahead = [d for d in ahead if d.assertion != "failed"]  # "A did not help, but B did"
        if ahead and ahead[-1].assertion in ("given", ""):
            ahead = [d for d in ahead if d.assertion != "stopped"]  # "the change from A to B helped"
    return _list_up_to(s, ahead) if ahead and _of_drugs_before(s, told, ahead[-1]) else []


def _joined_to_drug(told: _Told, between: str) -> bool:
    """Whether the words between an outcome and a drug behind it tie them: "improved on A", "no better despite A"."""
    if told.kind in ("unchanged", "worse") and cue("despite", _RULES).match(between.lstrip(" ,")):
        return True
    if told.kind in ("resolved", "improved") and re.match(r"\W*(?:despite|in spite of)\b", between, re.IGNORECASE):
        return False  # "it improved despite A": A was no help
    return cue("before_drug", _RULES).match(between.lstrip()) is not None and not _parted(between)


def _list_from(s: Sentence, behind: Sequence[Mention]) -> list[Mention]:
    """The first drug behind an outcome, with those told in one list with it."""
    joined = [behind[0]]
    for left, right in pairwise(behind):
        if not _LISTED.fullmatch(s.between(left, right)):
            break
        joined.append(right)
    return joined


def _of_drugs_before(s: Sentence, told: _Told, last: Mention) -> bool:
    """Whether an outcome is that of the drugs before it, and not of something told in between."""
    clause = s.text[last.end - s.start : told.start]
    if told.kind in ("resolved", "improved", "unchanged") and _HARM.search(s.before(last)):
        return False
    if _elsewhere(clause) or _meanwhile(clause):
        return False
    return not _another(told, s.text[: told.start], clause)


def _list_up_to(s: Sentence, ahead: Sequence[Mention]) -> list[Mention]:
    """The last drug before an outcome, with those before it up to where something else begins."""
    kept = [ahead[-1]]
    for left, right in zip(reversed(ahead[:-1]), reversed(ahead), strict=False):
        between = s.between(left, right)
        another = re.search(r"\b(?:then|replaced|switched|changed|instead)\b", between)
        if another or phrases(between) or ";" in between or cue("new_event", _RULES).search(between):
            break
        kept.append(left)
    return kept


def _meanwhile(clause: str) -> bool:
    """Whether something else happened that can have worked; what was done together with the drug before it is not that."""
    return any(not _TOGETHER.fullmatch(clause[: m.start()]) for m in cue("meanwhile", _RULES).finditer(clause))


def _elsewhere(clause: str) -> bool:
    """Whether a semicolon between a drug and an outcome begins something else, and does not go on ("given A; on discharge she was better")."""
    return any(not cue("sequel", _RULES).match(part) for part in clause.split(";")[1:])


def _another(told: _Told, before: str, clause: str) -> bool:
    """Whether what went was the harm of the drug, after it was stopped, or a trouble that came later."""
    if told.kind not in ("resolved", "improved", "unchanged"):
        return False
    return bool(cue("withdrawn", _RULES).search(before) or cue("new_event", _RULES).search(clause))


def _parted(text: str) -> bool:
    """Whether another clause begins between an outcome and a drug ("improved, and was given A")."""
    return bool(
        re.search(
            r"[;:]|,? (?:and|but|so|when|while|then|whereupon) (?:\w+ ){0,3}(?:was|were|received|took|started|given)\b",
            text,
        )
    )


def _follows(treatment: Sentence, s: Sentence, told: _Told, reach: int) -> bool:
    """Whether a sentence that names no drug still tells the outcome of the treatment before it."""
    if not 0 < s.index - treatment.index <= reach:
        return False
    if cue("animal").search(s.text):
        return False
    ahead = s.text[: told.start]
    if _meanwhile(s.text) or cue("apart", _RULES).search(s.text) or _another(told, ahead, ahead):
        return False
    if told.kind in ("resolved", "improved") and cue("withdrawn", _RULES).search(treatment.text):
        return False
    grew = told.kind == "worse" and cue("tumour_grew", _RULES).search(s.text[told.start : told.end])
    return s.index - treatment.index == 1 or bool(grew or cue("sequel", _RULES).match(s.text))
