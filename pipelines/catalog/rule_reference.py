"""The reference of the rule files, generated from their declarations and heads: `casesift dictionary --rules > docs/rules.md`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import extract
from extract.rules import WORD_CLASSES, Compiled, Kinds, RuleFile, declared

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
looked for. `[[double brackets]]` in an example mark the mention that is meant. The trigger files of assertion have a language of their own, in which
`{name}` stands for the words of a class divided by `|`; their examples must also come out as `expects` says.
"""

_MORE = re.compile(r"#\s{8,}(?P<text>\S.*)")
_KIND = re.compile(r"#   (?P<names>\w+(?:, \w+)*)\s{2,}(?P<meaning>\S.*)")


def rule_files() -> list[RuleFile]:
    """The rule files of all rooms, by their paths."""
    for module in pkgutil.walk_packages(extract.__path__, "extract."):
        importlib.import_module(module.name)
    return list(declared().values())


def markdown() -> str:
    """The reference as Markdown."""
    return _HEAD + "".join(_section(file) for file in rule_files())


def head(file: RuleFile) -> tuple[list[str], dict[str, str]]:
    """What the comments at the head of a file say: of the file, and of each of its kinds."""
    said: list[str] = []
    kinds: dict[str, str] = {}
    last: list[str] = []
    for line in file.path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        match = _KIND.fullmatch(line)
        names = [name for name in match["names"].split(", ") if name in file.kinds] if match else []
        more = _MORE.fullmatch(line)
        if match and names:
            kinds.update(dict.fromkeys(names, match["meaning"]))
            last = names
        elif more and kinds:
            kinds.update({name: f"{kinds[name]} {more['text']}" for name in last})
        elif not line.startswith("#  "):  # what is set in further is a list: of the columns, or of figures
            said.append(re.sub(r":$", ".", line.removeprefix("#").strip()))
    return said, kinds


def _section(file: RuleFile) -> str:
    said, meanings = head(file)
    lines = [
        "",
        f"## {file.name}",
        "",
        " ".join(said),
        "",
        f"{len(file.rows)} rows.",
        "",
        "| column | holds | may be empty |",
        "|---|---|---|",
    ]
    for name, column in file.columns.items():
        lines.append(f"| `{name}` | {_cell(column.allowed)} | {'no' if column.required else 'yes'} |")
    if file.kinds:
        lines += ["", *_kinds(file, meanings)]
    elif file is WORD_CLASSES:
        lines += ["", *_classes(file)]
    elif file.expression is not None and file.expression.tried:
        lines += ["", f"Looked for: {file.place().value}. Example: {file.rows[0].get('example', '')}"]
    elif isinstance(file.columns.get("pattern"), Compiled):
        lines += ["", f"Example: {file.rows[0]['example']}"]
    return "\n".join(lines) + "\n"


def _kinds(file: RuleFile, meanings: dict[str, str]) -> Iterator[str]:
    places = isinstance(file.columns["kind"], Kinds)
    tried = file.expression is not None and file.expression.tried
    yield "| kind | rows | meaning |" + (" looked for |" if places else "") + (" example |" if tried else "")
    yield "|---|---|---|" + ("---|" if places else "") + ("---|" if tried else "")
    for kind in file.kinds:
        rows = file.of(kind)
        row = f"| `{kind}` | {len(rows)} | {_cell(meanings.get(kind, ''))} |"
        row += f" {file.place(kind).value} |" if places else ""
        yield row + (f" {_cell(rows[0].get('example', ''))} |" if tried else "")


def _classes(file: RuleFile) -> Iterator[str]:
    """The word classes: what each is (the comment before its rows), and some of its words."""
    yield "| class | words | what | the first of them |"
    yield "|---|---|---|---|"
    members: dict[str, list[str]] = {}
    for row in file:
        members.setdefault(row["name"], []).append(row["pattern"])
    meanings = dict(re.findall(r"^# (\w+): (.+)$", file.path.read_text(encoding="utf-8"), re.MULTILINE))
    for name, words in members.items():
        first = ", ".join(f"`{_cell(word)}`" for word in words[:4])
        yield f"| `{name}` | {len(words)} | {_cell(meanings.get(name, ''))} | {first} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
