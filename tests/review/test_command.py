"""`casesift review`: what it says when it cannot begin, and that it answers where it says."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from review_asker import Folder

from extract.errors import PipelineError
from pipelines.review.server import serve


def test_without_a_store_or_a_free_port_it_says_so(tmp_path: Path, folder: Folder) -> None:
    with pytest.raises(PipelineError, match=r"no casesift output folder.*run `casesift run` first"):
        serve(tmp_path / "nothing", browser=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PipelineError, match=r"port .* cannot be used.*--port"):
            serve(folder.out, port=taken.getsockname()[1], browser=False)
    with pytest.raises(PipelineError, match="ports go up to 65535"):
        serve(folder.out, port=70_000, browser=False)


def test_without_its_extra_it_says_what_to_install(folder: Folder) -> None:
    bare = "import sys; sys.modules['starlette'] = None; from pipelines.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", bare, "review", str(folder.out), "--no-browser"],
        capture_output=True, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "casesift: usage: the review page needs starlette, which is not installed; pip install 'casesift[review]'"
    ]


def test_it_answers_at_the_address_it_prints_until_interrupted(folder: Folder) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "review", str(folder.out), "--no-browser", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as serving:
        assert serving.stdout is not None
        address = serving.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:") and "?token=" in address
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({}))
        with opener.open(address) as page:
            assert "a.txt" in page.read().decode()
        serving.send_signal(signal.SIGINT)
        out, err = serving.communicate(timeout=300)
    assert (serving.returncode, out, err) == (0, "", "")
