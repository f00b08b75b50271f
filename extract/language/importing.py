"""spaCy, imported without its commands.

Before the pipeline is loaded. `import spacy` also imports the command line of spaCy, for one function of it
(`spacy.info`), and with it clients of the web: a fifth of a second a process, of which casesift needs nothing. Afterwards
all is as it would be: `spacy.info` and `spacy.cli` are imported when they are first used.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_COMMANDS, _INFO = "spacy.cli", "spacy.cli.info"


def import_spacy() -> None:
    """Import spaCy, if nobody has."""
    if "spacy" in sys.modules:
        return
    commands, info = ModuleType(_COMMANDS), ModuleType(_INFO)
    commands.__path__ = []
    info.info = _info  # type: ignore[attr-defined]
    sys.modules |= {_COMMANDS: commands, _INFO: info}
    try:
        import spacy
    except ImportError:  # another release, which needs more of them
        spacy = None  # type: ignore[assignment]
    finally:
        del sys.modules[_COMMANDS], sys.modules[_INFO]
    if spacy is None:
        import spacy
    vars(spacy).pop("cli", None)


def _info(*args: Any, **settings: Any) -> Any:
    """What `spacy.info` is: its own function of that name."""
    from spacy.cli.info import info

    return info(*args, **settings)
