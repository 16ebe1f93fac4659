"""The floor: the chapters' code in one plain Python process, with every shown value rendered and nothing written.

python -m benchmarks.floor MONTH CHAPTER.ipynb ...
"""

import ast
import sys
from pathlib import Path

from metalsbook.publish.notebooks import Chapter, cell_source, read_chapter, set_month


def render(value: object) -> None:
    """Ask a value for what a notebook would store of it."""
    for method in ("_repr_mimebundle_", "_repr_html_", "_repr_markdown_"):
        if hasattr(value, method):
            getattr(value, method)()
            return
    if value is not None:
        repr(value)


def run_chapter(chapter: Chapter, month: str) -> None:
    """Run the code cells of a chapter in a fresh namespace."""
    names = {"__name__": "__main__", "display": render}
    for cell in set_month(chapter, month)["cells"]:
        if cell["cell_type"] != "code":
            continue
        statements = ast.parse(cell_source(cell))
        last = statements.body.pop() if statements.body and isinstance(statements.body[-1], ast.Expr) else None
        exec(compile(statements, chapter.name, "exec"), names)
        if last is not None:
            render(eval(compile(ast.Expression(last.value), chapter.name, "eval"), names))


if __name__ == "__main__":
    for path in sys.argv[2:]:
        run_chapter(read_chapter(Path(path)), sys.argv[1])
