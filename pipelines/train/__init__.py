"""`casesift train`: the recipe of the mention model, from annotated and raw texts to a model folder.

    corpora (corpus.py) + raw text -> word vectors (vectors.py) -> training (loop.py) -> thresholds and
    confidences (calibrate.py) -> scores (scores.py) -> model folder (extract.language.model.tagger)

`train` is the whole of it as a function; settings stand in `config.cfg`. The command `casesift train run` calls it;
`join` lets several models vote,
`convert` and `score` are the other commands. Same data, settings and machine give the same model.
"""

from __future__ import annotations

from pipelines.train.recipe import Settings, evaluate_model, join, read_settings, train

__all__ = ["Settings", "app", "evaluate_model", "join", "read_settings", "train"]


def __getattr__(name: str) -> object:
    if name == "app":  # the command line comes last, and only when asked for
        from pipelines.train.commands import app

        return app
    raise AttributeError(name)
