"""Each row's examples, tried at the place where its kind is looked for.

Stands beside `RuleFile`; the tests run it over every file, and whoever writes rules of his own can. In an example
[[double brackets]] mark the mention that the place refers to (two mentions, where it is what stands between them). Several
examples in one cell are divided by " || ".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.rules import Compiled, Pattern, Place, Row, RuleFile

#: longest pattern a cell may hold, in characters: longer ones are split into rows or use word classes
LONGEST = 200
_MARKED = re.compile(r"(?P<before>[^\[]*)\[\[(?P<mention>.*?)\]\](?P<behind>.*)")


def failures(file: RuleFile) -> Iterator[str]:
    """What the examples of a file's patterns show to be wrong, one line each with the line of the file."""
    column = file.columns.get("pattern")
    if not isinstance(column, Compiled) and not (isinstance(column, Pattern) and column.tried):
        return
    for row in file.rows:
        place = file.place(row.get("kind", "")) if isinstance(column, Pattern) else Place.ANYWHERE
        for column_name, wanted in (("example", True), ("not_example", False)):
            for sentence in filter(None, (part.strip() for part in row.get(column_name, "").split("||"))):
                if isinstance(column, Compiled):
                    matched = column.found(row["pattern"], sentence)
                else:
                    matched = matches(file, row, sentence, place)
                if matched is not wanted:
                    verdict = "is not matched by" if wanted else "is matched by"
                    yield f"{file.name}, line {row.line}: {sentence!r} {verdict} its pattern ({place.value})"


def matches(file: RuleFile, row: Row, sentence: str, place: Place) -> bool:
    """Whether a row's own pattern matches an example at its place."""
    column = file.expression
    assert column is not None
    pattern = column.compile([row["pattern"]])
    plain = sentence.replace("[[", "").replace("]]", "")
    if place is Place.ANYWHERE:
        return pattern.search(plain) is not None
    if place is Place.OPENS:
        return pattern.match(plain) is not None
    marked = _MARKED.fullmatch(sentence)
    if marked is None:
        return False
    before, mention, behind = marked.group("before", "mention", "behind")
    if place is Place.BEFORE:
        return pattern.search(before) is not None
    if place is Place.BEHIND:
        return pattern.match(behind) is not None
    if place is Place.NEXT:
        return pattern.match(behind.lstrip(" ,(")) is not None
    if place is Place.BETWEEN:
        return pattern.match(behind.partition("[[")[0].lstrip(" ,")) is not None
    if place is Place.END:
        return any(match.end() == len(mention) for match in pattern.finditer(mention))
    return (pattern.match if place is Place.NAME else pattern.fullmatch)(mention) is not None
