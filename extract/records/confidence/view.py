"""What the features look at: a document's sentences, people and courses, and words by family.

In: sentences and cohort as the records room has them. Out: `View`, made once a document, with what several rows ask for; words of a text, and
which families of `rules/confidence_words.csv` they belong to.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE
from extract.records.patients.cohort import Cohort
from extract.records.rule_files import CONFIDENCE_WORDS, scanned_cue
from extract.records.treatments.outcomes import Outcome
from extract.records.treatments.regimen import DrugCourse, drug_key

#: how many sentences after a drug tell what came of it
AHEAD = 4
_WORD = re.compile(r"[A-Za-z][\w'’/-]*|\d[\d.,]*|[%;:,()]")
_DIED = re.compile(r"\b(?:died|death|expired|passed away|deceased|succumbed)\b", re.IGNORECASE)
_ONCOLOGY = re.compile(
    r"cancer|carcinoma|tumou?r|lymphoma|leuk|sarcoma|melanoma|metasta|neoplas|myeloma", re.IGNORECASE
)


def words(text: str) -> list[str]:
    """Words, numbers and brackets of a text in lower case."""
    return [w.lower() for w in _WORD.findall(text)]


@cache
def families() -> Mapping[str, frozenset[str]]:
    """The word families by name."""
    families: dict[str, set[str]] = {}
    for row in CONFIDENCE_WORDS:
        families.setdefault(row["family"], set()).update(row["words"])
    return {name: frozenset(members) for name, members in families.items()}


@cache
def _families_by_word() -> Mapping[str, tuple[str, ...]]:
    by_word: dict[str, tuple[str, ...]] = {}
    for name, members in families().items():
        for word in members:
            by_word[word] = (*by_word.get(word, ()), name)
    return by_word


def families_among(members: Iterable[str]) -> set[str]:
    """The families to which one of the words belongs; few words do, so it is asked word by word."""
    by_word = _families_by_word()
    return {name for word in members if word in by_word for name in by_word[word]}


@cache
def _features(prefix: str, names: tuple[str, ...] | None) -> Mapping[str, str]:
    return {name: f"{prefix}_{name}" for name in names or families()}


def hits(prefix: str, members: Iterable[str], names: tuple[str, ...] | None = None) -> dict[str, float]:
    """For each family, of `names` or of all, whether one of the words belongs to it, as features `prefix_family`."""
    features = _features(prefix, names)
    row = dict.fromkeys(features.values(), 0.0)
    row.update((features[name], 1.0) for name in families_among(members) if name in features)
    return row


def scale(count: float) -> float:
    """A count on a scale that grows ever slower."""
    return math.log1p(count)


class View:
    """A document as the features see it; `outcomes` by person may come later."""

    def __init__(self, sents: Sequence[Sentence], cohort: Cohort, courses: Mapping[int, Sequence[DrugCourse]]) -> None:
        self.sents, self.cohort, self.courses = sents, cohort, courses
        self.outcomes: Mapping[int, Sequence[Outcome]] = {}
        self.case = [s for s in sents if s.section in CASE]
        self._words: dict[int, list[str]] = {}
        self._families: dict[int, dict[str, float]] = {}
        self._cues: dict[tuple[int, str], float] = {}
        self._once: dict[tuple[str, int, int], Mapping[str, float]] = {}

    def words_of(self, s: Sentence) -> list[str]:
        """The words of a sentence, looked up once."""
        if s.index not in self._words:
            self._words[s.index] = words(s.text)
        return self._words[s.index]

    def families_of(self, s: Sentence) -> dict[str, float]:
        """Features `sentence_family` of a sentence, looked up once."""
        if s.index not in self._families:
            self._families[s.index] = hits("sentence", self.words_of(s))
        return self._families[s.index]

    def has(self, kind: str, s: Sentence) -> float:
        """Whether a sentence has a cue of `rules/cues.csv`, looked up once."""
        if (s.index, kind) not in self._cues:
            self._cues[s.index, kind] = float(bool(scanned_cue(kind).search(s.text)))
        return self._cues[s.index, kind]

    def once(self, kind: str, mention: Mention, features: Callable[[], Mapping[str, float]]) -> Mapping[str, float]:
        """What `features` gives of a mention, asked for once: a finding is judged before it is a row, and again as one."""
        place = kind, mention.start, mention.end
        if place not in self._once:
            self._once[place] = features()
        return self._once[place]

    @cached_property
    def general(self) -> Counter[str]:
        """How often each drug is named in general talk, by its key."""
        return Counter(drug_key(m) for s in self.sents for m in s.of("drug") if m.assertion == "general")

    @cached_property
    def used(self) -> frozenset[tuple[str, int]]:
        """Label and start of the attributes that belong to some drug."""
        regimens = (r for courses in self.courses.values() for c in courses for r in c.regimens)
        return frozenset((p.label, p.start) for r in regimens for p in r.parts.values())

    @cached_property
    def died(self) -> bool:
        """Whether the report proper tells of a death."""
        return any(_DIED.search(s.text) for s in self.case)

    @cached_property
    def oncology(self) -> bool:
        """Whether a tumour is among the diagnoses."""
        return any(_ONCOLOGY.search(m.text) for s in self.sents for m in s.of("diagnosis"))

    @cached_property
    def document(self) -> dict[str, float]:
        """Features that all rows of the document share."""
        every = [c for courses in self.courses.values() for c in courses]
        regimens = [r for c in every for r in c.regimens]
        return {
            "doc_sentences": scale(len(self.case)),
            "doc_drugs": scale(len(every)),
            "doc_dosed": sum("dose" in r.parts for r in regimens) / max(1, sum(len(c.regimens) or 1 for c in every)),
            "doc_index": float(len(self.cohort.index)),
            "doc_people": scale(len(self.cohort.people)),
            "doc_died": float(self.died),
            "doc_oncology": float(self.oncology),
        }

    def place(self, s: Sentence, person: int) -> dict[str, float]:
        """Where in the report proper a sentence stands, how far behind the patient's introduction, and of how many people it tells."""
        first, last = (self.case[0].index, self.case[-1].index) if self.case else (0, 1)
        since = s.index - self.sents[self.cohort.people[person].intro.sentence].index if person >= 0 else 0
        return {
            "position": (s.index - first) / max(1, last - first),
            "since_intro": math.copysign(scale(abs(since)), since),
            "owners": float(len(self.cohort.owners[s.index])),
            "section_case": float(s.section == "case"),
            "section_body": float(s.section in ("body", "")),
            "section_table": float(s.section == "table"),
        }

    def later(self, s: Sentence) -> list[Sentence]:
        """The sentences behind it in its section, a few."""
        collected = []
        for t in self.sents[s.index + 1 : s.index + 1 + AHEAD]:
            if t.section != s.section:
                break
            collected.append(t)
        return collected
