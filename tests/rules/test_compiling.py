"""Expressions kept between runs are those that `re` makes, whatever happens to the file they are kept in."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from extract.rules import compiling

LARGE = r"(?P<amount>\d+)\s?(?:" + "|".join(f"unit{i}[a-z\u00b5\u2010]?" for i in range(60)) + ")(?P<tail>!)?"


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    monkeypatch.setenv("CASESIFT_CACHE", str(tmp_path))
    compiling.forget()
    yield tmp_path
    compiling.forget()


def _files(place: Path) -> list[Path]:
    return sorted(place.iterdir())


@pytest.mark.parametrize("flags", [0, re.IGNORECASE, re.IGNORECASE | re.VERBOSE | re.DOTALL])
def test_an_expression_equals_the_one_of_re_before_and_after_it_was_kept(place, flags):
    assert compiling.compiled(LARGE, flags) == re.compile(LARGE, flags)
    compiling.keep()
    assert len(_files(place)) == 1
    compiling.forget()
    kept = compiling.compiled(LARGE, flags)
    assert kept == re.compile(LARGE, flags)
    assert kept.groupindex == {"amount": 1, "tail": 2}
    assert kept.pattern == LARGE
    assert kept.search("takes 20 unit7 daily")["amount"] == "20"


def test_what_is_kept_is_not_compiled_again(place, monkeypatch):
    compiling.compiled(LARGE)
    compiling.keep()
    compiling.forget()

    def fail(source, flags):
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiling, "_compile", fail)
    assert compiling.compiled(LARGE).fullmatch("3 unit59!")


def test_expressions_of_an_earlier_run_stay_when_new_ones_come(place):
    compiling.compiled(LARGE)
    compiling.keep()
    compiling.forget()
    compiling.compiled(LARGE + "x")
    compiling.keep()
    compiling.forget()
    assert len(compiling._kept()[0]) == 2


@pytest.mark.parametrize(
    "broken",
    [b"", b"no file of ours", lambda whole: whole[:-1], lambda whole: whole.replace(b"amount", b"amOunt")],
    ids=["empty", "other", "cut", "changed"],
)
def test_a_broken_file_is_not_used_and_written_anew(place, broken):
    compiling.compiled(LARGE)
    compiling.keep()
    (file,) = _files(place)
    whole = file.read_bytes()
    file.write_bytes(broken if isinstance(broken, bytes) else broken(whole))
    compiling.forget()
    assert compiling.compiled(LARGE) == re.compile(LARGE)
    compiling.keep()
    assert file.read_bytes() == whole


def test_numbers_that_the_engine_refuses_are_compiled_anew(place, monkeypatch):
    compiling.compiled(LARGE)
    compiling.keep()
    compiling.forget()
    (key,) = compiling._kept()[0]
    compiling._kept()[0][key][1][5] = 4_000_000_000
    assert compiling.compiled(LARGE) == re.compile(LARGE)


def test_a_pattern_with_a_fault_raises_as_ever():
    with pytest.raises(re.error, match="unterminated"):
        compiling.compiled("(" + LARGE)


def test_nothing_is_written_where_nothing_was_new(place):
    compiling.compiled("short")
    compiling.keep()
    assert _files(place) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that this user cannot write")
def test_a_cache_that_cannot_be_written_is_no_failure(place):
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    compiling.compiled(LARGE)
    compiling.keep()


def test_the_expressions_of_the_pipeline_are_those_of_re_when_read_from_the_cache(place):
    """In two processes of their own: the first keeps all, the second asks the cache and compiles none."""
    code = (
        "from extract.rules import compiling, check_all\n"
        "import extract.records, extract.language.quantities.find\n"
        "from extract.language.quantities.frequency import parse_frequency\n"
        "check_all(); parse_frequency('twice daily')\n"
        "print(len(compiling._new)); compiling.keep()\n"
    )
    counts = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "ab"
    ]
    assert int(counts[0]) > 50
    assert int(counts[1]) == 0
