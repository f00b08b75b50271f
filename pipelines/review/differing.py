"""The page on which a third person, or one of the two, settles where two curators differ."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipelines.curation import CuratedDocument, document
from pipelines.curation.agreement import curators
from pipelines.curation.differences import Difference, differences, settle
from pipelines.review import edits
from pipelines.review.forms import FACTS, label
from pipelines.review.labels import named, told
from pipelines.review.post import sent_json
from pipelines.review.shared import Review


async def show_differences(review: Review, request: Request) -> Response:
    """The rows on which two curators (`?one=&other=`) differ."""
    pairs = list(combinations(curators(review.store), 2))
    asked = (request.query_params.get("one", ""), request.query_params.get("other", ""))
    pair = asked if asked in pairs else pairs[0] if pairs else None
    listed = differences(review.store, *pair) if pair else []
    return review.html(
        "differences.html", pairs=pairs, pair=pair, out_name=review.out.resolve().name,
        found=[_view(d, document(review.store, d.doc_id, mentions=False)) for d in listed if d.table in FACTS],
    )  # fmt: skip


def _view(d: Difference, curated: CuratedDocument) -> dict[str, Any]:
    name, _ = told(d.table, d.row)
    fields = [(label(n), *(named(curated, d.table, n, value) for value in values)) for n, *values in d.fields]
    return {"difference": d, "name": name, "title": FACTS[d.table], "id": d.ids[0] or d.ids[1], "fields": fields}


async def settled(review: Review, request: Request) -> Response:
    """A difference (`key`) is settled as the one (`side` 0) or the other (1) has it."""
    sent = await sent_json(request)
    key, side, who = sent.get("key"), sent.get("side"), sent.get("who")
    parts = key.split("|") if isinstance(key, str) else []
    if len(parts) < 6 or side not in (0, 1) or not isinstance(who, str):
        raise edits.Wrong({"": "A difference, a side and a name are expected."})
    difference = next((d for d in differences(review.store, parts[-2], parts[-1]) if d.key == key), None)
    if difference is None:
        raise edits.Wrong({"": "This is settled already, or somebody decided on the row; reload the page."})
    decisions = edits.recorded(review.store, settle(review.store, difference, side, who))
    return JSONResponse({"numbers": [d.number for d in decisions]})
