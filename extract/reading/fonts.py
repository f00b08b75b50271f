"""What the name of a font tells: its family, whether it is bold, whether it slants."""

from __future__ import annotations

from functools import lru_cache

_BOLD_MARKS = ("bold", "black", "heavy", "semibold", "-bd", ".b", "demi", "_bd")


@lru_cache(maxsize=4096)
def is_bold(font: str) -> bool:
    """Whether a font's name says bold."""
    name = font.split("+", 1)[-1].lower()
    return any(m in name for m in _BOLD_MARKS) and "nonbold" not in name


@lru_cache(maxsize=4096)
def is_italic(font: str) -> bool:
    """Whether a font's name says italic or oblique."""
    name = font.lower()
    return "ital" in name or "obliq" in name or name.endswith(("-it", "-i"))


@lru_cache(maxsize=4096)
def family(font: str) -> str:
    """The font's family: its name without subset tag, weight and slant."""
    name = font.split("+", 1)[-1].lower()
    return name.split("-")[0].split(",")[0].split(".")[0].rstrip("0123456789")
