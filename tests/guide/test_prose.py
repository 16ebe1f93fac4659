"""Spelling, figures and links of the prose: no word misspelt, no market figure typed, every file named is there."""

import re

import pytest
from codespell_lib import main as run_codespell

from metalsbook.publish.notebooks import list_chapters
from tests.guide.prose import CHAPTERS, ROOT, name, pages, prose, without_code, written

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


def typed_figures(text: str) -> list[str]:
    """Figures with a unit in the author's own words; titles may quote one."""
    body = re.sub(r"^# .*$", "", text, flags=re.MULTILINE)
    return FIGURE.findall(ALLOWED_FIGURE.sub("", prose(body)))


@pytest.mark.parametrize("path", [*pages(), *list_chapters()], ids=name)
def test_a_page_types_no_figure_and_leads_somewhere(path):
    text = written(path)
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
