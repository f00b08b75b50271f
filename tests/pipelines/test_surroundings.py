"""A run that cron or systemd starts: no home, and patient data that others must not read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CLI = Path(__file__).with_name("fake_cli.py")


def casesift(*args: object, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {k: v for k, v in os.environ.items() if k not in ("HOME", "CASESIFT_CACHE", "XDG_CACHE_HOME")}
    command = [sys.executable, str(CLI), *map(str, args)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=told | {"FAKE_SECONDS": "0"} | environment,
        timeout=300,
        check=False,
    )


def test_without_a_cache_the_index_is_kept_beside_the_output_and_that_is_said_once(reports, out, tmp_path):
    (tmp_path / "file").write_text("")
    nowhere = {"XDG_CACHE_HOME": str(tmp_path / "file"), "HOME": str(tmp_path / "file")}
    first = casesift("run", reports, "--out", out, "--quiet", **nowhere)
    assert first.returncode == 0 and first.stderr == (
        f"warning: the cache {tmp_path}/file/casesift cannot be written: the index is kept in {out}/cache/index "
        "(CASESIFT_CACHE names another place)\n"
    )
    assert (out / "cache" / "index").is_dir()
    (reports / "new.txt").write_text("Aspirin 100 mg\n")
    assert casesift("run", reports, "--out", out, "--quiet", **nowhere).stderr == ""
    kept = casesift("run", reports, "--out", tmp_path / "other", "-q", CASESIFT_CACHE=str(tmp_path / "kept"), **nowhere)
    assert kept.stderr == "" and not (tmp_path / "other" / "cache").exists()


@pytest.mark.parametrize("before", [False, True])
def test_private_outputs_can_be_read_by_owner_and_group_alone(reports, out, tmp_path, before):
    old = os.umask(0)
    try:
        kept = {"CASESIFT_CACHE": str(tmp_path / "kept")}
        if before:
            assert casesift("run", reports, "--out", out, **kept).returncode == 0
            assert any(p.stat().st_mode & 0o007 for p in out.iterdir())
        assert casesift("run", reports, "--out", out, "--private", "--workers", "1", **kept).returncode == 0
    finally:
        os.umask(old)
    assert not [p for p in [out, *out.rglob("*")] if p.stat().st_mode & 0o027]
