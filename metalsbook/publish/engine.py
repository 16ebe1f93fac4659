"""A papermill engine that runs the cells in the very process: no kernel to start, its outputs those of a kernel.

It knows nothing of isolation; `workers` forks a process for each chapter. papermill knows it as `inprocess`. IPython is
imported when it runs: every start of papermill, with whatever engine, imports this module.
"""

import os
from collections.abc import Callable
from pathlib import Path

from papermill.engines import Engine


class InProcessEngine(Engine):
    """Runs a notebook's cells in this process; `papermill --engine inprocess` reaches it too."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, folder: str | None = None, on_cell: Callable[[int], None] | None = None, **_ignored
    ):
        """Run all cells up to the first that fails.

        Args:
            nb_man: Papermill's manager of the notebook.
            kernel_name: Not looked at: there is no kernel.
            folder: Working folder of the chapter.
            on_cell: Called with the place of every cell before it is run.
        """
        from metalsbook.publish.shell import chapter_shell

        here = Path.cwd()
        os.chdir(folder or here)
        try:
            with chapter_shell() as shell:
                _run_cells(nb_man, shell, on_cell)
        finally:
            os.chdir(here)
        return nb_man.nb


def _run_cells(nb_man, shell, on_cell: Callable[[int], None] | None) -> None:
    from metalsbook.publish.shell import run_cell

    for index, cell in enumerate(nb_man.nb.cells):
        nb_man.cell_start(cell, index)
        if on_cell:
            on_cell(index)
        try:
            if cell.cell_type == "code" and cell.source.strip() and not run_cell(shell, cell):
                nb_man.cell_exception(cell, cell_index=index)
                return
        finally:
            nb_man.cell_complete(cell, cell_index=index)
