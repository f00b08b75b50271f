"""What a diagnosis is to its case: principal, complication, comorbidity, differential.

In: the findings of one person, merged and asserted, and where the person's treatment begins. Out: a role for each, empty where the report
does not tell. Nothing else of a finding changes.

The terms are those of clinical coding and epidemiology: the principal diagnosis is what the case is about; a comorbidity is "any distinct
additional clinical entity that has existed or that may occur" beside it (Feinstein 1970, J Chronic Dis 23:455), in so far as the patient
brought it along; a complication came of the illness, of another one or of a treatment; a differential was weighed, and is not (yet) settled.
The words that tell them apart stand in `rules/roles.csv`, the illnesses that are chronic by nature in `rules/chronic.csv` (Quan et al. 2005).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, SUMMARY
from extract.records.diagnoses.group import Finding
from extract.records.rule_files import CHRONIC, cue
from extract.records.treatments.courses import DrugCourse

#: how far before a diagnosis the words that tell its role may begin, in characters
WINDOW = 200
_RULES = "roles.csv"
_ONSETS = ("complication_before", "arisen_before")
#: names that say themselves that it came of something else
_BY_NAME = re.compile(
    r"\b(?:post-?operative|iatrogenic|nosocomial|\w+-induced|hospital-acquired|post-?\w*surgical)\b", re.IGNORECASE
)


def roles(findings: Sequence[Finding], begun: int | None) -> list[str]:
    """The role of each finding of one person.

    Args:
        begun: where the person's treatment begins, see `treated`.
    """
    about = [s.index for f in findings if f.primary for _, s in f.mentions if s.section in CASE]
    begun = min([*about, *([begun] if begun is not None else [])], default=None)
    names = [_stems(f) for f in findings if f.primary]
    heads = {f.key.split()[-1] for f in findings if f.primary and f.key}
    earlier = {
        f.key for f in findings if f.assertion == "historical" and f.key.split()[-1:] and f.key.split()[-1] in heads
    }
    return [_role(f, begun, f.key in earlier or any(_same(_stems(f), name) for name in names)) for f in findings]


def treated(courses: Iterable[DrugCourse]) -> int | None:
    """Index of the first sentence of the report proper that tells a drug as taken; None without one."""
    taken = ("given", "stopped", "failed", "")
    sentences = (s.index for c in courses for m, s in c.mentions if m.assertion in taken and s.section in CASE)
    return min(sentences, default=None)


def _role(f: Finding, begun: int | None, again: bool) -> str:
    """`again`: it is a principal diagnosis in other words, or an earlier episode of it."""
    if f.primary:
        return "principal"
    if f.assertion == "possible":
        return "differential"
    if f.assertion == "absent":
        weighed = any(m.assertion == "possible" or _weighed(m, s) for m, s in f.mentions)
        return "differential" if weighed else ""
    if f.assertion == "family" or again:
        return ""
    mentions = [(m, s) for m, s in f.mentions if s.section in CASE | SUMMARY] or f.mentions
    hints = [_said(m, s, begun) for m, s in mentions]
    if "comorbidity" in hints or "complication" in hints:
        return "comorbidity" if "comorbidity" in hints else "complication"
    known = f.assertion == "historical" or any(_chronic(m, s) for m, s in mentions)
    return "comorbidity" if known else ""


def _said(span: Mention, s: Sentence, begun: int | None) -> str:
    """What the words around one mention say: of the cues before it the nearest counts, and those before go before those behind."""
    presenting = _before("presenting_before", span, s)
    brought, came = _before("comorbidity_before", span, s), _before("complication_before", span, s)
    arose = _before("arisen_before", span, s) if _in_course(span, s, begun) else -1
    if max(brought, came, arose) > presenting:
        return "comorbidity" if brought > max(came, arose) else "complication"
    if _behind("comorbidity_after", span, s) or _of_whom(span, s):
        return "comorbidity"
    behind = _behind("complication_after", span, s) or (_behind("arisen_after", span, s) and _in_course(span, s, begun))
    return "complication" if (behind and presenting < 0) or _BY_NAME.search(span.text) else ""


def _weighed(span: Mention, s: Sentence) -> bool:
    return _before("differential_before", span, s) >= 0 or _behind("differential_after", span, s)


def _in_course(span: Mention, s: Sentence, begun: int | None) -> bool:
    """Whether what arises here arises in the course of the illness, and is not what the illness began with."""
    later = begun is not None and begun < s.index and s.section in CASE
    return later or bool(cue("course", _RULES).search(s.text[: span.end - s.start]))


def _before(kind: str, span: Mention, s: Sentence) -> int:
    """Where words that are such a cue end before the diagnosis, in its clause; -1 without any. Larger is nearer."""
    at = span.start - s.start
    ahead = re.split(r"[;.](?=\s)", s.text[max(0, at - WINDOW) : at])[-1]
    nearest = -1
    for m in cue(kind, _RULES).finditer(ahead):
        between = ahead[m.end() :]
        if cue("new_clause", _RULES).search(between) or (kind in _ONSETS and cue("new_event", _RULES).search(between)):
            continue
        if kind == "comorbidity_before" and cue("short_history", _RULES).search(ahead[: m.start()]):
            continue
        nearest = m.end()
    return nearest


def _of_whom(span: Mention, s: Sentence) -> bool:
    """Whether it only says whom the illness befell ("myiasis in a mentally retarded patient")."""
    before, after = s.before(span), s.after(span)
    return bool(cue("person_before", "primary.csv").search(before) and cue("person_after", "primary.csv").match(after))


def _behind(kind: str, span: Mention, s: Sentence) -> bool:
    """Whether such a cue begins right behind the diagnosis."""
    return bool(cue(kind, _RULES).match(s.after(span).lstrip(" ,(")))


def _stems(f: Finding) -> set[str]:
    """The words of its name, without their endings ("macula", "macular")."""
    return {word[:5] for word in f.key.split()}


def _same(name: set[str], principal: set[str]) -> bool:
    """Whether two names share most of the shorter one."""
    return bool(name) and 3 * len(name & principal) >= 2 * min(len(name), len(principal))


@cache
def _codes() -> tuple[str, ...]:
    return tuple(row["code"] for row in CHRONIC)


def _chronic(span: Mention, s: Sentence) -> bool:
    """Whether it is chronic by nature, and not told as found now."""
    return span.code.startswith(_codes()) and _before("finding_before", span, s) < 0
