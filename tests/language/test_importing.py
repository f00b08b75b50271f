"""spaCy without its commands: nothing of them is loaded, and they are there when somebody asks."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from extract.language.importing import import_spacy

import_spacy()
assert "spacy" in sys.modules
assert not {"spacy.cli", "requests", "httpx"} & set(sys.modules), "the commands were imported"
import spacy

assert not hasattr(spacy, "cli")
assert spacy.blank("en")("It hurts.")[1].text == "hurts"
assert spacy.info(silent=True)["spacy_version"] == spacy.__version__
import spacy.cli
from spacy.cli.info import info

assert spacy.cli.info is info and callable(spacy.cli.app)
"""


def test_spacy_comes_without_its_commands_until_they_are_asked_for() -> None:
    done = subprocess.run([sys.executable, "-W", "error::ImportWarning", "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_spacy_that_is_there_is_left_alone() -> None:
    import spacy

    from extract.language.importing import import_spacy

    before = dict(vars(spacy))
    import_spacy()
    assert vars(spacy) == before
