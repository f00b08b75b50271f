"""Which pipeline this is: a short name that changes whenever what it finds could.

A later run knows by it which documents were read by the same pipeline. Nothing is loaded for it, not even imported: the
libraries are told by their versions, the rest by the bytes of the files.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

    from extract.settings import Settings

#: installed packages whose version can change what is found
_PACKAGES = (
    "casesift", "spacy", "scispacy", "drug-named-entity-recognition", "simple-icd-10-cm",
    "pdfplumber", "pdfminer.six", "pypdfium2",
)  # fmt: skip


def fingerprint(settings: Settings, nlp: Language | None = None) -> str:
    """Twelve hexadecimal digits that change when the code, the settings, a vocabulary, the model or a library does.

    Args:
        settings: those of all rooms.
        nlp: the pipeline in use where it was not made from the settings.
    """
    digest = hashlib.sha256(_code_digest())
    digest.update(settings.digest.encode())
    if nlp is not None:
        digest.update(json.dumps(nlp.config.interpolate(), sort_keys=True, default=str).encode())
    return digest.hexdigest()[:12]


@cache
def _code_digest() -> bytes:
    """Digest of all files of the package but compiled ones, and of the versions of the libraries that matter."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for package in _PACKAGES:
        try:
            digest.update(f"{package}=={version(package)}".encode())
        except PackageNotFoundError:
            digest.update(f"{package} is not installed".encode())
    return digest.digest()
