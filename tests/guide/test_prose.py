"""Words, spelling and figures of the prose: one name for one thing, British spelling, no typed market figure."""

import re

import pytest
from codespell_lib import main as run_codespell

from tests.guide.prose import ROOT, name, notebooks, pages, prose, without_code, written

# Pattern -> what to write. Quotations are exempt: a mistranslation may be shown as one.
WORDS = {
    r"rare-earths?\b": "rare earth, rare earths",
    r"new energy vehicles?": "new-energy vehicle",
    r"PrNd|NdPr|Nd-Pr": "Pr-Nd",
    r"anti-monopol\w*": "anti-involution",
    r"original magnesium": "primary magnesium",
    r"Siasun\w*": "robot",
    r"alumin(um)\b": "aluminium",
    r"sulfur\w*|\w*sulfur\w*": "sulphur",
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
    r"semicoke|semi coke": "semi-coke",
    r"ferro-silicon|ferro silicon": "ferrosilicon",
    r"Beijing's bureau|statistical bureau": "statistics bureau",
    r"web ?site's": "site's",
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
# Times of reading, and sizes that a rule of the book names: no figures of a market.
ALLOWED_FIGURE = re.compile(r"more than 20% away")

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
# A file of the repository named in code: with a folder, or a file that stands at the top.
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[A-Z_a-z][\w-]*\.(?:md|toml|txt|yml|cff))`")
# A page that has said where it is may name a file by its last folders.
NAMED_BELOW = ("", "metalsbook/", "metalsbook/*/", "data/*/")
# Made by a run, or the reader's own.
NOT_IN_GIT = ("_build/", "data/inbox/", ".venv/", "out.ipynb")


def texts():
    return [*pages(), *notebooks()]


def unknown_words(text: str) -> list[str]:
    """Words of the text that the book writes otherwise, each with what it writes."""
    own = prose(text)
    found = [f"{match.group()}: write {right}" for wrong, right in WORDS.items() for match in re.finditer(wrong, own)]
    return found + [f"{word}: write it with s" for word in Z_WORDS.findall(own) if not Z_RIGHT.fullmatch(word)]


def typed_figures(text: str) -> list[str]:
    """Figures with a unit in the author's own words; titles may quote one."""
    body = re.sub(r"^# .*$", "", text, flags=re.MULTILINE)
    return FIGURE.findall(ALLOWED_FIGURE.sub("", prose(body)))


def codespell(*arguments) -> int:
    """Zero where codespell objects to nothing; what it says goes to stdout."""
    return run_codespell(*map(str, arguments))


@pytest.mark.parametrize("path", texts(), ids=name)
def test_things_are_called_by_one_name(path):
    assert unknown_words(written(path)) == []


@pytest.mark.parametrize("path", [path for path in texts() if "chapters" in path.parts], ids=name)
def test_no_market_figure_is_typed(path):
    assert typed_figures(written(path)) == []


def test_spelling(tmp_path, capsys):
    for path in texts():
        (tmp_path / name(path).replace("/", "__")).with_suffix(".md").write_text(without_code(written(path)), "utf-8")
    code = codespell("--ignore-words-list", "ore,pidgeon,trough", tmp_path)
    assert code == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a rare-earth magnet", 1),
        ("rare earths and a rare earth magnet", 0),
        ("the “anti-monopoly” policy", 0),
        ("the anti-monopoly policy", 1),
        ("utilization", 1),
        ("utilisation of a prized size", 0),
        ("`color` of a colour", 0),
        ("a color", 1),
        ("a new energy vehicle", 1),
        ("ten percent, a percentage", 1),
        ("two tons", 1),
        ("two tonnes", 0),
        ("MoM", 1),
        ("see https://example.org/rare-earths", 0),
        ("```sh\necho tons\n```\n", 0),
    ],
)
def test_words_are_found_and_quotations_left(text, found):
    assert len(unknown_words(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rose to 38,900 t", 1),
        ("fell by 2.9%", 1),
        ("17,300 yuan", 1),
        ("about $850", 1),
        ("20 minutes", 0),
        ("# +61% from where?", 0),
        ("`30.75%`", 0),
        ("heading 8104 of it", 0),
        ("2025-11", 0),
        ("AZ91D", 0),
    ],
)
def test_typed_figures_are_found(text, found):
    assert len(typed_figures(text)) == found


def test_misspelt_word_is_found(tmp_path):
    (tmp_path / "page.md").write_text("It is recieved.", "utf-8")
    assert codespell(tmp_path) != 0


@pytest.mark.parametrize("path", texts(), ids=name)
def test_links_lead_somewhere(path):
    for found in LINK.findall(without_code(written(path))):
        target = (found[0] or found[1]).split("#")[0]
        if target and not target.startswith(("http://", "https://", "mailto:")):
            assert (path.parent / target).exists(), f"{name(path)} links to {target}"


@pytest.mark.parametrize("path", [path for path in texts() if path.suffix == ".md"], ids=name)
def test_files_that_a_page_names_exist(path):
    for named in NAMED.findall(written(path)):
        if not named.startswith(NOT_IN_GIT) and "NAME" not in named:
            below = [place for folder in NAMED_BELOW for place in ROOT.glob(f"{folder}{named}")]
            assert below or (path.parent / named).exists(), f"{name(path)} names {named}"
