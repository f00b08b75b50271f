"""The share that is not mounted tonight: nothing is forgotten, and somebody hears of it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from fake_extractor import MakeFake
from out_tables import facts, table
from typer.testing import CliRunner

from extract.errors import Code, PipelineError
from pipelines import cli
from pipelines.commands import frame
from pipelines.engines import processing
from pipelines.run import Options, run


@pytest.fixture
def casesift(monkeypatch):
    monkeypatch.setattr(processing, "DefaultExtractor", lambda *settings: MakeFake())
    monkeypatch.setattr(frame.state, "debug", False)
    return lambda *args: CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    (folder / "old").mkdir(parents=True)
    for i in range(10):
        (folder / ("old" if i < 6 else "") / f"n{i}.txt").write_text(f"Drug{i} {i + 1} mg\n")
    return folder


def success(file: Path) -> str:
    return re.search(r"casesift_last_success_timestamp_seconds\S+ (\d+)", file.read_text())[1]


@pytest.mark.parametrize(
    ("lost", "holds"),
    [("*", "it is empty, but 10 documents of it are"), ("old", "it holds 4 documents, but 10 documents of it are")],
)
def test_a_share_that_is_not_there_tonight_is_told_and_costs_nothing(casesift, share, out, tmp_path, lost, holds):
    metrics = ("--metrics", tmp_path / "m.prom")
    assert casesift("run", share, "--out", out, *metrics).exit_code == 0
    before, when = facts(out), success(tmp_path / "m.prom")
    if lost == "*":
        share.rename(tmp_path / "away")
        share.mkdir()
    else:
        (share / "old").rename(tmp_path / "away")
    night = casesift("run", share, "--out", out, "--quiet", *metrics)
    assert night.exit_code == 1 and night.stderr == (
        f"casesift: {share}: missing-input: {holds} in the tables; is the share mounted? run again when it is, "
        "or with --allow-empty when they were taken out on purpose\n"
    )
    assert success(tmp_path / "m.prom") == when and facts(out) == before
    assert f"could not go on: {share}: missing-input: {holds}" in casesift("status", out).stdout
    if lost == "*":
        share.rmdir()
        (tmp_path / "away").rename(share)
    else:
        (tmp_path / "away").rename(share / "old")
    assert casesift("run", share, "--out", out).exit_code == 0 and facts(out) == before


def test_who_means_it_says_so_once(casesift, share, out):
    casesift("run", share, "--out", out)
    shutil.rmtree(share / "old")
    assert casesift("run", share, "--out", out, "--allow-empty").exit_code == 0
    assert sum("no longer in its input folder" in d["warnings"] for d in table(out, "documents")) == 6
    assert casesift("run", share, "--out", out).exit_code == 0


def test_what_this_run_leaves_out_is_not_missed(share, tmp_path, out):
    run([share], out, make=MakeFake())
    assert run([share], out, Options(exclude=("old/*",)), make=MakeFake()).exit_code == 0
    for i in range(4):
        (share / "old" / f"n{i}.txt").rename(share / f"m{i}.txt")  # within the same input
    assert run([share], out, make=MakeFake()).moved == 4


def test_an_input_that_is_gone_altogether_is_in_the_book(casesift, share, out):
    casesift("run", share, "--out", out)
    shutil.rmtree(share)
    night = casesift("run", share, "--out", out, "--quiet")
    assert night.exit_code == 2 and "no such file or folder" in night.stderr
    assert "not started: usage: usage: no such file or folder" in casesift("status", out).stdout


def test_an_input_folder_that_cannot_be_listed_ends_the_run(share, out, monkeypatch):
    run([share], out, make=MakeFake())
    listed = os.scandir

    def closed(folder):
        if Path(folder) == share:
            raise PermissionError(13, "Permission denied", str(share))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(
        PipelineError, match=r"share: not-readable: cannot be listed .Permission denied.; give read"
    ) as told:
        run([share], out, make=MakeFake())
    assert told.value.code is Code.NOT_READABLE


def test_a_folder_below_that_cannot_be_listed_is_no_success(casesift, share, out, tmp_path, monkeypatch):
    metrics = ("--metrics", tmp_path / "m.prom")
    casesift("run", share, "--out", out, *metrics)
    when = success(tmp_path / "m.prom")
    listed = os.scandir

    def closed(folder):
        if Path(folder) == share / "old":
            raise OSError(5, "Input/output error", str(folder))
        return listed(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", closed)
        night = casesift("run", share, "--out", out, "--quiet", *metrics)
    assert night.exit_code == 1 and night.stderr == (
        f"not looked into: {share}/old: cannot be listed (Input/output error); give read permission, or leave it out "
        "with --exclude old\n"
    )
    assert success(tmp_path / "m.prom") == when
    assert "done, but not all: 4 found, 0 read, 0 failed" in casesift("status", out).stdout
    assert not any(d["warnings"] for d in table(out, "documents"))
