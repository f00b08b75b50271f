"""A finding as numbers: how it was found, how often and where it is told, what the words around it speak of.

In: a finding, the other findings of its patient, and the `View` of the document. Out: features by name; those that begin with `before_`,
`after_` and `sentence_` ask for word families, as those of `treatments`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, COMMENTARY, SUMMARY
from extract.records.confidence.view import View, hits, scale, words
from extract.records.diagnoses.group import Finding, announced, wording

_ASSERTIONS = ("present", "absent", "possible", "historical", "family")
_HEADS = ("bc5cdr", "maccrobat", "phee", "ncbi")
#: words that count as beside a name, and the characters they are looked for in
_NEAR, _REACH = 8, 120


def of_finding(finding: Finding, others: Sequence[Finding], person: int, view: View) -> dict[str, float]:
    """The features of a diagnosis; `others`: all findings of the patient."""
    key, s = finding.best
    return {
        **_name(finding, key),
        **_told(finding, key),
        **view.once("diagnosis", key, lambda: _sentence(key, s, view)),
        **_among(finding, others),
        **view.place(s, person),
        **{
            name: value for name, value in view.document.items() if name in ("doc_sentences", "doc_index", "doc_people")
        },
    }


def _name(finding: Finding, key: Mention) -> dict[str, float]:
    mentions = [m for m, _ in finding.mentions]
    text = wording(key)
    origins = {m.origin for m in mentions}
    heads = {h for m in mentions for h in m.heads.split("; ") if h}
    chapter = key.code[:1]
    return {
        "model": max((m.confidence for m in mentions if m.heads or m.origin == "model"), default=0.0),
        "mean": sum(m.confidence for m in mentions) / len(mentions),
        "most": max(m.confidence for m in mentions),
        "quoted": key.confidence,
        **{f"by_{x}": float(x in origins) for x in ("vocabulary", "abbreviation", "table", "coordination")},
        "heads": float(len(heads)),
        **{f"head_{x}": float(x in heads) for x in _HEADS},
        "head_share": sum(bool(m.heads) for m in mentions) / len(mentions),
        "code": float(bool(key.code)),
        "code_score": max((m.code_score or 0.0 for m in mentions), default=0.0),
        **{f"chapter_{c}": float(c == chapter) for c in "ABCDEFGHIJKLMNQRSTZ"},
        "words": float(len(text.split())),
        "letters": float(len(text)),
        "lower": float(text.islower() and " " in text),
        "upper": float(text.isupper()),
        "capital": float(text[:1].isupper() and not text.isupper()),
        "plural": float(text.lower().endswith("s") and not text.lower().endswith("is")),
        "long_form": float(bool(key.long_form)),
        "wordings": float(len({m.text.lower() for m in mentions})),
    }


def _told(finding: Finding, key: Mention) -> dict[str, float]:
    sections = [s.section for _, s in finding.mentions]
    assertion_counts, why = Counter(m.assertion or "present" for m, _ in finding.mentions), key.why
    if finding.assertion == "present" and not assertion_counts["present"]:  # a suspicion that was borne out
        assertion_counts, why = Counter({"present": len(sections)}), "present"
    reasons = ("proviso", "present", "known", "chronic", "absent", "possible", "past", "history", "time", "family")
    return {
        "often": scale(len(sections)),
        "often_case": scale(sum(x in CASE for x in sections)),
        "often_commentary": scale(sum(x in COMMENTARY for x in sections)),
        "often_summary": scale(sum(x in SUMMARY for x in sections)),
        "title": float("title" in sections),
        "commentary_only": float(not any(x in CASE or x in SUMMARY for x in sections)),
        "summary_only": float(all(x in SUMMARY for x in sections)),
        "announced": float(any(announced(m, s) for m, s in finding.mentions)),
        "primary": float(finding.primary),
        "weight": finding.weight,
        **{f"assertion_{x}": float(finding.assertion == x) for x in _ASSERTIONS},
        **{f"some_{x}": float(assertion_counts[x] > 0) for x in _ASSERTIONS},
        "assertions": float(len(assertion_counts)),
        "assertion_share": assertion_counts[finding.assertion] / len(sections),
        "assertion_default": float(not why),
        **{f"why_{x}": float(why.startswith(x)) for x in reasons},
    }


def _sentence(m: Mention, s: Sentence, view: View) -> dict[str, float]:
    before, after = s.text[: m.start - s.start], s.text[m.end - s.start :]
    return {
        "sentence_diagnoses": float(len(s.of("diagnosis"))),
        "sentence_drugs": float(len(s.of("drug"))),
        "length": len(s.text) / 100,
        "at": len(before) / max(1, len(s.text)),
        "in_brackets": float(before.count("(") > before.count(")")),
        "in_list": float(before.rstrip().endswith((",", "and", "or", "/"))),
        "list_goes_on": float(bool(re.match(r"\s*(?:,|and\b|or\b|/)", after))),
        **{kind: view.has(kind, s) for kind in ("cited", "general", "past", "lecture", "group")},
        **view.families_of(s),
        **hits("before", words(before[-_REACH:])[-_NEAR:]),
        **hits("after", words(after[:_REACH])[:_NEAR]),
    }


def _among(finding: Finding, others: Sequence[Finding]) -> dict[str, float]:
    mine = set(finding.key.split())
    rest = [(f, set(f.key.split())) for f in others if f is not finding]
    shared = (len(mine & theirs) / max(1, len(mine)) for f, theirs in rest if f.primary)
    return {
        "diagnoses": scale(len(others)),
        "inside_another": float(any(mine < theirs for _, theirs in rest)),
        "holds_another": float(any(theirs < mine for _, theirs in rest)),
        "like_primary": max(shared, default=0.0),
    }
