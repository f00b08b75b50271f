from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import Code, PipelineError
from pipelines.inputs.discover import discover, printable, table_name


def names(*inputs: Path, **options) -> list[str]:
    return [d.file for d in discover(inputs, **options).documents]


def tree(folder: Path, *files: str) -> Path:
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def test_folders_are_searched_whole_and_the_order_is_stable(tmp_path):
    tree(tmp_path, "z.pdf", "A.PDF", "x/y/deep.xml", "x/b.txt", "notes.docx", "no_extension", "x/a.Xml")
    assert names(tmp_path) == ["A.PDF", "x/a.Xml", "x/b.txt", "x/y/deep.xml", "z.pdf"]


def test_hidden_entries_and_output_folders_are_left_out_unless_named(tmp_path):
    tree(tmp_path, ".hidden.txt", ".git/a.txt", "._mac.pdf", "run/casesift.sqlite", "run/text.txt", "seen.txt")
    assert names(tmp_path) == ["seen.txt"]
    assert names(tmp_path / ".hidden.txt") == [".hidden.txt"]


def test_the_runs_own_output_folder_is_not_an_input(tmp_path):
    tree(tmp_path, "a.txt", "out/b.txt")
    assert names(tmp_path, skip=[tmp_path / "out"]) == ["a.txt"]


def test_globs_take_paths_or_names_in_any_case_and_exclude_is_stronger(tmp_path):
    tree(tmp_path, "a.PDF", "a.xml", "old/b.pdf", "old/c.xml")
    assert names(tmp_path, include=["*.pdf"]) == ["a.PDF", "old/b.pdf"]
    assert names(tmp_path, include=["old/*"]) == ["old/b.pdf", "old/c.xml"]
    assert names(tmp_path, include=["*.pdf"], exclude=["old/*"]) == ["a.PDF"]


def test_links_are_followed_but_nothing_is_taken_twice(tmp_path):
    tree(tmp_path, "in/a.txt", "elsewhere/b.txt")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "0_link.txt").symlink_to(tmp_path / "in" / "a.txt")
    (tmp_path / "in" / "dead.txt").symlink_to(tmp_path / "nowhere")
    found = discover([tmp_path / "in"], follow_links=True)
    assert [d.file for d in found.documents] == ["a.txt", "more/b.txt"]
    assert len(found.problems) == 1 and "link to nothing" in found.problems[0]


def test_links_out_of_the_folder_are_followed_only_when_asked(tmp_path):
    tree(tmp_path, "in/a.txt", "in/x/b.txt", "elsewhere/c.txt", "inner/d.txt")
    (tmp_path / "in" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "secret.txt").symlink_to(tmp_path / "elsewhere" / "c.txt")
    (tmp_path / "in" / "up").symlink_to("..")
    (tmp_path / "in" / "notes").symlink_to(tmp_path / "elsewhere" / "c.txt")  # would not be read anyway
    (tmp_path / "in" / "0").symlink_to("x")
    found = discover([tmp_path / "in"])
    assert [d.file for d in found.documents] == ["a.txt", "x/b.txt"]
    assert sorted(p.partition(": ")[0].rpartition("/")[2] for p in found.problems) == ["out", "secret.txt", "up"]
    assert all("--follow-links" in p for p in found.problems)
    (tmp_path / "link").symlink_to("in")  # an input named by the person is followed
    assert len(discover([tmp_path / "link"]).documents) == 2


def test_pipes_and_devices_are_never_opened(tmp_path):
    tree(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "null.txt").symlink_to("/dev/zero")
    assert names(tmp_path) == ["a.txt"]
    with pytest.raises(PipelineError, match="neither a file nor a folder"):
        discover([tmp_path / "pipe.txt"])


def test_a_file_given_alone_goes_by_its_name_and_once(tmp_path):
    tree(tmp_path, "x/a.txt")
    assert names(tmp_path / "x" / "a.txt") == ["a.txt"]
    assert names(tmp_path, tmp_path / "x" / "a.txt") == ["x/a.txt"]


def test_clashing_names_of_several_inputs_are_told_apart(tmp_path):
    tree(tmp_path, "2020/in/a.pdf", "2021/in/a.pdf", "2021/in/only.pdf")
    assert names(tmp_path / "2020" / "in", tmp_path / "2021" / "in") == ["2020/in/a.pdf", "2021/in/a.pdf", "only.pdf"]


def test_telling_apart_does_not_run_into_a_third_name(tmp_path):
    tree(tmp_path, "a/r.txt", "b/r.txt", "c/a/r.txt")
    found = names(tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert len(found) == len(set(found)) == 3


@pytest.mark.parametrize("name", ["new\nline.txt", "ré.txt", "=cmd.txt", "'\" ;.txt", "x" * 246 + ".txt"])
def test_odd_names_are_kept(tmp_path, name):
    tree(tmp_path, name)
    assert names(tmp_path) == [name]


def test_bytes_that_are_no_utf8_are_escaped_and_the_file_still_opens(tmp_path):
    raw = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(raw)).write_text("x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    tree(tmp_path, "caf\\xe9.txt")
    found = discover([tmp_path]).documents
    assert all(d.file.startswith("caf\\xe9.txt") for d in found)
    assert len({d.file for d in found}) == 2
    assert all(d.path.read_text() for d in found)


@pytest.mark.parametrize("inputs", [[], ["missing"]])
def test_nothing_to_look_at_is_a_usage_error(tmp_path, inputs):
    with pytest.raises(PipelineError) as error:
        discover([tmp_path / i for i in inputs])
    assert error.value.code is Code.USAGE and error.value.mend


def test_a_folder_that_cannot_be_listed_is_told(tmp_path, monkeypatch):
    tree(tmp_path, "a.txt", "closed/b.txt")
    scandir = os.scandir

    def guarded(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = discover([tmp_path])
    assert [d.file for d in found.documents] == ["a.txt"]
    assert "closed: cannot be listed (Permission denied)" in str(found.unlisted[0])


@given(st.binary(min_size=1, max_size=40).filter(lambda b: b"\0" not in b and b"/" not in b))
def test_any_name_can_be_told_in_a_table_and_on_one_line(raw):
    name = table_name(os.fsdecode(raw))
    assert name.encode("utf-8")
    assert printable(name).isprintable()
