"""What Ctrl-C and its like do to a command that is still starting, and to its workers while they are."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from out_tables import table

from pipelines.inputs.discover import STORE_NAME
from pipelines.store import Store

#: `casesift`, which is sent a signal as soon as it looks for a certain module
HIT = """
import os, sys

class Hit:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), int(number))

module, number, *sys.argv[1:] = sys.argv[1:]
sys.meta_path.insert(0, Hit())
from pipelines.cli import main
main()
"""

CLI = Path(__file__).with_name("fake_cli.py")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("module", ["typer", "pipelines.commands.running", "extract.schema", "pipelines.run.batch"])
def test_a_command_that_is_still_starting_leaves_without_a_word(reports, out, module, number):
    command = [sys.executable, "-c", HIT, module, str(int(number)), "run", str(reports), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    assert not out.exists()


def test_a_signal_that_is_ignored_stays_so(reports):
    command = [sys.executable, "-c", HIT, "typer", str(int(signal.SIGHUP)), "--version"]
    ignoring = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731 - as nohup does
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, preexec_fn=ignoring)
    assert done.returncode == 0 and done.stdout.startswith("casesift ")


def test_workers_that_are_still_starting_do_not_hear_what_the_terminal_sends(reports, out):
    command = [sys.executable, str(CLI), "run", str(reports), "--out", str(out), "--workers", "2"]
    told = os.environ | {"FAKE_SECONDS": "0", "FAKE_SIGNAL": str(int(signal.SIGINT))}
    done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert len(table(out, "documents")) == 3


def test_a_signal_that_comes_while_a_change_waits_for_its_turn_leaves_no_change_begun(tmp_path):
    """It is raised as soon as SQLite has begun, before anything of the change is done."""
    out, turn = tmp_path / "out", threading.Event()
    with Store.open(out, create=True) as store:
        other = sqlite3.connect(out / STORE_NAME, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")

        def disturb() -> None:
            turn.wait()
            time.sleep(0.3)  # it waits for the other by now; should it not, the signal comes before, which is no harm
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            other.execute("COMMIT")

        disturbing = threading.Thread(target=disturb)
        disturbing.start()
        with pytest.raises(KeyboardInterrupt):
            turn.set()
            with store.transaction():
                pytest.fail("the change goes on")
        disturbing.join()
        other.close()
        with store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('after', 1)")
        assert int(store.meta("after")) == 1
