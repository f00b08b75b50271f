"""The loader of rule files: what a file of a user's may hold, and what is said of a row that is broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extract.errors import LanguageError
from extract.rules import (
    WORD_START,
    Character,
    Choice,
    Compiled,
    Flag,
    Kinds,
    Number,
    Pattern,
    Place,
    RuleFile,
    Text,
    Word,
    Words,
    declared,
)
from extract.rules.examples import failures


def _slots(cell: str) -> list[str]:
    if "~" in cell:
        raise ValueError(f"{cell!r} has a gap")
    return cell.split()


def _in_order(slots: list[str], example: str) -> bool:
    return " ".join(slots) in example


@pytest.fixture
def declaration() -> RuleFile:
    """Columns of every kind; the file itself is written by the test."""
    columns = {
        "kind": Kinds(before=Place.BEFORE, anywhere=Place.ANYWHERE),
        "pattern": Pattern(prefix=WORD_START),
        "days": Number(),
        "alone": Flag(),
        "part": Choice("first", "last", required=False),
        "names": Words(),
        "slots": Compiled(compiled_by=_slots, language="words divided by blanks", found=_in_order, required=False),
        "word": Word(required=False),
        "example": Text(),
        "not_example": Text(),
    }
    file = RuleFile.__new__(RuleFile)
    file.name, file.columns, file._classes, file._patterns = "", columns, {"unit": lambda: "(?:mg|mL)"}, {}
    return file


def _written(declaration: RuleFile, folder: Path, text: str) -> RuleFile:
    path = folder / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return declaration.at(path)


def test_cells_have_the_values_of_their_columns(declaration: RuleFile, tmp_path: Path) -> None:
    file = _written(
        declaration,
        tmp_path,
        "# a file of mine\nkind,pattern,days,alone,part,names,slots,word\n\n"
        'before," \\d+ {unit}$",2.5,yes,last,a b| c |,one two,aqueous cream\n# in between\nanywhere,{number} drops\n',
    )
    first, second = file.rows
    assert dict(first) == {
        "kind": "before", "pattern": r" \d+ (?:mg|mL)$", "days": 2.5, "alone": True, "part": "last", "names": ("a b", "c"),
        "slots": ["one", "two"], "word": "aqueous cream", "example": "", "not_example": "",
    }  # fmt: skip
    assert (first.line, second.line) == (4, 6)
    assert (second["days"], second["alone"], second["part"], second["names"], second["slots"]) == (
        None,
        False,
        "",
        (),
        "",
    )
    assert file.pattern("anywhere").search("he took Seven drops")
    assert not file.pattern("anywhere").search("he took six-drops")


def test_the_rows_of_a_kind_are_one_expression_made_once(declaration: RuleFile, tmp_path: Path) -> None:
    file = _written(declaration, tmp_path, "kind,pattern\nbefore,a|b\nbefore,c\n")
    assert file.pattern("before").pattern == r"(?<![\w-])(?:a|b|c)"
    assert file.pattern("before") is file.pattern("before")
    assert file.pattern("before").flags & re.IGNORECASE
    assert file.pattern("anywhere").search("anything") is None, "a kind without rows"
    with pytest.raises(KeyError):
        file.pattern("behind")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "kind,pattern\nbefore,good\n# a comment\nbefore,(broken\n",
            "line 4: pattern: '(broken' is no regular expression: missing ), unterminated subpattern; allowed: a regular "
            "expression, case ignored, matched at word starts; {name} is a word class",
        ),
        ("kind,pattern\nbefor,x\n", "line 2: kind: 'befor' is not one of before, anywhere; did you mean 'before'?"),
        ("kind,pattern\n,x\n", "line 2: the cell of 'kind' is empty; allowed: one of before, anywhere"),
        ("kind,pattern,days\nbefore,x,many\n", "line 2: days: 'many' is not a number"),
        ("kind,pattern,alone\nbefore,x,perhaps\n", "line 2: alone: 'perhaps' is not true or yes; false, no or nothing"),
        ("kind,pattern,slots\nbefore,x,a ~2 b\n", "line 2: slots: 'a ~2 b' has a gap; allowed: words divided by blanks"),
        ("kind,pattern,word\nbefore,x,a  b\n", "line 2: word: 'a  b' has two blanks in a row; allowed: a word or phrase,"),
        (
            "kind,pattern\nbefore,{numbr} drops\n",
            "line 2: there is no word class {numbr}; did you mean 'number'?; allowed: the classes of rules/word_classes.csv;",
        ),
        ("kind,pattern,dayz\nbefore,x,1\n", "line 1: there is no column 'dayz'; did you mean 'days'?; allowed: the columns kind,"),
        ("kind,kind,pattern\nbefore,before,x\n", "line 1: the column 'kind' stands twice"),
        ("kind,days\nbefore,1\n", "line 1: the column 'pattern' is missing; allowed: the columns kind, pattern, days"),
        ("kind,pattern,days\nbefore,x,1,,,2\n", "line 2: 6 cells under 3 columns; allowed: a comma inside a cell only between"),
        ('kind,pattern\nbefore,"x\n', "line 2: cannot be split into cells (unexpected end of data)"),
    ],
)  # fmt: skip
def test_a_broken_row_is_named_with_file_line_and_what_is_allowed(
    declaration: RuleFile, tmp_path: Path, text: str, message: str
) -> None:
    file = _written(declaration, tmp_path, text)
    with pytest.raises(LanguageError) as caught:
        file.check()
    assert str(caught.value).startswith(f"{tmp_path / 'mine.csv'}: bad-config: {message}")


def test_patterns_that_only_together_look_right_are_refused(declaration: RuleFile, tmp_path: Path) -> None:
    file = _written(declaration, tmp_path, "kind,pattern\nbefore,a(b\nbefore,c)d\n")
    with pytest.raises(LanguageError, match=r"line 2: pattern: 'a\(b'"):
        file.check()


def test_a_file_that_is_not_there_or_no_text(declaration: RuleFile, tmp_path: Path) -> None:
    with pytest.raises(LanguageError, match="the file cannot be read \\(No such file or directory\\)"):
        declaration.at(tmp_path / "absent.csv").check()
    (tmp_path / "latin.csv").write_bytes("kind,pattern\nbefore,caf\xe9\n".encode("latin-1"))
    with pytest.raises(LanguageError, match=r"the file cannot be read .*a CSV in UTF-8 is needed"):
        declaration.at(tmp_path / "latin.csv").check()


def test_examples_are_tried_where_their_kind_is_looked_for(declaration: RuleFile, tmp_path: Path) -> None:
    file = _written(
        declaration,
        tmp_path,
        "kind,pattern,example,not_example\n"
        "before,treated with $,He was treated with [[zinc]].,He was treated with care and [[zinc]].\n"
        "before,treated with $,He was treated with [[zinc]]. || Treated with cold [[zinc]].,He was treated with [[zinc]].\n"
        "anywhere,rash,The rash went.,\n",
    )
    assert [line.partition(", ")[2] for line in failures(file)] == [
        "line 3: 'Treated with cold [[zinc]].' is not matched by its pattern (somewhere before the mention)",
        "line 3: 'He was treated with [[zinc]].' is matched by its pattern (somewhere before the mention)",
    ]


def test_patterns_in_a_language_of_their_own_have_word_classes_and_examples(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("pattern,example\nunder {number} seven,under seven\nto three,one to three\n", encoding="utf-8")
    slots = Compiled(compiled_by=_slots, language="words divided by blanks", found=_in_order)
    file = RuleFile.of_users(pattern=slots, example=Text()).at(path)
    assert file.rows[0]["pattern"][1].startswith("one|two|three|")
    assert [line.partition(", ")[2] for line in failures(file)] == [
        "line 2: 'under seven' is not matched by its pattern (somewhere in the sentence)"
    ]


def test_a_mention_may_be_told_by_its_end(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    text = "kind,pattern,example,not_example\nend,itis,A severe [[colitis]].,A [[colitis]] || A [[colitis-like]] rash\n"
    path.write_text(text, encoding="utf-8")
    columns = {"kind": Kinds(end=Place.END), "pattern": Pattern(), "example": Text(), "not_example": Text()}
    assert [line.partition(", ")[2] for line in failures(RuleFile.of_users(**columns).at(path))] == [
        "line 2: 'A [[colitis]]' is matched by its pattern (ends the mention itself)"
    ]


@pytest.mark.parametrize("cell", ["3B1", "alpha", "110000", "03B1 03B2"])
def test_a_character_is_written_as_its_code_point(cell: str, tmp_path: Path) -> None:
    file = RuleFile.of_users(code=Character())
    assert file.at(tmp_path / "mine.csv", "code\n03B1\n").rows[0]["code"] == "α"
    with pytest.raises(LanguageError, match=f"line 3: code: '{cell}' is not the code point of a character"):
        file.at(tmp_path / "mine.csv", f"code\n03B1\n{cell}\n").check()


def test_a_file_without_patterns_is_checked_too(tmp_path: Path) -> None:
    file = RuleFile.of_users(word=Word(), value=Number()).at(tmp_path / "mine.csv", "word,value\nten,1O\n")
    with pytest.raises(LanguageError, match="line 2: value: '1O' is not a number"):
        file.check()


def test_a_file_of_the_users_is_no_file_of_the_package(declaration: RuleFile, tmp_path: Path) -> None:
    before = declared()
    _written(declaration, tmp_path, "kind,pattern\nbefore,x\n").check()
    assert declared() == before
