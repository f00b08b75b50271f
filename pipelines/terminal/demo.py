"""`casesift demo`: the reports that come with casesift, with their gold records and examples, copied to where a person can look at them.

In a clone they stand in `corpus` and `examples`; in an installation from a wheel under `share/casesift` of its environment, where the
installation's own record of its files says so.
"""

from __future__ import annotations

import shutil
from importlib.metadata import files
from pathlib import Path

from extract.errors import Code, PipelineError

#: what is copied, by the name of its folder, and where it stands in a clone: PDFs, what a careful reader takes from them, examples
_FOLDERS = {"pdf": "corpus/pdf", "gold": "corpus/gold", "examples": "examples"}


def demo_folders() -> dict[str, Path]:
    """Where each folder of the demo stands.

    Raises:
        PipelineError: `internal`, one is nowhere.
    """
    marks = (
        Path(str(file.locate())).resolve()
        for file in files("casesift") or ()
        if file.match("share/casesift/pdf/urea-eucerin.pdf")
    )
    root = Path(__file__).parents[2]
    candidates = [{name: mark.parents[1] / name for name in _FOLDERS} for mark in marks]
    candidates.append({name: root / place for name, place in _FOLDERS.items()})
    for folders in candidates:
        if all(folder.is_dir() for folder in folders.values()):
            return folders
    raise PipelineError(Code.INTERNAL, "the reports of the demo are not there", mend="reinstall casesift")


def copy_demo(dest: Path) -> Path:
    """Copy the reports into the folder `dest`, which is made, and return it.

    Raises:
        PipelineError: `usage`, when there is something in it already, or it cannot be written.
    """
    sources = demo_folders()
    try:
        dest.mkdir(parents=True, exist_ok=True)
        if any(dest.iterdir()):
            raise PipelineError(
                Code.USAGE, f"{dest}: there is something in it", mend="give a folder that is empty or not there yet"
            )
        for name, source in sources.items():
            shutil.copytree(
                source, dest / name, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("__pycache__", ".*")
            )
    except OSError as error:
        raise PipelineError(
            Code.USAGE, f"{dest}: cannot be written ({error.strerror or error})", mend="give another folder"
        ) from error
    return dest
