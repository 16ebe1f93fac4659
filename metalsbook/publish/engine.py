"""Runs a chapter's cells in this process, which is its own, as an engine of papermill; tells which cell it is in.

The kernel is ipykernel's own within the process: without sockets and a process to start, a chapter takes a second less.
What C code writes to the terminal is not caught; chapters do not write there.
"""

import contextlib
from itertools import groupby

from ipykernel.inprocess import BlockingInProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessInteractiveShell, InProcessKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from papermill.engines import Engine
from traitlets.config import Config

from metalsbook.publish import pool

# Without history no database file and no thread that writes it.
_SETTINGS = Config({"HistoryManager": {"enabled": False}})


class ChapterZMQShell(InProcessInteractiveShell):
    """The kernel's shell; its name matters: pandas looks for "zmq" in it to tell a notebook from a terminal."""


class InProcessEngine(Engine):
    """The engine; for chapters alone, which keep rules that other notebooks do not (`notebooks.check_chapter`)."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **_ignored):
        """Run all cells up to the first that fails."""
        kernel = InProcessKernel(shell_class=ChapterZMQShell, config=_SETTINGS)
        client = BlockingInProcessKernelClient(kernel=kernel, session=kernel.session)
        client.start_channels()
        # It makes outputs of what a kernel sends.
        outputs = NotebookClient(nb_man.nb, record_timing=False)
        outputs.reset_execution_trackers()
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            pool.note(index)
            if cell.cell_type == "code" and cell.source.strip():
                cell.outputs, outputs.clear_before_next_output = [], False
                client.execute(cell.source, allow_stdin=False)
                with contextlib.suppress(CellExecutionComplete):
                    while True:
                        outputs.process_message(client.get_iopub_msg(), cell, index)
                cell.outputs = _join_streams(cell.outputs)
                if client.get_shell_msg()["content"]["status"] == "error":
                    nb_man.cell_exception(cell, cell_index=index)
                    break
            nb_man.cell_complete(cell, cell_index=index)
        return nb_man.nb


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs, printed text that follows on other text of its stream as one with it."""
    joined = []
    for name, several in groupby(outputs, lambda output: output.get("name")):
        first, *others = several
        if name:
            first.text += "".join(other.text for other in others)
            others = []
        joined += [first, *others]
    return joined
