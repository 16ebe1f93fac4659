"""What an executed chapter shows: its own words, its charts, and signs of a missing figure among them."""

import re
from html.parser import HTMLParser

import nbformat


class Words(HTMLParser):
    """The text of a page without the parts quoted from sources: links, folded origins and code."""

    def __init__(self):
        super().__init__()
        self.words, self._quoted = [], 0

    def handle_starttag(self, name, attributes):
        self._quoted += name in ("a", "details", "code", "cite", "svg")

    def handle_endtag(self, name):
        self._quoted -= name in ("a", "details", "code", "cite", "svg")

    def handle_data(self, data):
        if not self._quoted:
            self.words.append(data)


def outputs_of(notebook: nbformat.NotebookNode) -> list[dict]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [output["data"] for cell in cells for output in cell.outputs if "data" in output]


def words_of(notebook: nbformat.NotebookNode) -> str:
    parser = Words()
    for data in outputs_of(notebook):
        parser.feed(data.get("text/html", ""))
    return " ".join(parser.words)


def charts_of(notebook: nbformat.NotebookNode) -> list[dict]:
    return [value for data in outputs_of(notebook) for kind, value in data.items() if "vegalite" in kind]


def missing_figures(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what a missing figure looks like where it is shown as one, with the words about it."""
    # "None of the four" is English.
    found = re.findall(r".{0,40}(?<![\w.-])(?:nan|NaN|None(?! of )|NaT|inf)(?![\w-]).{0,40}", words_of(notebook))
    plain = [data.get("text/plain", "") for data in outputs_of(notebook)]
    return found + [text for text in plain if re.search(r"(?<![\w.-])(?:nan|NaT|<NA>)(?![\w-])", text)]
