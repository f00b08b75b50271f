"""The page's scripts, styles and icon, under an address that changes with them, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "static"

#: for what its address names by its bytes
KEPT = {"cache-control": "private, max-age=604800, immutable"}


@cache
def address() -> str:
    """Where they are: "/static/" and twelve hexadecimal digits of what they hold. Scripts find each other beside themselves."""
    digest = hashlib.sha256()
    for file in sorted(FOLDER.iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}"


class _Kept(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(KEPT)
        return response


def mounted() -> list[Mount]:
    """The routes to them; without the digits nothing is kept."""
    return [Mount(address(), _Kept(directory=FOLDER)), Mount("/static", StaticFiles(directory=FOLDER))]
