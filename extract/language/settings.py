"""The settings of the language pipeline: `pipeline.cfg` beside this file, with what a person's own file changes.

In: a configuration file, or none. Out: the whole configuration, every stage with its settings, for `pipeline.load`. spaCy
itself is not needed for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from confection import Config, ConfigValidationError

from extract.errors import Code, LanguageError

CONFIG = Path(__file__).with_name("pipeline.cfg")


def read_config(config: Path | str | None = None, **overrides: Any) -> Config:
    """The configuration: ours, with the sections of the file `config` laid over it, then single settings.

    Args:
        config: a file in the form of `pipeline.cfg`; it needs to hold only what it changes.
        overrides: single settings by their dotted name, e.g. `**{"components.casesift_sentences.method": "pysbd"}`.

    Raises:
        LanguageError: the file is absent or not a configuration, or a setting names a section that is not there.
    """
    merged = Config().from_disk(CONFIG, interpolate=False)
    if config is not None:
        path = Path(config)
        if not path.is_file():
            raise LanguageError(Code.BAD_CONFIG, "there is no such configuration file", file=path)
        try:
            text = path.read_text(encoding="utf-8")
            if "[components]" not in text:  # confection wants every parent section named
                text = f"[components]\n\n{text}"
            merged = merged.merge(Config().from_str(text, interpolate=False))
        except (ConfigValidationError, ValueError, UnicodeDecodeError) as error:
            raise LanguageError(
                Code.BAD_CONFIG, f"it cannot be read as a spaCy configuration ({first_line(error)})", file=path,
                mend="write sections as [components.NAME] and values as JSON, as pipeline.cfg of the package does",
            ) from error  # fmt: skip
    for name, value in overrides.items():
        _set(merged, name, value)
    return merged


def _set(config: dict[str, Any], name: str, value: Any) -> None:
    *sections, key = name.split(".")
    at: Any = config
    for section in sections:
        if not isinstance(at, dict) or section not in at:
            raise LanguageError(
                Code.BAD_CONFIG, f"there is no setting {name!r}", mend="their names stand in pipeline.cfg"
            )
        at = at[section]
    at[key] = value


def first_line(error: Exception) -> str:
    """What is wrong with a configuration, on one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = ": ".join(lines[:4]).split(": {'nlp': ")[0]  # confection adds the whole block, objects and all
    return message or type(error).__name__
