"""The two ways to run a chapter, as papermill engines: its cells in this very process, or in a Jupyter kernel.

Both tell the process's caller which cell they are in. Neither is papermill's for others: chapters keep rules that other
notebooks do not (`notebooks.check_chapter`).
"""

from papermill.engines import Engine, NBClientEngine, papermill_engines

from metalsbook.publish import pool
from metalsbook.publish.shell import ChapterZMQShell, run_cell


class InProcessEngine(Engine):
    """Runs the cells in this process, which is the chapter's own: no kernel to start, its outputs those of a kernel."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **_ignored):
        """Run all cells up to the first that fails."""
        shell = ChapterZMQShell.instance()
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            pool.note(index)
            if cell.cell_type == "code" and cell.source.strip() and not run_cell(shell, cell):
                nb_man.cell_exception(cell, cell_index=index)
                break
            nb_man.cell_complete(cell, cell_index=index)
        return nb_man.nb


class KernelEngine(NBClientEngine):
    """Papermill's own engine, the reference."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **options):
        """Run all cells up to the first that fails."""
        start = nb_man.cell_start

        def start_and_tell(cell, cell_index=None, **more):
            pool.note(cell_index)
            return start(cell, cell_index, **more)

        nb_man.cell_start = start_and_tell
        return super().execute_managed_notebook(nb_man, kernel_name, shutdown_kernel="immediate", **options)


def register_engines() -> None:
    """Let papermill of this process know the engines, as "inprocess" and "kernel"."""
    papermill_engines.register("inprocess", InProcessEngine)
    papermill_engines.register("kernel", KernelEngine)
