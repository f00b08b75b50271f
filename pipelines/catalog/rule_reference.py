"""The reference of the rule files, generated from their declarations and heads: `casesift dictionary --rules > docs/rules.md`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import extract
from extract.rules import WORD_CLASSES, Choice, Compiled, Kinds, Pattern, RuleFile, declared

_HEAD = """\
# Rule files

Vocabularies and rules are CSV files beside the code that reads them. Generated from their declarations and their heads by
`casesift dictionary --rules`; do not edit by hand.

One loader reads them (`extract/rules`): lines that begin with `#` are comments, and the first ones say what the file is; a cell with a
comma stands between quotation marks; every file is read, checked and compiled as the pipeline loads, and a row that is broken ends the
run before the first document with the file, the line, what is wrong and what is allowed.

A pattern is a Python regular expression of at most 200 characters. All patterns of one kind are tried together, in the order of the file.
`{name}` in a pattern stands for a word class, `{!name}` for: none of its words, and a blank, stands right before. Every row has an
`example` that its pattern matches, and a `not_example` where one teaches something; the tests try them at the place where the kind is
looked for. `[[double brackets]]` in an example mark the mention that is meant. The trigger files of assertion have a language of their
own, in which `{name}` stands for the words of a class divided by `|`; their examples must also come out as `expects` says.
"""

_MORE = re.compile(r"#\s{8,}(?P<text>\S.*)")
_ENTRY = re.compile(r"#   (?P<names>\S+(?: \S+)*?)\s{2,}(?P<meaning>\S.*)")

#: what the columns mean that many files have; the head of a file may say it better
_EVERYWHERE = {
    "kind": "which question the row answers",
    "pattern": "what is looked for",
    "example": "a sentence that the pattern matches; several are divided by ` || `",
    "not_example": "a sentence that it does not match, where one teaches something",
    "comment": "why, or what is meant",
    "word": "a word or phrase, in lower case where the file does not say otherwise",
    "name": "the name as it is printed",
    "norm": "its canonical name, which stands in the tables",
    "category": "what the trigger makes of its targets",
    "direction": "where the target stands: `forward` behind the trigger, `backward` before it, `both`; `inside` a target that the pattern"
    " itself names; `around` a target in a gap; `previous` the drugs of the sentence before",
    "scope": "how many words may stand between trigger and target",
    "list": 'yes: the scope starts again after each comma, "and", "or"',
    "expects": "what the targets of the example get, divided by `|`; one for all; empty: the category",
    "table": "of which table's rows",
    "feature": "what is known of a row, or its threshold",
    "weight": "of the feature in the logistic model",
}
#: values that their column explains
_PLAIN = {"yes", "no", "true", "false"}
#: columns whose values are explained with the column
_EXPLAINED = {"direction", "section", "table"}


def rule_files() -> list[RuleFile]:
    """The rule files of all rooms, by their paths."""
    for module in pkgutil.walk_packages(extract.__path__, "extract."):
        importlib.import_module(module.name)
    return list(declared().values())


def markdown() -> str:
    """The reference as Markdown."""
    return _HEAD + "".join(_section(file) for file in rule_files())


def head(file: RuleFile) -> tuple[list[str], dict[str, str]]:
    """What the comments at the head of a file say: of the file, and of its columns and each of their values."""
    text: list[str] = []
    meanings: dict[str, str] = {}
    known = {*file.columns, *(value for column in choices(file) for value in values(file, column))}
    last: list[str] = []
    for line in file.path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        entry, more = _ENTRY.fullmatch(line), _MORE.fullmatch(line)
        names = [name for name in entry["names"].split(", ") if name in known] if entry else []
        if entry and names:
            meanings.update(dict.fromkeys(names, entry["meaning"]))
            last = names
        elif more and last:
            meanings.update({name: f"{meanings[name]} {more['text']}" for name in last})
        elif not line.startswith("#  "):  # what is set in further are figures
            text.append(re.sub(r":$", ".", line.removeprefix("#").strip()))
    return text, meanings


def meaning(file: RuleFile, column: str) -> str:
    """What a column means: its head says it, or the column has that name in many files; "" where neither does."""
    meanings = head(file)[1]
    return (
        _EVERYWHERE.get(column, "")
        if column in values(file, "kind")
        else meanings.get(column, _EVERYWHERE.get(column, ""))
    )


def choices(file: RuleFile) -> list[str]:
    """The columns that hold one of a few values each of which means something of its own."""
    return [name for name in file.columns if values(file, name) and name not in _EXPLAINED]


def values(file: RuleFile, column: str) -> tuple[str, ...]:
    """The values a column may hold, without yes and no; none where it may hold anything."""
    choice = file.columns.get(column)
    return tuple(value for value in choice.values if value not in _PLAIN) if isinstance(choice, Choice) else ()


def _section(file: RuleFile) -> str:
    lines = ["", f"## {file.name}", "", " ".join(head(file)[0]), ""]
    lines += ["| column | what it is | holds | may be empty |", "|---|---|---|---|"]
    for name, column in file.columns.items():
        empty = "no" if column.required else "yes"
        lines.append(f"| `{name}` | {_cell(meaning(file, name))} | {_cell(_plain(column.allowed))} | {empty} |")
    for name in choices(file):
        lines += ["", *_values(file, name)]
    pattern = file.columns.get("pattern")
    if file is WORD_CLASSES:
        lines += ["", *_classes(file)]
    elif not choices(file) and (isinstance(pattern, Compiled) or (isinstance(pattern, Pattern) and pattern.tried)):
        place = f"Looked for: {file.place().value}. " if isinstance(pattern, Pattern) else ""
        lines += ["", f"{place}Example: {file.rows[0]['example']}"]
    return "\n".join(lines) + "\n"


def _values(file: RuleFile, column: str) -> Iterator[str]:
    """The values of a column and what each means; of kinds of patterns where they are looked for, and an example."""
    places = isinstance(file.columns[column], Kinds)
    tried = "example" in file.columns
    meanings = head(file)[1]
    yield f"| `{column}` | meaning |" + (" looked for |" if places else "") + (" example |" if tried else "")
    yield "|---|---|" + ("---|" if places else "") + ("---|" if tried else "")
    for value in values(file, column):
        line = f"| `{value}` | {_cell(meanings.get(value, ''))} |"
        line += f" {file.place(value).value} |" if places else ""
        yield line + (
            f" {_cell(next((row['example'] for row in file if row[column] == value), ''))} |" if tried else ""
        )


def _classes(file: RuleFile) -> Iterator[str]:
    """The word classes: what each is (the comment before its rows), and some of its words."""
    yield "| class | what | the first of its words |"
    yield "|---|---|---|"
    members: dict[str, list[str]] = {}
    for row in file:
        members.setdefault(row["name"], []).append(row["pattern"])
    meanings = dict(re.findall(r"^# (\w+): (.+)$", file.path.read_text(encoding="utf-8"), re.MULTILINE))
    for name, words in members.items():
        first = ", ".join(f"`{_cell(word)}`" for word in words[:4])
        yield f"| `{name}` | {_cell(meanings.get(name, ''))} | {first} |"


def _plain(text: str) -> str:
    """Text in which nothing is markup."""
    return re.sub(r"([*<>_`])", r"\\\1", text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
