"""brat standoff: the text and its annotations, for https://brat.nlplab.org and what reads its files.

A document becomes `brat/NAME.txt` and `brat/NAME.ann`, named after its file: the mentions as entities, their assertions as attributes, and an
arrow from a drug to each of its doses, routes ... The store keeps no texts, so the documents are read again from where
they stand; one that is gone or has changed since is left out, and `brat/LEFT_OUT.txt` says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from extract import schema
from extract.errors import CasesiftError
from pipelines.catalog.datapackage import allowed
from pipelines.curation import curated_rows
from pipelines.curation.fields import NOT_FACTS
from pipelines.engines.processing import DefaultExtractor, MakeExtractor
from pipelines.exports.left_out import LEFT_OUT, tell
from pipelines.files.replacing import replacing
from pipelines.inputs.addresses import at_hand
from pipelines.inputs.known import Known
from pipelines.store import Store

__all__ = ["LEFT_OUT", "export", "standoff"]

_ARROW = "of"

#: most characters of a document's name
_LONGEST = 120


def export(store: Store, dest: Path, *, make: MakeExtractor | None = None) -> list[Path]:
    """Write a `.txt` and an `.ann` for each document, and `annotation.conf`, into `dest/brat`."""
    folder = dest / "brat"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [_configuration(folder)]
    left_out = []
    makes = [make] if make else [DefaultExtractor(), DefaultExtractor(pdf_engine="pdfplumber")]
    for known, name in _named(k for k in store.known() if k.status != "failed"):
        rows = [r for r in curated_rows(store, "mentions", known.doc_id) if r["curation"] not in NOT_FACTS]
        try:
            with at_hand(known.path, known.sha256) as path:
                text = _text_of(path, rows, makes)
        except CasesiftError as error:
            left_out.append(f"{known.file}: {error.reason}")
            continue
        except OSError as error:
            left_out.append(f"{known.file}: cannot be read ({error.strerror or error})")
            continue
        if text is None:
            left_out.append(f"{known.file}: its text has changed since its rows were made; run again")
            continue
        paths += _document(folder, name, text, rows)
        for suffix in (".txt", ".ann") if name != known.doc_id else ():  # as they were called before
            (folder / f"{known.doc_id}{suffix}").unlink(missing_ok=True)
    return paths + tell(folder, left_out)


def _text_of(path: Path, rows: list[dict[str, Any]], makes: Sequence[MakeExtractor]) -> str | None:
    """The text the rows were made from, with whichever engine the run read PDFs; None when none gives it any more."""
    for make in makes:
        text = make().read(path).text
        if all(text[r["start"] : r["end"]] == r["text"] for r in rows):
            return text
    return None


def standoff(text: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of a standoff file for a document's mentions."""
    drugs: dict[str, str] = {}
    for i, row in enumerate(rows, 1):
        if row["label"] == "drug" and row["linked_to"]:
            drugs.setdefault(row["linked_to"], f"T{i}")
    attribute = relation = 0
    for i, row in enumerate(rows, 1):
        start, end = row["start"], row["end"]
        yield f"T{i}\t{row['label']} {_fragments(text, start, end)}\t{' '.join(text[start:end].split(chr(10)))}"
        if row["assertion"]:
            attribute += 1
            yield f"A{attribute}\t{_attribute(row['label'])} T{i} {row['assertion']}"
        drug = drugs.get(row["linked_to"])
        if drug and row["label"] != "drug":
            relation += 1
            yield f"R{relation}\t{_ARROW} Arg1:T{i} Arg2:{drug}"


def _attribute(label: str) -> str:
    return "status" if label == "drug" else "assertion"


def _fragments(text: str, start: int, end: int) -> str:
    """Offsets without line breaks, which brat forbids in a span: "4 9;10 14"."""
    parts = []
    for line in text[start:end].split("\n"):
        if line:
            parts.append(f"{start} {start + len(line)}")
        start += len(line) + 1
    return ";".join(parts)


def _named(documents: Iterable[Known]) -> list[tuple[Known, str]]:
    """A name for the files of each document: its own, with folders and odd characters as `_`; of two that are alike both have their identifier."""
    plain = [(k, re.sub(r"[^\w.-]+", "_", k.file.rpartition(".")[0]).strip("._-")[:_LONGEST]) for k in documents]
    times = Counter(name.casefold() for _, name in plain)
    odd = {"", LEFT_OUT.rpartition(".")[0].casefold()}
    return [
        (k, f"{name}-{k.doc_id}".lstrip("-") if times[name.casefold()] > 1 or name.casefold() in odd else name)
        for k, name in plain
    ]


def _document(folder: Path, name: str, text: str, rows: list[dict[str, Any]]) -> list[Path]:
    paths = [folder / f"{name}.txt", folder / f"{name}.ann"]
    with replacing(paths[0]) as stream:
        stream.write(text)
    with replacing(paths[1]) as stream:
        stream.writelines(f"{line}\n" for line in standoff(text, rows))
    return paths


def _configuration(folder: Path) -> Path:
    diagnosis = "|".join(allowed(schema.Diagnosis, "assertion"))
    status = "|".join((*allowed(schema.Treatment, "status"), "general"))
    others = "|".join(label for label in schema.MENTION_LABELS if label not in ("drug", "diagnosis"))
    lines = (
        "[entities]", *schema.MENTION_LABELS,
        "[relations]", f"{_ARROW}\tArg1:{others}, Arg2:drug",
        "[events]",
        "[attributes]", f"assertion\tArg:diagnosis, Value:{diagnosis}", f"status\tArg:drug, Value:{status}",
    )  # fmt: skip
    path = folder / "annotation.conf"
    with replacing(path) as stream:
        stream.writelines(f"{line}\n" for line in lines)
    return path
