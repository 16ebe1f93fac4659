"""Names of publishers, and what speaks against their pages: one house has one English name, however a page prints it.

The printed name stays where a figure's origin is told; here it is only turned for labels, tables and sentences.
"""

import re
import tomllib
from functools import cache
from pathlib import Path


@cache
def _english() -> dict[str, str]:
    """Return the English name of each Chinese one, the longest first."""
    names = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {name: names[name] for name in sorted(names, key=len, reverse=True)}


def in_english(name: str) -> str:
    """Return a publisher's name with the Chinese names in it turned into English ones."""
    if name.isascii():
        return name
    for chinese, english in _english().items():
        name = name.replace(chinese, english)
    return name


_ASIDE = re.compile(r"\s*[(\[\uff08]([^)\]\uff09]*)[)\]\uff09]")
_CAUTION = re.compile(r"cop(y|ies)|mirror|repost|undated|nominal|assumed|not named|user post|\u8f6c\u8f7d", re.I)
_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,4}|\d{6}")
"""A site's address or a stock's number behind a name: who it is, not whom it relays."""
_WRITTEN_OUT = ("shanghai metals market",)


@cache
def base_name(publisher: str) -> str:
    """Return a publisher's name, in English, without what stands in brackets behind it."""
    return in_english(re.split(r"\s*[(\[\uff08]", publisher)[0])


def bare_title(title: str) -> str:
    """Return a page's title without the name of its column: "[SMM Analysis] Exports fell" is "Exports fell"."""
    return " ".join(re.sub(r"[\[\u3010][^\]\u3011]*[\]\u3011]", " ", title).split()) or title


@cache
def told_name(publisher: str) -> str:
    """Return a publisher's name with what speaks against its page only: "zhuoerchem.com (SMM copy, undated page)"."""
    own = ("", base_name(publisher).lower(), *_WRITTEN_OUT)
    asides = [aside.strip() for aside in _ASIDE.findall(publisher) if _CAUTION.search(aside)]
    asides = [aside for aside in asides if in_english(aside).lower() not in own and not _ADDRESS.fullmatch(aside)]
    words = ", ".join(asides).replace("year nominal", "year assumed").replace("period assumed", "year assumed")
    return f"{base_name(publisher)} ({in_english(words)})" if words else base_name(publisher)
