"""`casesift demo`: the reports that come with casesift, copied to where a person can look at them.

They stand beside the packages: in a clone under `corpus`, in an installation from a wheel under `share/casesift/corpus` of its
environment, where the installation's own record of its files says so.
"""

from __future__ import annotations

import shutil
from importlib.metadata import files
from pathlib import Path

from extract.errors import Code, PipelineError

#: what is copied: the PDFs, what a careful reader takes from them, and what they are
_FOLDERS = ("pdf", "gold")
_README = "README.md"


def corpus() -> Path:
    """The folder of the reports.

    Raises:
        PipelineError: `internal`, it is nowhere.
    """
    installed = (
        Path(str(file.locate())).resolve()
        for file in files("casesift") or ()
        if file.match("share/casesift/corpus/README.md")
    )
    for readme in (*installed, Path(__file__).parents[2] / "corpus" / _README):
        if (readme.parent / _FOLDERS[0]).is_dir():
            return readme.parent
    raise PipelineError(Code.INTERNAL, "the reports of the demo are not there", mend="reinstall casesift")


def copy_demo(dest: Path) -> Path:
    """Copy the reports into the folder `dest`, which is made, and return it.

    Raises:
        PipelineError: `usage`, when there is something in it already, or it cannot be written.
    """
    source = corpus()
    try:
        dest.mkdir(parents=True, exist_ok=True)
        if any(dest.iterdir()):
            raise PipelineError(
                Code.USAGE, f"{dest}: there is something in it", mend="give a folder that is empty or not there yet"
            )
        for folder in _FOLDERS:
            shutil.copytree(source / folder, dest / folder, copy_function=shutil.copyfile)
        shutil.copyfile(source / _README, dest / _README)
    except OSError as error:
        raise PipelineError(
            Code.USAGE, f"{dest}: cannot be written ({error.strerror or error})", mend="give another folder"
        ) from error
    return dest
