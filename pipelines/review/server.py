"""Serves the review page on this machine, and opens it in the browser."""

from __future__ import annotations

import asyncio
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from extract.errors import Code, PipelineError, to_install
from pipelines.store import Store

#: the port if none is told; hyperlinks in exported workbooks lead there
PORT = 8765

ADDRESS = "127.0.0.1"


def serve(
    out: Path,
    *,
    port: int = PORT,
    who: str = "",
    browser: bool = True,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve the review page of an output folder until interrupted.

    Args:
        port: 0 for any that is free.
        who: the curator's name, if the page need not ask.
        browser: open the page in the browser.
        announce: is given the page's address, with its token, once the page answers.

    Raises:
        PipelineError: `usage` (no store, port taken, the extra `review` is not installed), `store`.
    """
    try:
        import uvicorn

        from pipelines.review.app import create_app
        from pipelines.review.security import new_token
    except ModuleNotFoundError as error:
        raise PipelineError(
            Code.USAGE,
            f"the review page needs {str(error.name).partition('.')[0]}, which is not installed",
            mend=to_install("casesift[review]"),
        ) from error
    Store.open(out).close()  # tells what is wrong before anything else happens
    token = new_token()
    with _bound(port) as listening:
        address = f"http://{ADDRESS}:{listening.getsockname()[1]}/?token={token}"
        config = uvicorn.Config(
            create_app(out, token=token, who=who), log_level="warning", access_log=False, lifespan="on",
            server_header=False, timeout_graceful_shutdown=3,
        )  # fmt: skip
        server = uvicorn.Server(config)

        async def run() -> None:
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started and not serving.done():
                await asyncio.sleep(0.02)
            if server.started:
                announce(address)
                if browser:
                    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
            await serving

        with suppress(KeyboardInterrupt):  # Ctrl+C is how it ends
            asyncio.run(run())


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
    except (OSError, OverflowError) as error:
        listening.close()
        why = error.strerror if isinstance(error, OSError) else "ports go up to 65535"
        raise PipelineError(
            Code.USAGE,
            f"port {port} cannot be used ({why})",
            mend="choose another with --port, or 0 for any that is free",
        ) from error
    return listening
