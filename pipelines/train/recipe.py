"""The recipe as functions: settings, `train`, `join`, `evaluate_model`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from spacy.lang.en import English
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import Config
from thinc.api import fix_random_seed

from extract.errors import Code, PipelineError
from extract.language.model.calibration import Calibration
from extract.language.model.features import Lexicon
from extract.language.model.member import Member
from extract.language.model.tagger import Tagger, lay_out
from extract.language.tokenizer import build_tokenizer
from pipelines.train import lexicon
from pipelines.train.calibrate import calibrate
from pipelines.train.corpus import GOLD, read, to_doc
from pipelines.train.distil import Distillation, distil
from pipelines.train.loop import Schedule, evaluate, fit
from pipelines.train.scores import Counts
from pipelines.train.vectors import VectorSettings, learn, read_floret, read_texts

CONFIG = Path(__file__).with_name("config.cfg")
log = logging.getLogger(__name__)

Docs = dict[str, list[Doc]]


@dataclass(frozen=True)
class Settings:
    """What `config.cfg` holds, section by section."""

    corpora: dict[str, str]
    vectors: VectorSettings
    network: dict[str, Any]
    schedule: Schedule
    labels: dict[str, dict[str, str]]
    lexicon: bool = True
    guidelines: dict[str, dict[str, Any]] = field(default_factory=dict)
    distillation: Distillation = field(default_factory=Distillation)


def read_settings(path: Path | None = None, *, epochs: int | None = None, seed: int | None = None) -> Settings:
    """The settings of the recipe, with those of the file `path` laid over, and then `epochs` and `seed`.

    Raises:
        PipelineError: the file is not a configuration, or names a setting there is not.
    """
    config = Config().from_disk(CONFIG)
    try:
        if path is not None:
            config = config.merge(Config().from_disk(path))
        schedule = Schedule(**config["schedule"], passes=dict(config.get("passes", {})))
        network = {**config["network"], "rows": tuple(config["network"]["rows"])}
        vectors = VectorSettings(**config["vectors"])
        labels = {head: dict(names) for head, names in config.get("labels", {}).items()}
        given: dict[str, Any] = {"epochs": epochs, "seed": seed}
        schedule = replace(schedule, **{k: v for k, v in given.items() if v is not None})
        guidelines = {name: dict(rule) for name, rule in config.get("guidelines", {}).items()}
        words = bool(config["lexicon"]["use"])
        lessons = replace(Distillation(**config["distillation"]), **{k: v for k, v in given.items() if v is not None})
        return Settings(dict(config["corpora"]), vectors, network, schedule, labels, words, guidelines, lessons)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise PipelineError(
            Code.USAGE, f"the settings cannot be read ({error})", file=path, mend=f"see {CONFIG.name} of the package"
        ) from error


def tokenizing() -> Language:
    """A pipeline of nothing but the tokenizer."""
    nlp = English()
    nlp.tokenizer = build_tokenizer(nlp)
    return nlp


def load_docs(nlp: Language, data: Path, corpora: Mapping[str, str], part: str) -> Docs:
    """Gold Docs by head, of `part` ("train" or "dev"); heads whose folder lacks the part are left out."""
    docs: Docs = {}
    for head, folder in corpora.items():
        for name in (f"{part}.jsonl", part, f"{part}.txt"):
            path = data / folder / name
            if path.exists():
                docs[head] = [to_doc(nlp, text) for text in read(path)]
                break
    return docs


def train(
    data: Path, out: Path, *, raw: Iterable[Path] = (), vectors: Path | None = None, settings: Settings | None = None
) -> dict[str, dict[str, Counts]]:
    """Train a model and write its folder.

    Args:
        data: folder with a folder for each of `settings.corpora`.
        out: the model folder to write.
        raw: files or folders of unannotated text for the word vectors; the training texts are added.
        vectors: a ready `.floret` file instead of making vectors.

    Returns:
        Development scores by head and label.

    Raises:
        PipelineError: no training texts, an unreadable corpus, or no way to make vectors.
    """
    settings = settings or read_settings()
    nlp = tokenizing()
    texts = load_docs(nlp, data, settings.corpora, "train")
    if not texts:
        raise PipelineError(
            Code.USAGE, "no training texts found", file=data,
            mend=f"expected folders {', '.join(settings.corpora.values())} with train.jsonl",
        )  # fmt: skip
    develop = load_docs(nlp, data, {head: settings.corpora[head] for head in texts}, "dev")
    if not any(develop.values()):
        raise PipelineError(
            Code.USAGE, "no development texts found, so nobody could tell how good the model is", file=data,
            mend="each corpus needs a dev.jsonl with a text or more",
        )  # fmt: skip
    running = [*read_texts(raw), *(doc.text for docs in texts.values() for doc in docs)]
    words = Lexicon.of(lexicon.build(running)) if settings.lexicon else None
    if vectors is not None:
        extractor = read_floret(vectors, words)
    else:
        extractor = learn(nlp, running, settings.vectors, words)
    labels = {head: sorted({s.label_ for doc in docs for s in doc.spans[GOLD]}) for head, docs in texts.items()}
    fix_random_seed(settings.schedule.seed)
    heads = lay_out(labels)
    tagger = Tagger(heads, [Member(heads[-1].columns.stop, extractor, settings.network)])
    fit(tagger, texts, develop, settings.schedule)
    tagger.about["schedule"] = vars(settings.schedule)
    tagger.about["data"] = {head: len(docs) for head, docs in texts.items()}
    return finish(tagger, develop, out, settings)


def teach(
    teacher: Path, data: Path, out: Path, *, raw: Iterable[Path] = (), settings: Settings | None = None
) -> dict[str, dict[str, Counts]]:
    """Write a model of one member that learnt to score as the members of the model `teacher` together do.

    Args:
        data: as for `train`; the same corpora as the teacher's.
        raw: files or folders of unannotated text to learn from besides; named twice, they are read twice.

    Raises:
        PipelineError: no annotated texts, or other labels than the teacher's; or its members differ in their word vectors.
    """
    settings = settings or read_settings()
    nlp, model = tokenizing(), Tagger.from_disk(teacher)
    corpora = {head.name: settings.corpora.get(head.name, head.name) for head in model.heads}
    texts, develop = (load_docs(nlp, data, corpora, part) for part in ("train", "dev"))
    if not texts or not any(develop.values()):
        raise PipelineError(
            Code.USAGE, "no annotated texts of the teacher's corpora found", file=data,
            mend=f"expected folders {', '.join(corpora.values())} with train.jsonl and dev.jsonl",
        )  # fmt: skip
    if any(member.extractor is not model.members[0].extractor for member in model.members):
        raise PipelineError(
            Code.USAGE, "the teacher's members have different word vectors", file=teacher,
            mend="train them with the same --vectors",
        )  # fmt: skip
    student = distil(model, texts, read_texts(raw), develop, nlp, settings.distillation)
    student.about["distillation"] = vars(settings.distillation)
    student.about["data"] = {head: len(docs) for head, docs in texts.items()}
    student.about["teacher"] = model.about.get("schedule")
    return finish(student, develop, out, settings)


def join(
    folders: Sequence[Path], data: Path, out: Path, *, settings: Settings | None = None
) -> dict[str, dict[str, Counts]]:
    """Write one model whose members are those of the models in `folders`, calibrated anew on the development texts.

    The models must have been trained on the same corpora (from other seeds, say). Returns as `train` does.
    """
    settings = settings or read_settings()
    models = [Tagger.from_disk(folder) for folder in folders]
    if not models or any(m.heads != models[0].heads for m in models):
        raise PipelineError(Code.USAGE, "models to be joined must have the same heads and labels")
    tagger = Tagger(models[0].heads, [member for m in models for member in m.members], dict(models[0].about))
    tagger.about["schedule"] = [m.about.get("schedule") for m in models]
    tagger.about.pop("calibration", None)
    return finish(tagger, load_docs(tokenizing(), data, settings.corpora, "dev"), out, settings)


def finish(tagger: Tagger, develop: Docs, out: Path, settings: Settings) -> dict[str, dict[str, Counts]]:
    """Calibrate, score and write a trained model."""
    tagger.about["calibration"] = name_labels(calibrate(tagger, develop), settings.labels)
    counts = evaluate(tagger, develop)
    tagger.about["development"] = {
        head: {
            label: [round(c.strict_prf[2], 4), round(c.lenient_prf[2], 4), c.gold] for label, c in sorted(rows.items())
        }
        for head, rows in counts.items()
    }
    tagger.to_disk(out)
    return counts


def name_labels(calibration: dict[str, Any], labels: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The calibration with the labels' names in casesift added."""
    for head, names in labels.items():
        for label, name in names.items():
            calibration.setdefault(head, {}).setdefault(label, {})["label"] = name
    return calibration


def evaluate_model(
    folder: Path, data: Path, *, part: str = "dev", settings: Settings | None = None
) -> dict[str, dict[str, Counts]]:
    """Scores by head and label of the model in `folder` on `part` of the corpora in `data`, with its own thresholds."""
    settings = settings or read_settings()
    tagger = Tagger.from_disk(folder)
    thresholds = Calibration.from_meta(tagger.about.get("calibration", {})).thresholds
    docs = load_docs(tokenizing(), data, {h.name: settings.corpora.get(h.name, h.name) for h in tagger.heads}, part)
    return evaluate(tagger, docs, thresholds)
