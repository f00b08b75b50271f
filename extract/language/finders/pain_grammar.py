"""The grammar of pain ratings: patterns for `extract.language.finders.pain`, built from named parts.

A rating is a bare number with nothing behind it that makes it a count, a share, a time or an amount. Words of
pain and of other scores stand in rules/pain_words.csv, instruments in rules/pain_scales.csv.
"""

from __future__ import annotations

import re

from extract.language.quantities.numbers import NUMBER
from extract.language.quantities.pain import FREE as FREE_WORDS
from extract.language.quantities.pain import OUT_OF as FRACTION
from extract.language.quantities.pain import SCALE as SCALE_NAMES
from extract.language.quantities.parts import RANGE, rules

KINDS = {
    kind: re.compile(
        "|".join(rf"(?<!\w){row['pattern']}" for row in rules("pain_words") if row["kind"] == kind), re.IGNORECASE
    )
    for kind in ("pain", "other")
}
#: what a sentence with a rating has at least: cheap, and looked for first
HINT = re.compile(
    rf"(?:[/∕⁄]|\b[Oo]f|-)\s?(?:100?\b|[Tt]en\b)|\b(?:to|as|was|is|at)\s+(?:a\s)?(?:\d|zero|one|two)|\d\s?mm\s(?:at|on|during|with)\b|(?<!\w){SCALE_NAMES}(?!\w)",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[(\"“])|\n\s*\n")
OUT_OF = re.compile(
    rf"(?<![\w./,:]){FRACTION}(?![\w/])(?!\s?(?:of\s+)?(?:the\s+)?(?:patients|cases|hpf|high|cm|mm|(?:positive\s+|involved\s+|examined\s+|tested\s+)?(?:sites|slides|sections|samples|specimens|fields|joints|nodes|lymph\s+nodes|eyes|women|men|children|criteria|cores?|biops\w+|tests?|cycles|sessions|lesions|segments|teeth|digits|fingers|toes|quadrants|occasions|attempts|points\s+on\s+the\s+naranjo)))",
    re.IGNORECASE,
)
SCALE = re.compile(rf"(?<!\w){SCALE_NAMES}(?!\w)(?:\s?\((?:VAS|NRS|NPRS|VRS)\))?", re.IGNORECASE)
FREE = re.compile(FREE_WORDS, re.IGNORECASE)
#: a bare rating: nothing behind it that makes it a count, a share, a time or an amount
_RATING = rf"(?:{NUMBER})(?:\s?±\s?\d+(?:\.\d+)?|{RANGE}{NUMBER})?(?:\s?/\s?(?:[4-9]|10|100)\b|\s(?:out\s)?of\s(?:[4-9]|10|100|ten)\b)?(?:\s?[mc]m\b)?"
_END = (
    r"(?![\w%‰])(?!\s?[%=/:])(?![.,]\d)(?!\s?-?(?:days?|weeks?|months?|mo\b|hours?|h\b|min|years?|point-|points?\s+(?:reduc|decreas|drop|improv|lower|less|differ|on\s+the\s+(?:first|second))|patients?|mg|ml|g\b"
    r"|times?|cases?|percent|sessions?|injections?|st\b|nd\b|rd\b|th\b|kg|cm|mm))"
)
_LINKS = [
    "score",
    "scores",
    "scale",
    "rating",
    "ratings",
    "was",
    "is",
    "were",
    "are",
    "of",
    "at",
    "to",
    "as",
    "a",
    "an",
    "the",
    "had",
    "been",
    "recorded",
    "rated",
    "reported",
    "measured",
    "estimated",
    "scored",
    "about",
    "approximately",
    "around",
    "still",
    "only",
    "now",
    "value",
    "level",
    "intensity",
    "pain",
    "from",
    "for",
    "in",
    "rest",
    "movement",
    "max",
    "he",
    "she",
    "patient",
    "it",
]
#: "(0-100 mm)" has been blanked up to its unit
_LINK = rf"(?:[\s:=,(\)_]|(?<=_)\s?[mc]m\b|\b(?:{'|'.join(_LINKS)})\b)*"
AFTER_SCALE = re.compile(rf"{_LINK}(?P<value>{_RATING}){_END}", re.IGNORECASE)
OF_PAIN = re.compile(
    rf"\s+(?:of|for|in)\s+(?:the\s+|her\s+|his\s+)?(?:[a-z-]+\s+){{1,4}}(?:is|was|of|were|at)\s+(?P<value>{_RATING}){_END}",
    re.IGNORECASE,
)
BEFORE_SCALE = re.compile(
    rf"(?<![\w./∕⁄])(?P<value>{_RATING})\s*(?:points?\s*(?=\())?(?:\(|,\s?)?(?:(?:on|in|by|per|according\s+to|as\s+measured\s+(?:by|on|with|using)|using|points?\s+on)\s+)?"
    rf"(?:(?:the|a|an|his|her)\s+)?(?:(?!(?:and|but|then|with|while|or)\b)[a-z0-9_-]+\s+){{0,2}}$",
    re.IGNORECASE,
)
#: a scale told only by its ends: "on a scale of 0 to 10", "a 0-10 scale"
ENDS = re.compile(
    r"\b(?:on|using)\s+(?:a|the)\s+(?:(?:pain|numeric\w*|rating)\s+)*scale\s+(?:of|from|ranging\s+from)\s+(?:[01]\s?(?:-|–|to)\s?)?(?:10|ten)\b"
    r"|\b(?:on|using)\s+(?:a|the)\s+[01]\s?(?:-|–|to|-to-)\s?10\s+(?:\w+\s+){0,2}scale"
    r"|\b(?:on|using)\s+(?:an?|the)\s+(?:11|eleven)[- ]point\s+(?:[\w-]+\s+){0,3}scale"
    r"|\bon\s+(?:the|that)\s+same\s+(?:\w+\s+)?scale\b",
    re.IGNORECASE,
)
PAIN_WAS = re.compile(
    rf"\bpain\b(?:\s+(?!from\b)\w+){{0,6}}?\s*(?:,\s)?(?:was|is|as|at|of|were|being|initially)\s+(?:an?\s+)?(?P<value>{_RATING}){_END}",
    re.IGNORECASE,
)
SERIES = re.compile(
    rf"(?:\b(?:and|then|but|to)\s+|,\s+)(?:(?:it|this|as|was|were|then|later|only|finally|\d+\s\w+\slater)\s+)*(?P<value>{_RATING})(?=\s+(?:at|after|before|with|on|during|by|in|post|when|following|upon)\b|,?\s+respectively\b)",
    re.IGNORECASE,
)
#: a rating behind its time and nothing else: "VAS was 5 at a week and, after adding amitriptyline, 2"
ELLIPSIS = re.compile(
    rf"(?:[,;]|\band)\s*(?:then\s+)?(?:after|at|on|following|with|by|in|before)\s+[^,;.]{{2,60}}[,:]\s+(?:only\s+)?(?P<value>{_RATING})(?=\s*(?:[.;]|$|,?\s+and\b))",
    re.IGNORECASE,
)
#: "it was 3 after a week", "the score had come down to 15 mm": of pain where a rating was told just before
STATE = re.compile(
    rf"\b(?:it|(?:the|her|his|this)\s+(?:pain\s+)?(?:scores?|rating|intensity|level|value))\s+"
    rf"(?:was|is|had\s+been|scored|measured|had\s+(?:come|gone|fallen|dropped|decreased|risen|improved)\s+(?:down\s+|up\s+)?to|(?:came|went)\s+(?:down|up)\s+to|(?:fell|dropped|decreased|rose|improved)\s+to)\s+"
    rf"(?:now\s+|only\s+|still\s+|down\s+to\s+|an?\s+)*(?P<value>{_RATING}){_END}(?=\s*(?:[.,;:)\]]|$|(?:at|after|in|on|during|with|before|and|by|but|when|then|to)\b))",
    re.IGNORECASE,
)
#: "between 6 and 8" is a range
BETWEEN = re.compile(rf"(\bbetween\s+{NUMBER}\s)and(?=\s{NUMBER})", re.IGNORECASE)
#: behind a rating that nothing else tells of: no noun, or it is a share ("10/10 sites")
LONE_AFTER = re.compile(
    r"\s*(?:[.,;:)\]]|$|(?:at|after|in|on|during|with|before|and|by|but|when|then|to)\b)", re.IGNORECASE
)
#: where the instrument was told before: "she scored 25 mm at rest", "pain had crept back to 45 mm on movement"
MM_STATE = re.compile(
    rf"(?<![\w.,/-])(?P<value>{NUMBER}\s?mm)(?=\s+(?:at\s+(?:rest|night)|(?:on|during|with)\s+(?:movement|moving|walking|weight[- ]?bearing|exertion|activity|coughing|swallowing|standing))\b)",
    re.IGNORECASE,
)
_ASIDE = r"(?:\s*\([^)]{0,60}\))?"
_VERBS = [
    "reduced",
    "decreased",
    "dropped",
    "fell",
    "improved",
    "increased",
    "rose",
    "declined",
    "lowered",
    "worsened",
    "went",
    "came",
    "changed",
    "diminished",
    "subsided",
    "eased",
    "down",
    "up",
    "reduction",
    "decrease",
    "improvement",
    "drop",
    "decline",
    "rated",
    "scored",
    "graded",
    "estimated",
    "intensity",
    "severity",
    "reached",
]
CHANGE = re.compile(
    rf"\b(?:{'|'.join(_VERBS)})\b(?:\s+by\s+\S+)?(?:\s+(?!from\b|to\b|by\b|of\b)\w+){{0,5}}?{_ASIDE}\s+(?:(?:down|up)\s+)?"
    rf"(?:from\s+(?:an?\s+)?(?:score\s+of\s+)?(?P<a>{_RATING}){_ASIDE}(?:\s+\w+){{0,4}}?\s+to\s+(?:an?\s+)?(?:score\s+of\s+)?(?P<b>{_RATING}){_END}"
    rf"|(?:to|as|at)\s+(?:an?\s+|only\s+)?(?:score\s+of\s+)?(?P<c>{_RATING}){_END})",
    re.IGNORECASE,
)
FROM_TO = re.compile(r"(?P<a>\S+)\s+to\s+(?P<b>\S+.*)")
FALL = re.compile(
    r"\b(?:reduc|decreas|drop|improve|chang|differ|increas)\w*\s+(?:of|by)\s+(?:about\s+)?$", re.IGNORECASE
)
