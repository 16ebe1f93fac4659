"""Runs a chapter's cells in this process, which is its own, as an engine of papermill; tells which cell it is in.

It is a kernel's shell without the kernel: what a kernel would have sent is recorded. What C code writes to the terminal
and what widgets do is not caught; chapters do neither.
"""

import json
import sys
from io import TextIOBase

from ipykernel.jsonutil import encode_images, json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from jupyter_client.jsonutil import json_default
from nbformat.v4 import output_from_msg
from papermill.engines import Engine
from traitlets import Type
from traitlets.config import Config

from metalsbook.publish import pool


class Recorder:
    """The outputs of the running cell, in the order in which they came."""

    def __init__(self):
        self.outputs: list = []
        self._displays: dict[str, list[dict]] = {}

    def add(self, kind: str, content: dict, display_id: str | None = None) -> None:
        """Add an output as a kernel's message would bring it, through JSON."""
        self.outputs.append(_output(kind, content))
        if display_id:
            self._displays.setdefault(display_id, []).append(self.outputs[-1])

    def print(self, stream: str, text: str) -> None:
        """Add printed text, to the output before it where that is of the same stream."""
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == stream:
            last["text"] += text
        else:
            self.add("stream", {"name": stream, "text": text})

    def update(self, display_id: str, content: dict) -> None:
        """Replace the data of every output that was shown under this id."""
        for output in self._displays.get(display_id, []):
            output.update(_output("display_data", content))


def _output(kind: str, content: dict) -> dict:
    content = json.loads(json.dumps(json_clean(content), default=json_default))
    return output_from_msg({"header": {"msg_type": kind}, "content": content})


class _Stream(TextIOBase):
    encoding = "utf-8"

    def __init__(self, recorder: Recorder, name: str):
        self._recorder = recorder
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if text:
            self._recorder.print(self.name, text)
        return len(text)


class _Hook(DisplayHook):
    """Records the value of a cell's last line."""

    def start_displayhook(self):
        self._content = None

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self._content = {"data": encode_images(format_dict), "metadata": md_dict or {}}

    def finish_displayhook(self):
        if self._content and self._content["data"]:
            self.shell.recorder.add("execute_result", self._content | {"execution_count": self.prompt_count})


class _Publisher(DisplayPublisher):
    """Records what `display` shows."""

    def publish(self, data, metadata=None, *, transient=None, update=False, **_ignored):
        content = {"data": encode_images(data), "metadata": metadata or {}}
        display_id = (transient or {}).get("display_id")
        if update:
            self.shell.recorder.update(display_id, content)
        else:
            self.shell.recorder.add("display_data", content, display_id)

    def clear_output(self, wait=False):
        self.shell.recorder.outputs.clear()


class ChapterZMQShell(ZMQInteractiveShell):
    """The kernel's shell with its messages recorded instead of sent; from its start this process prints into it.

    Its name matters: pandas looks for "zmq" in it to tell a notebook from a terminal.
    """

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **traits):
        self.recorder = Recorder()
        # Without history no database file and no thread that writes it.
        super().__init__(config=Config({"HistoryManager": {"enabled": False}}), **traits)
        sys.stdout, sys.stderr = (_Stream(self.recorder, name) for name in ("stdout", "stderr"))

    def _showtraceback(self, etype, evalue, stb):
        self.recorder.add("error", {"ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)})


class InProcessEngine(Engine):
    """The engine; for chapters alone, which keep rules that other notebooks do not (`notebooks.check_chapter`)."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **_ignored):
        """Run all cells up to the first that fails."""
        shell = ChapterZMQShell.instance()
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            pool.note(index)
            if cell.cell_type == "code" and cell.source.strip():
                shell.recorder.outputs = []
                result = shell.run_cell(cell.source, store_history=True)
                cell.update(outputs=shell.recorder.outputs, execution_count=result.execution_count)
                if not result.success:
                    nb_man.cell_exception(cell, cell_index=index)
                    break
            nb_man.cell_complete(cell, cell_index=index)
        return nb_man.nb
