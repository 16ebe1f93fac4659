"""The folded parts of a page travel packed: origins, code, long lists, cards of the catalogue.

They make up most of a page and are read one at a time. The page keeps what a fold says of itself; all that opens with
it lies in one packed list at the page's end, and `static/book.js` puts it in its place as soon as the page is there:
links into a fold, the browser's own search and print find it as if it had never been away.
"""

import re
from collections.abc import Iterator

from metalsbook.publish.packed import pack

_DETAILS = re.compile(r"<(/?)details\b[^>]*>")
_SUMMARY = re.compile(r"<details\b[^>]*>\s*<summary\b[^>]*>.*?</summary>", re.DOTALL)
_CHART = re.compile('<figure class="chart"|<details class="chart-data"')
_END = "</details>"


def pack_folds(body: str) -> tuple[str, str]:
    """Return a page's HTML with every outermost fold empty but for its summary, and what they held, packed.

    The packed list holds the folds in their order on the page, a fold within a fold as a part of the outer one; it is
    empty where the page has no folds. Text and attributes must be escaped, as Sphinx and the cleaning of raw HTML leave
    them. A fold without a summary stays as it is, and so does one that holds a chart or will hold a chart's data.
    """
    kept, held, last = [], [], 0
    for start, end in _outermost(body):
        summary = _SUMMARY.match(body, start, end)
        if summary and not _CHART.search(body, start, end):
            kept.append(body[last : summary.end()])
            held.append(body[summary.end() : end - len(_END)])
            last = end - len(_END)
    return "".join([*kept, body[last:]]), pack(held) if held else ""


def _outermost(body: str) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of every fold that lies in no other."""
    depth = start = 0
    for tag in _DETAILS.finditer(body):
        if not tag[1]:
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield start, tag.end()
