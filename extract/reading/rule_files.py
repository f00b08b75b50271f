"""The rule files of this room: their columns. What a file is for stands at its head, in `rules/*.csv`."""

from __future__ import annotations

from extract.document import SECTION_NAMES
from extract.rules import Character, Choice, Pattern, RuleFile, Text, Word

HEADINGS = RuleFile("reading/rules/headings.csv", wording=Word(), section=Choice(*SECTION_NAMES), comment=Text())
COMPOUND_PARTS = RuleFile(
    "reading/rules/hyphens.csv",
    part=Word(),
    rule=Choice("keeps before", "keeps after", "joins", "partner"),
    comment=Text(),
)
OCR_CONFUSIONS = RuleFile(
    "reading/rules/ocr_confusions.csv",
    pattern=Pattern(flags=0, alone=True),
    why=Text(required=True),
    example=Text(required=True),
    not_example=Text(),
)
ISOTOPES = RuleFile("reading/rules/isotopes.csv", mass=Word(), sign=Word(), comment=Text())
PI_FONTS = RuleFile(
    "reading/rules/pi_fonts.csv", font=Word(), code=Text(required=True), shown=Text(required=True), comment=Text()
)
SYMBOL_FONT = RuleFile("reading/rules/symbol_font.csv", code=Character(), shown=Character(), comment=Text())
