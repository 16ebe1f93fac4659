"""Words, spelling, figures and links of the prose: one name for one thing, British spelling, no typed market figure."""

import re

import pytest
from codespell_lib import main as run_codespell

from metalsbook.publish.notebooks import list_chapters
from tests.guide.prose import CHAPTERS, ROOT, name, pages, prose, without_code, written

# Pattern -> what to write. Quotations are exempt: a mistranslation may be shown as one.
WORDS = {
    r"rare-earths?\b": "rare earth, rare earths",
    "new energy vehicles?": "new-energy vehicle",
    "PrNd|NdPr|Nd-Pr": "Pr-Nd",
    r"anti-monopol\w*": "anti-involution",
    "original magnesium": "primary magnesium",
    r"Siasun\w*": "robot",
    r"alumin(um)\b": "aluminium",
    r"\w*sulfur\w*": "sulphur",
    r"percent\b": "per cent",
    r"\btons?\b|metric tons?": "tonne, tonnes",
    r"\blicenses?\b": "licence",
    r"\bcolors?\b": "colour",
    r"\bcenters?\b": "centre",
    r"\bbehavior\w*": "behaviour",
    r"\blabor\b": "labour",
    r"month-on-month|year-on-year|\bM[Oo]M\b|\bY[Oo]Y\b": "month on month, year on year",
    r"ex-factory|ex works\b": "ex-works",
    r"\bshort ton|\bcatties\b": "tonnes",
    "semicoke|semi coke": "semi-coke",
    "ferro-silicon|ferro silicon": "ferrosilicon",
    "Beijing's bureau|statistical bureau": "statistics bureau",
    "web ?site's": "site's",
    r"\bdata points?\b": "statement, figure",
    r"\bground truth\b": "figure",
}
# British -ise; these words have their z from elsewhere.
Z_WORDS = re.compile(r"\b\w+iz(?:e|es|ed|ing|ation|ations)\b", re.IGNORECASE)
Z_RIGHT = re.compile(r"(?:re)?siz(?:e|es|ed|ing)|priz(?:e|es|ed)|seiz(?:e|es|ed|ing)", re.IGNORECASE)
FIGURE = re.compile(
    r"(?<![\w.-])[−-]?\d[\d,.]*\s?(?:%|kt|Mt|t|kg|tonnes|per cent|yuan|USD|CNY|dollars|vehicles|points)(?![\w-])"
    r"|[$€¥]\s?\d"
)
# Sizes that a rule of the book names: no figures of a market.
ALLOWED_FIGURE = re.compile(r"more than 20% away|never more than 3%|at most 2\.5%")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
# A file of the repository named in code: with a folder, or a file that stands at the top.
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[A-Z_a-z][\w-]*\.(?:md|toml|txt|yml|cff))`")
# A page that has said where it is may name a file by its last folders.
NAMED_BELOW = ("", "metalsbook/", "metalsbook/*/", "data/*/")
# Made by a run, or the reader's own.
NOT_IN_GIT = ("_build/", "data/inbox/", ".venv/", "out.ipynb")


def unknown_words(text: str) -> list[str]:
    """Words of the text that the book writes otherwise, each with what it writes."""
    own = prose(text)
    found = [f"{match.group()}: write {right}" for wrong, right in WORDS.items() for match in re.finditer(wrong, own)]
    return found + [f"{word}: write it with s" for word in Z_WORDS.findall(own) if not Z_RIGHT.fullmatch(word)]


def typed_figures(text: str) -> list[str]:
    """Figures with a unit in the author's own words; titles may quote one."""
    body = re.sub(r"^# .*$", "", text, flags=re.MULTILINE)
    return FIGURE.findall(ALLOWED_FIGURE.sub("", prose(body)))


@pytest.mark.parametrize("path", [*pages(), *list_chapters()], ids=name)
def test_a_page_has_the_books_words_and_leads_somewhere(path):
    text = written(path)
    assert unknown_words(text) == []
    assert CHAPTERS not in path.parents or typed_figures(text) == []
    targets = [(found[0] or found[1]).split("#")[0] for found in LINK.findall(without_code(text))]
    inside = [target for target in targets if target and not target.startswith(("http://", "https://", "mailto:"))]
    assert [target for target in inside if not (path.parent / target).exists()] == []
    names = [one for one in NAMED.findall(text) if not one.startswith(NOT_IN_GIT) and "NAME" not in one]
    assert path.suffix != ".md" or [one for one in names if not is_there(one, path)] == []


def is_there(named: str, page) -> bool:
    below = [place for folder in NAMED_BELOW for place in ROOT.glob(f"{folder}{named}")]
    return bool(below) or (page.parent / named).exists()


def test_spelling(tmp_path, capsys):
    for path in [*pages(), *list_chapters()]:
        (tmp_path / name(path).replace("/", "__")).with_suffix(".md").write_text(without_code(written(path)), "utf-8")
    code = run_codespell("--ignore-words-list", "ore,pidgeon,trough", str(tmp_path))
    assert code == 0, capsys.readouterr().out
    (tmp_path / "page.md").write_text("It is recieved.", "utf-8")
    assert run_codespell(str(tmp_path)) != 0
