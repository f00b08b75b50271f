"""Words of the user's own: the files that [vocabulary] of the configuration names, beside the vocabularies of the package.

Used by the stages `casesift_terms` (finds the names), `casesift_resolver` (believes them, and drops stop words), `casesift_codes`
(canonical names and codes) and `casesift_guideline`. In: the setting `vocabulary` of a stage, for each kind the path of a file and,
once it is read, its text. Out: an `OwnVocabulary`. The files have the columns of the package's own and go through the same
loader, so a broken row is told with file and line as the pipeline loads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from extract.errors import Code, LanguageError
from extract.language.gazetteer import Gazetteer, key
from extract.language.rule_files import DIAGNOSES_CODES, DRUGS, STOP_WORDS, VEHICLES
from extract.rules import Row, RuleFile
from extract.schema import MENTION_LABELS

#: the kinds of files, as [vocabulary] names them, and the columns of each
KINDS: dict[str, RuleFile] = {
    "drugs": DRUGS, "vehicles": VEHICLES, "diagnoses": DIAGNOSES_CODES, "stop_words": STOP_WORDS,
}  # fmt: skip

_CODE = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")


@dataclass(frozen=True, slots=True)
class OwnName:
    """What a name stands for: the canonical name, an identifier and its system, and the spelling that must be met exactly ("" any)."""

    norm: str
    system: str = ""
    code: str = ""
    exact: str = ""


@dataclass(frozen=True)
class OwnVocabulary:
    """The user's words: drugs and diagnoses with what they stand for, vehicles with their rows, and by label what is never one."""

    drugs: Gazetteer[OwnName] = field(default_factory=Gazetteer)
    diagnoses: Gazetteer[OwnName] = field(default_factory=Gazetteer)
    vehicles: Gazetteer[list[dict[str, str]]] = field(default_factory=Gazetteer)
    stop_words: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def name_of(self, label: str, text: str) -> OwnName | None:
        """What a mention stands for, where it is one of the user's names."""
        names = {"drug": self.drugs, "diagnosis": self.diagnoses}.get(label)
        name = names.get(text) if names is not None else None
        return name if name is None or not name.exact or text.rstrip("s") == name.exact.rstrip("s") else None

    def stops(self, label: str, text: str) -> bool:
        """Whether a mention is one of the stop words."""
        return bool(self.stop_words) and key(text) in self.stop_words.get(label, ())


def own_vocabulary(setting: Mapping[str, Mapping[str, str]] | None) -> OwnVocabulary:
    """The vocabulary that the setting of a stage names: kind -> `path` and, where it was read before, `text`.

    Raises:
        LanguageError: a kind there is none of, a file that cannot be read, or a broken row, with its line.
    """
    for kind in setting or ():
        if kind not in KINDS:
            raise LanguageError(
                Code.BAD_CONFIG, f"there is no vocabulary {kind!r}", mend=f"choose from {', '.join(KINDS)}"
            )
    return _read(tuple((kind, file["path"], file.get("text")) for kind, file in (setting or {}).items()))


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[str, str, str | None], ...]) -> OwnVocabulary:
    own, stopped = OwnVocabulary(), dict[str, set[str]]()
    for kind, path, text in files:
        file = KINDS[kind].at(Path(path), text)
        for row in file:
            if kind == "drugs":
                own.drugs.update(_drug(row))
            elif kind == "diagnoses":
                own.diagnoses.update(_diagnosis(file, row))
            elif kind == "vehicles":
                own.vehicles.update([(row["name"], [_vehicle(row)])])
            else:
                for label in (row["label"],) if row["label"] else MENTION_LABELS:
                    stopped.setdefault(label, set()).add(key(row["word"]))
    return OwnVocabulary(own.drugs, own.diagnoses, own.vehicles, {k: frozenset(v) for k, v in stopped.items()})


def _drug(row: Row) -> Iterable[tuple[str, OwnName]]:
    name = OwnName(row["name"], row["system"] if row["code"] else "", row["code"])
    for wording in (row["name"], *row["synonyms"], *row["brands"]):
        yield wording, name
    for short in row["abbreviations"]:
        yield short, OwnName(name.norm, name.system, name.code, short)


def _diagnosis(file: RuleFile, row: Row) -> Iterable[tuple[str, OwnName]]:
    code = row["code"]
    if code and not _CODE.fullmatch(code):
        raise file.error(row.line, f"{code!r} is no ICD-10-CM code", "a code as K52.9, or nothing")
    names = row["names"]
    for name in names:
        short = name.isupper() and len(name) <= 6
        yield name, OwnName(names[0].lower(), "ICD-10-CM" if code else "", code, name if short else "")


def _vehicle(row: Row) -> dict[str, str]:
    filled = dict(row)
    filled["norm"], filled["kind"] = row["norm"] or row["name"], row["kind"] or "base"
    return filled
