"""What the long form of an abbreviation is, by the names found in the text. Used by the resolver."""

from __future__ import annotations

from collections.abc import Mapping

from extract.language.resolve.candidates import Candidate


def meaning(names: Mapping[str, Candidate], long_form: str) -> Candidate | None:
    """The name a long form is, or makes up most of, at its end ("topical sodium thiosulfate")."""
    if long_form in names:
        return names[long_form]
    for name, c in names.items():
        ends = name.endswith(" " + long_form) and " of " not in name.removesuffix(
            long_form
        )  # no "stenosis of the" artery
        if (ends or long_form.endswith(" " + name)) and len(name) * 2 >= len(long_form):
            return c
    return None
