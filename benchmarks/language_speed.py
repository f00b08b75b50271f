"""Words a second of the language pipeline on one core, against what a user of spaCy or scispaCy would run, in one process.

    python benchmarks/language_speed.py [FOLDER]

FOLDER holds texts (.txt) or reports (.xml, .pdf); without it the project's own corpus is read. Three pipelines read the same texts,
one after the other:

    spaCy       a blank English pipeline with an entity recogniser alone (its weights are random: the time is the same)
    scispaCy    scispaCy's tokenizer, pysbd's sentences, the abbreviation detector: no entities at all
    casesift    the whole pipeline: sentences, abbreviations, mention model, vocabularies, quantities, assertions, codes

Processor seconds, so that other work on the machine does not count. Also: processor seconds until the pipeline is loaded, and
the share of each of its stages.
"""

import argparse
import os
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"


def texts(folder: Path) -> list[str]:
    """The texts of all readable files, as the pipeline gets them."""
    from extract import CasesiftError, read

    found = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".txt", ".xml", ".pdf"}):
        with suppress(CasesiftError):
            found.append(read(path).text)
    return found


def seconds(run: Callable[[str], object], given: list[str]) -> float:
    """Processor seconds of `run` over the texts; the shortest is read once before, so that nothing is loaded on the clock."""
    run(min(given, key=len))
    began = time.process_time()
    for text in given:
        run(text)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent.parent / "corpus" / "pdf")
    given = texts(parser.parse_args().folder)
    words = sum(len(text.split()) for text in given)

    began = time.process_time()
    from extract import language

    nlp = language.load()
    loading = time.process_time() - began

    import spacy
    from scispacy.abbreviation import AbbreviationDetector  # noqa: F401  (registers its factory)
    from scispacy.custom_sentence_segmenter import pysbd_sentencizer  # noqa: F401
    from scispacy.custom_tokenizer import combined_rule_tokenizer

    warnings.filterwarnings("ignore")
    blank = spacy.blank("en")
    recogniser = blank.add_pipe("ner")
    for label in ("drug", "diagnosis"):
        recogniser.add_label(label)  # type: ignore[attr-defined]
    blank.initialize()
    scispacy = spacy.blank("en")
    scispacy.tokenizer = combined_rule_tokenizer(scispacy)
    scispacy.add_pipe("pysbd_sentencizer")
    scispacy.add_pipe("abbreviation_detector")
    for pipeline in (blank, scispacy):
        pipeline.max_length = 10**7

    print(f"{len(given)} texts, {words} words; casesift's pipeline was loaded in {loading:.1f} s")
    for name, run in (("spaCy", blank), ("scispaCy", scispacy), ("casesift", lambda text: language.analyse(nlp, text))):
        used = seconds(run, given)
        print(f"{name:10s} {words / used:8.0f} words/s")
    shares: Counter[str] = Counter()
    for text in given:
        began = time.process_time()
        doc = nlp.make_doc(text)
        shares["tokenizer"] += time.process_time() - began
        for name, stage in nlp.pipeline:
            began = time.process_time()
            doc = stage(doc)
            shares[name.removeprefix("casesift_")] += time.process_time() - began
    total = sum(shares.values())
    print("; ".join(f"{name} {used / total:.0%}" for name, used in shares.most_common()))


if __name__ == "__main__":
    main()
