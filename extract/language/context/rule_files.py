"""The rule files of this room that are patterns on a sentence: their columns, and where in a sentence each kind is looked for.

What a file and its kinds mean stands at its head. The cues of whom a sentence speaks are read by the records room too, which decides
by them to which patient a fact belongs.
"""

from __future__ import annotations

from extract.language.quantities.duration import LENGTH
from extract.rules import WORD_START, Kinds, Pattern, Place, RuleFile, Text

ANYWHERE, OPENS, BEFORE, BEHIND, NEXT, BETWEEN, NAME, WHOLE = (
    Place.ANYWHERE, Place.OPENS, Place.BEFORE, Place.BEHIND, Place.NEXT, Place.BETWEEN, Place.NAME, Place.WHOLE,
)  # fmt: skip


def cues_file(name: str, **places: Place) -> RuleFile:
    """A file of patterns by kind, matched at word starts."""
    return RuleFile(
        f"records/rules/{name}.csv",
        classes={"length": lambda: LENGTH},
        kind=Kinds(**places),
        pattern=Pattern(prefix=WORD_START),
        example=Text(required=True),
        not_example=Text(),
        comment=Text(),
    )


CUES = cues_file(
    "cues",
    index=ANYWHERE, report=ANYWHERE, cited=ANYWHERE, review=ANYWHERE, compared=ANYWHERE, general=ANYWHERE, carry=OPENS,
    lecture=ANYWHERE, new_case=ANYWHERE, group=ANYWHERE, others=OPENS, joint=ANYWHERE, some=ANYWHERE, several=ANYWHERE, kin_pair=ANYWHERE, ours_together=ANYWHERE, had_care=ANYWHERE, relative=ANYWHERE,
    past=ANYWHERE, literature=ANYWHERE, animal=ANYWHERE, at_age=BEFORE, teaching_heading=OPENS, teaching_verb=ANYWHERE, people_at_large=ANYWHERE,
    usual_dose=ANYWHERE, this_one=OPENS, was_done=ANYWHERE, of_now=ANYWHERE, state_of_now=OPENS, seen_in=OPENS, finding=OPENS,
)  # fmt: skip
RELATIVES = cues_file(
    "relatives",
    subject=ANYWHERE, of_a_child=ANYWHERE, beside=BEHIND, tells=BEHIND, acts=BEHIND, origin=BEFORE, forward=ANYWHERE, born_to=ANYWHERE, newborn=ANYWHERE, stranger=ANYWHERE, of_stranger=ANYWHERE,
    clause_end=ANYWHERE, plural=ANYWHERE, back=ANYWHERE, birth=ANYWHERE, mother_again=ANYWHERE,
)  # fmt: skip
OVERRIDES = cues_file(
    "provisos",
    aside_before=BEFORE, aside_after=BEHIND, talk_before=BEFORE, denial=ANYWHERE, denial_end=ANYWHERE, denial_but=ANYWHERE, untaken_before=BEFORE, untaken_after=NEXT, no_drug=NAME,
    ended_after=BEHIND, tested_after=BEHIND, past=ANYWHERE, past_before=BEFORE, past_healed=BEHIND, no_medicine=NAME, as_medicine=ANYWHERE,
)  # fmt: skip

NAMES = RuleFile(
    "records/rules/wholes.csv",
    kind=Kinds(before=BEFORE, after=BEHIND, series=BEHIND),
    name=Pattern(tried=False),
    pattern=Pattern(flags=0),
    example=Text(required=True),
    not_example=Text(),
    comment=Text(),
)
