"""Is it a case report at all? A trial, a survey, a review tell of patients too, but of none whose story this is.

In: the sentences, their zones and the cohort. Out: why it does not look like a case report, in words for `documents.warnings`, or "".

A patient introduced by age or by a case number settles it, unless words of studies are everywhere. Without one, a paper with words of
studies is a study; it takes more of them where title or abstract say that a case is reported, or one patient is spoken of throughout. A
short text without sections, as a summary of a case is, always passes.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.language.mention import Sentence
from extract.language.sections import SUMMARY
from extract.records.patients.cohort import Cohort
from extract.records.rule_files import cue, scanned_cue

#: texts without any section name and with fewer sentences than this are taken as what they are given as
SHORT = 40
#: share of the sentences of the report proper that speak of one patient
SPOKEN = 0.15
_RULES = "kind.csv"

NO_PATIENT = "no patient of its own is told"
A_STUDY = "it tells of a study, not of a patient"


def doubts(sents: Sequence[Sentence], zones: Sequence[str], cohort: Cohort, study_sentences: int) -> str:
    """Why a document does not look like a case report; empty when it does.

    `study_sentences` with words of a study make a paper one.
    """
    if len(sents) < SHORT and not any(s.section not in ("body", "") for s in sents):
        return ""
    index = [cohort.people[i] for i in cohort.index]
    if not index:
        return NO_PATIENT
    proper = [s for s in sents if zones[s.index] == "case"]
    heads = [s for s in sents if s.section in SUMMARY]
    study = sum(
        bool(scanned_cue("study", _RULES).search(s.text))
        for s in sents
        if s.section in (*SUMMARY, "methods") or zones[s.index] == "case"
    )
    if any(p.intro.age_years is not None or p.label or p.patients > 1 for p in index) and study < 3 * study_sentences:
        return ""
    announced = any(cue("case", _RULES).search(s.text) for s in heads)
    spoken = sum(bool(cue("person", _RULES).search(s.text)) for s in proper) >= SPOKEN * max(1, len(proper))
    return A_STUDY if study >= study_sentences * (1 + announced + spoken) else ""
