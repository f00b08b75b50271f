"""Days and times that a spreadsheet makes of "1-2", "8/10", "1:1" or 1.5, in all the ways it writes them.

A day is (month, day), a month of a year (year in its century, month, 0), a time (0, hour, minute, 0).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_MONTHS = {
    m: i % 12 + 1
    for i, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez", "janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc", "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"]
    )
}  # fmt: skip

_MONTHS |= {
    month: i
    for i, month in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1
    )
}  # fmt: skip

_EPOCH = dt.datetime(1899, 12, 30)  # day 0 of Excel and LibreOffice


def days_of(value: Any, text: str) -> set[tuple[int, ...]]:
    """The days (month, day), months (year, month, 0) and times (0, hour, minute, 0) that a cell can be."""
    match value:
        case dt.datetime() if value.date() <= dt.date(1900, 1, 1):
            return _times(value.hour, value.minute)
        case dt.datetime() | dt.date():
            extra = {(value.year % 100, value.month, 0)} if value.day == 1 else set()
            return {(value.month, value.day), *extra}
        case dt.time():
            return _times(value.hour, value.minute)
        case dt.timedelta():
            return _times(int(value.total_seconds()) // 3600, int(value.total_seconds()) // 60 % 60)
        case bool():
            return set()
        case int() | float() if 0 < value < 1:
            minutes = round(value * 1440)
            return _times(minutes // 60, minutes % 60)
        case int() | float() if value == int(value) and 30_000 < value < 60_000:
            return days_of(_EPOCH + dt.timedelta(days=int(value)), "")
        case str():
            return _days_written(text)
    return set()


def _times(hour: int, minute: int) -> set[tuple[int, ...]]:
    return {(0, hour, minute, 0)}


def _days_written(text: str) -> set[tuple[int, ...]]:
    """The same of a cell that a spreadsheet wrote into CSV: "08. Okt", "Oct-08", "2026-10-08", "01:01:00", "45324"."""
    if re.fullmatch(r"\d{5}", text):
        return days_of(int(text), "")
    if match := re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?( [AP]M)?", text, re.I):
        return _times(int(match[1]) % 12 if (match[4] or "").strip().upper() == "AM" else int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?", text):
        year, month, day = map(int, match.groups())
        return {(month, day), *({(year % 100, month, 0)} if day == 1 else ())}
    if match := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](?:\d{4}|\d\d)", text):
        a, b = int(match[1]), int(match[2])
        return {(a, b), (b, a)}
    words = re.fullmatch(r"(?:(\d{1,2})[-. ]+)?([^\W\d_]{3,9})\.?(?:[-. ]+(\d{1,4}))?", text.lower())
    if words and words[2] in _MONTHS and (words[1] or words[3]):
        month = _MONTHS[words[2]]
        days = {(month, int(n)) for n in (words[1], words[3]) if n and int(n) <= 31}
        return days | ({(int(words[3]) % 100, month, 0)} if words[3] else set())
    return set()


def days_meant(was: str) -> set[tuple[int, ...]]:
    """What a text or number would be as a day, a month of a year, or a time."""
    if match := re.fullmatch(r"(\d{1,2}):(\d{1,2})", was):
        return _times(int(match[1]), int(match[2]))
    match = re.fullmatch(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})", was)
    if not match:
        return _days_written(was) if re.search(r"[^\W\d_]{3}|\d{4}-\d\d-\d\d", was) else set()
    a, b = int(match[1]), int(match[2])
    return {(a, b), (b, a), (a, b, 0), (b, a, 0)}
