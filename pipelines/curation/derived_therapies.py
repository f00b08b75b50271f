"""What follows from the words of a therapy: its kind from its name, gray and fractions from the dose of a radiation.

Beside `derived`, which asks it. The vocabulary and the patterns are those that reports are read with.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from extract.language.quantities.radiation import parse_radiation
from extract.language.tables import read_table

#: how names of operations end that need no row in the vocabulary
_OPERATION = re.compile(r"(?:ectomy|plasty|otomy|ostomy|rrhaphy|pexy|odesis)$")


def kind_of(therapy: str) -> str:
    """The kind of a therapy by its name ("left partial nephrectomy" is surgery); empty where the vocabulary does not tell."""
    words = _plain(therapy).split()
    for size in range(
        len(words), 0, -1
    ):  # the longest name first, and of two of one length the last, which is the head
        for start in range(len(words) - size, -1, -1):
            if kind := _kinds().get(" ".join(words[start : start + size])):
                return kind
    return "surgery" if words and _OPERATION.search(words[-1]) else ""


def radiation_of(text: str) -> dict[str, Any]:
    """Dose in gray and fractions of "60 Gy in 30 fractions"; empty where the text tells no dose."""
    told = parse_radiation(text)
    return {"dose_gy": told[0], "fractions": told[1]} if told else {}


def first_of(text: str) -> dict[str, Any]:
    """The columns of a therapy that words of a report tell: "radiotherapy, 60 Gy in 30 fractions"."""
    dose = re.search(r"\d", text)
    name = text[: dose.start()].strip(" ,;:(") if dose and radiation_of(text) else text
    columns: dict[str, Any] = {
        "text": name,
        "therapy": _norms().get(_plain(name), name.lower()),
        "status": "given",
        "kind": kind_of(name),
    }
    if name != text:
        columns |= {"dose_text": text[len(name) :].strip(" ,;:()")} | radiation_of(text)
    return columns


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[-‐–’']", " ", text.casefold()).split())


@cache
def _kinds() -> dict[str, str]:
    rows = [row for row in read_table("vocabulary/therapies.csv") if row["kind"] != "none"]
    return {_plain(row[column]): row["kind"] for column in ("name", "norm") for row in rows}


@cache
def _norms() -> dict[str, str]:
    return {_plain(row["name"]): row["norm"] for row in read_table("vocabulary/therapies.csv") if row["kind"] != "none"}
