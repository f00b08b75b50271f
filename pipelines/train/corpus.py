"""Annotated texts: reading the formats people keep them in, and turning them into Docs.

First step of the recipe. In come JSON lines, brat standoff or PubTator files; out go `AnnotatedText`s, or a
spaCy `DocBin` of them (`doc.spans["gold"]`), which any spaCy project can read.

JSON lines: `{"id", "text", "spans": [[start, end, label], ...]}`, offsets in characters, end exclusive.
brat: `NAME.txt` with `NAME.ann`; text-bound annotations (T lines), also discontinuous ones (their whole range).
PubTator: `id|t|title`, `id|a|abstract`, then `id TAB start TAB end TAB text TAB type ...`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, DocBin, SpanGroup

from extract.errors import Code, PipelineError

GOLD = "gold"


@dataclass(frozen=True)
class AnnotatedText:
    """A text and its mentions: (start, end, label) in characters, end exclusive, in text order."""

    id: str
    text: str
    spans: tuple[tuple[int, int, str], ...]


def read(path: Path) -> list[AnnotatedText]:
    """Read a file or folder in any of the formats above, known by extension (.jsonl, .ann in a folder, .txt PubTator,
    .spacy). PipelineError when nothing annotated is there."""
    if path.is_dir():
        texts = [t for ann in sorted(path.glob("*.ann")) for t in read_brat(ann)]
    elif path.suffix == ".jsonl":
        texts = list(read_jsonl(path))
    elif path.suffix == ".ann":
        texts = list(read_brat(path))
    else:
        texts = list(read_pubtator(path))
    if not texts:
        raise PipelineError(
            Code.USAGE, "no annotated texts found", file=path, mend="give a .jsonl file, a folder of .txt and .ann, or PubTator"
        )  # fmt: skip
    return texts


def read_jsonl(path: Path) -> Iterator[AnnotatedText]:
    """Texts of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                spans = tuple(sorted({(int(s), int(e), str(label)) for s, e, label in row["spans"]}))
                yield AnnotatedText(str(row["id"]), row["text"], spans)
            except (ValueError, KeyError, TypeError) as error:
                raise PipelineError(
                    Code.USAGE, f"line {number} is not an annotated text: {error!r}", file=path,
                    mend='write {"id": ..., "text": ..., "spans": [[start, end, label]]} on every line',
                ) from error  # fmt: skip


def write_jsonl(texts: Iterable[AnnotatedText], path: Path) -> None:
    """Write texts as JSON lines."""
    with path.open("w", encoding="utf-8") as out:
        for t in texts:
            out.write(
                json.dumps({"id": t.id, "text": t.text, "spans": [list(s) for s in t.spans]}, ensure_ascii=False) + "\n"
            )


def read_brat(ann: Path) -> Iterator[AnnotatedText]:
    """The text beside one brat .ann file."""
    text = ann.with_suffix(".txt").read_text(encoding="utf-8")
    spans = set()
    for line in ann.read_text(encoding="utf-8").splitlines():
        if not line.startswith("T"):
            continue
        label, place = line.split("\t")[1].split(" ", 1)
        ends = [tuple(map(int, piece.split())) for piece in place.split(";")]
        spans.add((ends[0][0], ends[-1][1], label))
    yield AnnotatedText(ann.stem, text, tuple(sorted(spans)))


def read_pubtator(path: Path) -> Iterator[AnnotatedText]:
    """Texts of a PubTator file; title and abstract are joined by a space, as their offsets suppose."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts, spans, name = [], set(), ""
        for line in block.splitlines():
            fields = line.split("\t")
            if len(fields) >= 5 and fields[1].isdigit():
                spans.add((int(fields[1]), int(fields[2]), fields[4]))
            elif line.count("|") >= 2 and line.split("|", 2)[1] in {"t", "a"}:
                name, _, part = line.split("|", 2)
                parts.append(part)
        if parts:
            yield AnnotatedText(name, " ".join(parts), tuple(sorted(spans)))


def to_doc(nlp: Language, text: AnnotatedText) -> Doc:
    """The text as a Doc with `doc.spans["gold"]`; mentions that begin or end inside a token are left out."""
    doc = nlp.make_doc(text.text)
    doc.user_data["id"] = text.id
    spans = (doc.char_span(start, end, label=label) for start, end, label in text.spans)
    doc.spans[GOLD] = SpanGroup(doc, name=GOLD, spans=[s for s in spans if s is not None and s.text.strip()])
    return doc


def to_docbin(nlp: Language, texts: Iterable[AnnotatedText]) -> DocBin:
    """The texts as a DocBin, for `spacy train`, `spacy debug data` and other people's tools."""
    return DocBin(docs=[to_doc(nlp, t) for t in texts], store_user_data=True)


def flat(spans: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """(start, end, label) without overlaps: of two that overlap the longer stays, of equals the earlier."""
    kept: list[tuple[int, int, int]] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(span[1] <= k[0] or k[1] <= span[0] for k in kept):
            kept.append(span)
    return sorted(kept)
