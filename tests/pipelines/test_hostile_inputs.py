"""Inputs made to do harm, or named so: what reaches the tables, the log and the disk."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from fake_extractor import MakeFake
from out_tables import table

from pipelines.exports import export_store
from pipelines.files.csv_cells import undefused
from pipelines.run import Options, run
from pipelines.run.status import lines, status

NAMES = [
    b"new\nline.txt",
    b"carriage\rreturn.txt",
    b'comma, "quote".txt',
    b"=cmd|' _C calc'!A0.txt",
    b"+1+1.txt",
    b"-2.txt",
    b"@SUM(A1).txt",
    b"\x1b[31mred.txt",
    b"caf\xe9 lone byte.txt",
    b"\xed\xa0\x80 surrogate.txt",
    "right\u202eto left.txt".encode(),
    b"x" * 246 + b".txt",
    ("é" * 123).encode() + b".txt",
    b"a..%2f..%2fetc%2fpasswd.txt",
    b"$(touch owned).txt",
    b"`touch owned`;.txt",
]


@pytest.fixture
def odd(tmp_path) -> Path:
    folder = tmp_path / "odd"
    folder.mkdir()
    for i, name in enumerate(NAMES):
        with open(os.fsencode(folder) + b"/" + name, "w") as stream:  # noqa: PTH123 - names of bytes
            stream.write(f"Drug{i} 1 mg\n" if i % 4 else "BUG")
    return folder


@pytest.mark.parametrize("workers", [0, 2])
def test_any_name_goes_through_a_run(odd, out, workers):
    summary = run([odd], out, Options(workers=workers), make=MakeFake())
    rows = table(out, "documents")
    assert len(rows) == len(NAMES) == len({r["file"] for r in rows}) and summary.read == len(NAMES)
    files = {undefused(r["file"]) for r in rows}
    assert {"new\nline.txt", "=cmd|' _C calc'!A0.txt", r"caf\xe9 lone byte.txt", "x" * 246 + ".txt"} <= files
    assert {t["drug"] for t in table(out, "treatments")} == {f"drug{i}" for i in range(len(NAMES)) if i % 4}
    assert run([odd], out, Options(workers=workers), make=MakeFake()).read == 0
    assert not list(odd.parent.rglob("owned"))


def test_no_cell_of_a_table_is_a_formula(odd, out):
    run([odd], out, make=MakeFake())
    for path in out.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as stream:
            for row in list(csv.reader(stream))[1:]:
                for cell in row:
                    assert cell[:1] not in ("=", "+", "@", "\t", "\r")
                    assert cell[:1] != "-" or float(cell)  # a number may be below nought


def test_names_do_not_break_lines_or_colour_the_terminal(odd, out):
    run([odd], out, make=MakeFake())
    told = list(lines(status(out)))
    assert all(line.isprintable() for line in told)
    assert any(r"new\nline.txt" in line for line in told)
    again = io.StringIO(json.dumps(status(out).as_dict(), ensure_ascii=False))
    assert {"new\nline.txt"} <= {f["file"] for f in json.load(again)["failures"]}


def test_exports_of_odd_names_stay_in_their_folder(odd, out, tmp_path):
    run([odd], out, make=MakeFake())
    before = {p for p in tmp_path.rglob("*") if not p.is_relative_to(out)}
    for to in ("csv", "jsonl", "xlsx", "parquet"):
        for path in export_store(out, to):
            assert path.resolve().is_relative_to(out.resolve())
    assert {p for p in tmp_path.rglob("*") if not p.is_relative_to(out)} == before


def test_a_loop_of_links_ends(reports, sift):
    (reports / "2022" / "loop").symlink_to("..")
    (reports / "self.txt").symlink_to("self.txt")
    (reports / "2022" / "there.txt").symlink_to("../2022/skin/back.txt")
    (reports / "2022" / "skin" / "back.txt").symlink_to("../there.txt")
    summary = sift()
    assert summary.found == 3 and summary.ok


#: in front of a command: Python processes, workers too, that say when they reach for the network
WATCHED = """
import os, sys
def audit(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        address = args[1] if event != "socket.getaddrinfo" else args[0]
        if isinstance(address, (str, bytes)) and event == "socket.connect":
            return  # a socket of this machine
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {address!r}\\n")
sys.addaudithook(audit)
"""

CORPUS = Path(__file__).parents[2] / "corpus" / "pdf"


@pytest.mark.slow
def test_a_run_reaches_for_no_network(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(WATCHED)
    (tmp_path / "in").mkdir()
    for path in sorted(CORPUS.glob("*.pdf"))[:3]:
        shutil.copy(path, tmp_path / "in")
    log = tmp_path / "network.log"
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "NETWORK_LOG": str(log)}
    command = [sys.executable, "-m", "pipelines.cli", "run", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    probe = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
    subprocess.run([sys.executable, "-c", probe], env=environment, check=True)
    assert "127.0.0.1" in log.read_text()  # the watch is awake
    log.unlink()
    done = subprocess.run(
        [*command, "--workers", "2"], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode in (0, 1) and len(table(tmp_path / "out", "documents")) == 3
    assert not log.exists(), log.read_text()


def bomb(size: int) -> bytes:
    """A PDF of one page whose content is `size` bytes of spaces and a line of text, packed twice."""
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(b" " * 2**20) for _ in range(size // 2**20)) + squeeze.flush()
    packed = zlib.compress(packed, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    body, offsets = b"%PDF-1.4\n", []
    for i, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (i, content)
    table_at = len(body)
    body += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return body + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table_at


@pytest.mark.slow
def test_a_stream_that_unpacks_to_gigabytes_costs_itself_only(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "bomb.pdf").write_bytes(bomb(3 * 2**30))
    assert (folder / "bomb.pdf").stat().st_size < 100_000
    shutil.copy(CORPUS / "urea-eucerin.pdf", folder)
    command = [sys.executable, "-m", "pipelines.cli", "run", str(folder), "--out", str(out), "--memory", "1500"]
    done = subprocess.run([*command, "--timeout", "100"], capture_output=True, text=True, timeout=500, check=False)
    assert "Traceback" not in done.stderr
    told = {d["file"]: d for d in table(out, "documents")}
    assert told["urea-eucerin.pdf"]["status"] == "ok"
    assert told["bomb.pdf"]["status"] == "failed" and done.returncode == 1
    assert told["bomb.pdf"]["reason"].split(":")[0] in ("memory", "timeout", "no-text", "broken-pdf", "too-large")
