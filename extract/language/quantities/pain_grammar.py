"""The grammar of pain ratings in running text: patterns for `pain_mentions`, built from named parts.

A rating is a bare number with nothing behind it that makes it a count, a share, a time or an amount. Words of
pain and of other scores, of change and of what is counted stand in rules/pain_words.csv, instruments in
rules/pain_scales.csv.
"""

from __future__ import annotations

import re

from extract.language.quantities.numbers import NUMBER
from extract.language.quantities.pain import FREE as FREE_WORDS
from extract.language.quantities.pain import OUT_OF as FRACTION
from extract.language.quantities.pain import SCALE as SCALE_NAMES
from extract.language.quantities.parts import RANGE
from extract.language.rule_files import PAIN_WORDS
from extract.rules.compiling import compiled

KINDS = {
    "pain": PAIN_WORDS.pattern("pain"),
    "other": PAIN_WORDS.any_of([*PAIN_WORDS.of("other"), *PAIN_WORDS.of("rated")]),
}
#: what an instrument rates that is no pain: "itch on the VAS", "VAS for fatigue"
RATED = PAIN_WORDS.pattern("rated")
#: what a sentence with a rating has at least: cheap, and looked for first
_HINTS = (
    r"(?:[/∕⁄]|\b[Oo]f|-)\s?(?:100?\b|[Tt]en\b)",
    r"\b(?:to|as|was|is|at)\s+(?:an?\s)?(?:\d|zero|one|two)",
    r"\d\s?mm\s(?:at|on|during|with)\b",
    rf"(?<!\w){SCALE_NAMES}(?!\w)",
)
HINT = compiled("|".join(_HINTS), re.IGNORECASE)
SENTENCE = compiled(r"(?<=[.!?])\s+(?=[A-Z\[(\"“])|\n\s*\n")
_SHARE = rf"\s?(?:of\s+)?(?:the\s+)?{PAIN_WORDS.source('counted')}"
OUT_OF = compiled(rf"(?<![\w./,:]){FRACTION}(?![\w/])(?!{_SHARE})", re.IGNORECASE)
SCALE = compiled(rf"(?<!\w){SCALE_NAMES}(?!\w)(?:\s?\((?:VAS|NRS|NPRS|VRS)\))?", re.IGNORECASE)
FREE = compiled(FREE_WORDS, re.IGNORECASE)
_SPREAD = rf"(?:\s?±\s?\d+(?:\.\d+)?|{RANGE}{NUMBER})?"
_TOP = r"(?:\s?/\s?(?:[4-9]|10|100)\b|\s(?:out\s)?of\s(?:[4-9]|10|100|ten)\b)?"
#: a bare rating: nothing behind it that makes it a count, a share, a time or an amount
_RATING = rf"(?:{NUMBER}){_SPREAD}{_TOP}(?:\s?[mc]m\b)?"
_TIME_UNIT = r"days?|weeks?|months?|mo\b|hours?|h\b|min|years?"
_MOVED_POINTS = r"point-|points?\s+(?:reduc|decreas|drop|improv|lower|less|differ|on\s+the\s+(?:first|second))"
_COUNTED = r"patients?|mg|ml|g\b|times?|cases?|percent|sessions?|injections?|st\b|nd\b|rd\b|th\b|kg|cm|mm"
#: "at 1, 3 and 6 months": times
_MORE_TIMES = rf"(?:(?:,\s?\d+)+,)?(?:(?:,\s?\d+)*)\s+(?:and|or|to)\s+\d+\s?-?(?:{_TIME_UNIT})"
_END = rf"(?![\w%‰])(?!\s?[%=/:])(?![.,]\d)(?!\s?-?(?:{_TIME_UNIT}|{_MOVED_POINTS}|{_COUNTED}))(?!{_MORE_TIMES})"
#: what may stand behind a rating that nothing but its sentence tells of
_THEN = r"(?:[.,;:)\]]|$|(?:at|after|in|on|during|with|before|and|by|but|when|then|to)\b)"
#: "(0-100 mm)" has been blanked up to its unit
_LINK = rf"(?:[\s:=,(\)_]|(?<=_)\s?[mc]m\b|\b{PAIN_WORDS.source('link')}\b)*"
_TIMES = rf"(?:\s*(?:at|after|on|for)\s+(?:days?|weeks?|months?|hours?)?\s?\d+{_MORE_TIMES}\w*)?"
AFTER_SCALE = compiled(rf"(?:{_LINK}{_TIMES})?{_LINK}(?P<value>{_RATING}){_END}", re.IGNORECASE)
OF_PAIN = compiled(
    rf"\s+(?:of|for|in)\s+(?:the\s+|her\s+|his\s+)?(?:[a-z-]+\s+){{1,4}}(?:is|was|of|were|at|read|stood\s+at)\s+(?P<value>{_RATING}){_END}",
    re.IGNORECASE,
)
#: what the words behind an instrument say that it rates
RATED_BEHIND = compiled(r"(?:\s+(?:scores?|scale|ratings?))?\s+(?:for|of)\s+(?:[a-z-]+\s+){0,2}[a-z-]+", re.IGNORECASE)
_BY = r"(?:(?:on|in|by|per|according\s+to|as\s+measured\s+(?:by|on|with|using)|using|points?\s+on)\s+)?"
_NAMED = r"(?:(?:the|a|an|his|her)\s+)?(?:(?!(?:and|but|then|with|while|or)\b)[a-z0-9_-]+\s+){0,2}"
BEFORE_SCALE = compiled(
    rf"(?<![\w./∕⁄])(?P<value>{_RATING})(?!\s?-?(?:{_TIME_UNIT})\b)\s*(?:points?\s*(?=\())?(?:\(|,\s?)?{_BY}{_NAMED}$",
    re.IGNORECASE,
)
#: a scale told only by its ends: "on a scale of 0 to 10", "a 0-10 scale"
_ON = r"\b(?:on|using)\s+(?:an?|the)\s+"
_TO_TEN = r"(?:[01]\s?(?:-|–|to)\s?)?(?:10|ten)\b"
_SCALE_ENDS = (
    rf"{_ON}(?:(?:pain|numeric\w*|rating)\s+)*scale\s+(?:of|from|ranging\s+from)\s+{_TO_TEN}",
    rf"{_ON}[01]\s?(?:-|–|to|-to-)\s?10\s+(?:\w+\s+){{0,2}}scale",
    rf"{_ON}(?:1[01]|ten|eleven)[- ]point\s+(?:[\w-]+\s+){{0,3}}scale",
    r"\bon\s+(?:the|that)\s+same\s+(?:\w+\s+)?scale\b",
)
ENDS = compiled("|".join(_SCALE_ENDS), re.IGNORECASE)
PAIN_WAS = compiled(
    rf"\bpain\b(?:\s+(?!from\b)\w+){{0,6}}?\s*(?:,\s)?(?:was|is|as|at|of|were|been|being|initially)\s+(?:an?\s+)?(?P<value>{_RATING}){_END}",
    re.IGNORECASE,
)
_THEN_IT_WAS = r"(?:(?:it|this|as|was|were|is|are|then|later|only|now|finally|\d+\s\w+\slater)\s+)*"
_AT_A_TIME = r"(?:\s+(?:at|after|before|with|on|during|by|in|post|when|following|upon)\b|,?\s+respectively\b)"
SERIES = compiled(
    rf"(?:\b(?:and|then|but|to)\s+|,\s+){_THEN_IT_WAS}(?P<value>{_RATING})(?={_AT_A_TIME})", re.IGNORECASE
)
#: the last of a series, with nothing behind it: "VAS was 8 at the start and is now 2."
LATELY = compiled(
    rf"\b(?:and|but|then)\s+(?:it\s+)?(?:(?:is|was|are|were)\s+)?(?:now|currently|today|later|finally|subsequently|then)\s+"
    rf"(?:only\s+)?(?P<value>{_RATING}){_END}(?=\s*{_THEN})",
    re.IGNORECASE,
)
#: several ratings with one time or one unit for all: "and 54, 25, 25 and 45 mm after 7, 30, 60 and 90 days"
LISTED = compiled(
    rf"(?:\b(?:and|then|to|was|were)\s+|,\s+)(?P<values>{NUMBER}(?:,\s+{NUMBER})+,?\s+and\s+{_RATING}|{NUMBER}\s+and\s+{_RATING})"
    rf"{_END}(?={_AT_A_TIME}|\s*[.;])",
    re.IGNORECASE,
)
ONE_OF_LIST = compiled(_RATING, re.IGNORECASE)
#: a rating behind its time and nothing else: "VAS was 5 at a week and, after adding amitriptyline, 2"
_TIME = rf"(?:an?|one|two|three|four|six|\d+)\s+(?:{_TIME_UNIT})"
ELLIPSIS = compiled(
    rf"(?:[,;]|\band)\s*(?:then\s+)?(?:after|at|on|following|with|by|in|before)\s+(?:[^,;.]{{2,60}}[,:]|{_TIME})\s+(?:only\s+)?(?P<value>{_RATING})(?=\s*(?:[.;]|$|,?\s+and\b))",
    re.IGNORECASE,
)
#: "it was 3 after a week", "the score had come down to 15 mm": of pain where a rating was told just before
_IT = r"(?:it|they|(?:the|her|his|this)\s+(?:pain\s+)?(?:scores?|rating|intensity|level|value))"
_CAME_TO = (
    r"had\s+(?:come|gone|fallen|dropped|decreased|risen|improved)\s+(?:down\s+|up\s+)?to"
    r"|(?:came|went)\s+(?:down|up)\s+to|(?:fell|dropped|decreased|rose|improved)\s+to"
)
_WAS = rf"(?:was|is|had\s+been|scored|measured|{_CAME_TO})\s+(?:now\s+|only\s+|still\s+|down\s+to\s+|an?\s+)*"
STATE = compiled(rf"\b{_IT}\s+{_WAS}(?P<value>{_RATING}){_END}(?=\s*{_THEN})", re.IGNORECASE)
#: "between 6 and 8" is a range
BETWEEN = compiled(rf"(\bbetween\s+{NUMBER}\s)and(?=\s{NUMBER})", re.IGNORECASE)
#: behind a rating that nothing else tells of: no noun, or it is a share ("10/10 sites")
LONE_AFTER = compiled(rf"\s*{_THEN}", re.IGNORECASE)
#: where the instrument was told before: "she scored 25 mm at rest", "pain had crept back to 45 mm on movement"
_ACTS = r"movement|moving|walking|weight[- ]?bearing|exertion|activity|coughing|swallowing|standing"
_WHILE = rf"(?:at\s+(?:rest|night)|(?:on|during|with)\s+(?:{_ACTS})\b)"
MM_STATE = compiled(rf"(?<![\w.,/-])(?P<value>{NUMBER}\s?mm)(?=\s+{_WHILE})", re.IGNORECASE)
_ASIDE = r"(?:\s*\([^)]{0,60}\))?"
_MOVED = rf"\b{PAIN_WORDS.source('change')}\b(?:\s+by\s+\S+)?(?:\s+(?!from\b|to\b|by\b|of\b)\w+){{0,5}}?{_ASIDE}\s+"
_A_SCORE = r"(?:score\s+of\s+)?"
_FROM = rf"from\s+(?:an?\s+)?{_A_SCORE}(?P<a>{_RATING}){_ASIDE}(?:\s+\w+){{0,4}}?"
_TO = rf"\s+to\s+(?:an?\s+)?{_A_SCORE}(?P<b>{_RATING}){_END}"
_AS = rf"(?:to|as|at)\s+(?:an?\s+|only\s+)?{_A_SCORE}(?P<c>{_RATING}){_END}"
CHANGE = compiled(rf"{_MOVED}(?:(?:down|up)\s+)?(?:{_FROM}{_TO}|{_AS})", re.IGNORECASE)
#: what a change behind a rating of before is told of
SCORE = compiled(r"\b(?:scores?|ratings?|intensity|vas|nrs)\b", re.IGNORECASE)
FROM_TO = compiled(r"(?P<a>\S+)\s+to\s+(?P<b>\S+.*)")
FROM = compiled(r"\bfrom\s+(?:an?\s+)?$", re.IGNORECASE)
#: what stands before a day and month ("on 3/10", "by 9/10"), unless a rating may stand there, too ("scored on 3/10")
DATE_LEAD = compiled(
    r"\b(?:on|by|since|until|till|dated|seen|admitted|reviewed|visited|discharged)\s+(?:the\s+)?$", re.IGNORECASE
)
NO_DATE_LEAD = compiled(
    r"\b(?:scor\w+|rat(?:ed|ing)|grad\w+|pain|vas|nrs|level|intensity|was|is|by|fell|dropp\w+|reduc\w+|decreas\w+|improv\w+|increas\w+)"
    r"\s+\w+\s+(?:the\s+)?$",
    re.IGNORECASE,
)
DATE_JOIN = compiled(r"\s*(?:,|and|or|to|until|,\s*and)\s*", re.IGNORECASE)
FALL = compiled(r"\b(?:reduc|decreas|drop|improve|chang|differ|increas)\w*\s+(?:of|by)\s+(?:about\s+)?$", re.IGNORECASE)
