"""The reference engine: every chapter in an ordinary Jupyter kernel of this very Python, in a clean environment."""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from metalsbook.publish.environment import child_environment
from metalsbook.publish.run import ChapterDeath, ChapterTimeout, KernelStartError

ENGINE = "metalsbook-kernel"
START_LIMIT_S = 60
# A socket's path may hold 107 bytes; the kernel adds "-ipc-5" to it.
_SOCKET_PATH_LIMIT = 95
# What goes wrong is raised; the client and the event loop would print it as well.
_SILENT = logging.getLogger("metalsbook.kernels")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
logging.getLogger("asyncio").setLevel(logging.CRITICAL)


class _ThisPython(KernelSpecManager):
    """Offers the kernel of the running interpreter, whatever kernels are installed on the machine."""

    def get_kernel_spec(self, kernel_name: str):
        """Return the specification of this interpreter's kernel."""
        return self.kernel_spec_class(resource_dir=RESOURCES, **get_kernel_dict())


def _manage_kernel(folder: Path) -> AsyncKernelManager:
    """Return a manager whose kernel talks over sockets in `folder`, or over local ports where these do not exist."""
    connection = folder / "kernel.json"
    manager = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=_ThisPython(), connection_file=str(connection)
    )
    if sys.platform != "win32":
        socket = folder / "socket"
        if len(os.fsencode(socket)) <= _SOCKET_PATH_LIMIT:
            manager.transport, manager.ip = "ipc", str(socket)
    return manager


class KernelEngine(Engine):
    """A papermill engine like papermill's own, with one time limit for the whole chapter and nothing inherited."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, folder: str, limit_s: float, **_ignored):
        """Run all cells.

        Args:
            nb_man: Papermill's manager of the notebook.
            kernel_name: Not looked at: the kernel is the running interpreter's.
            folder: Working folder of the chapter.
            limit_s: Seconds that the whole chapter may take.

        Raises:
            KernelStartError: If the kernel did not start; no cell has run then.
            ChapterTimeout: If the chapter's time is over.
            ChapterDeath: If the kernel died in a cell.
        """
        deadline = time.monotonic() + limit_s
        running: list[int] = []

        def remaining_s(cell) -> float:
            running.append(next(place for place, each in enumerate(nb_man.nb.cells) if each is cell))
            return max(1.0, deadline - time.monotonic())

        # Sockets need a short path, which the user's TMPDIR may not be.
        with tempfile.TemporaryDirectory(prefix="kernel-", dir=_short_folder()) as private:
            client = PapermillNotebookClient(
                nb_man,
                km=_manage_kernel(Path(private)),
                timeout_func=remaining_s,
                startup_timeout=min(START_LIMIT_S, limit_s),
                shutdown_kernel="immediate",
                record_timing=False,
                log=_SILENT,
            )
            with (Path(private) / "stderr").open("wb") as stderr:
                try:
                    client.execute(env=child_environment(Path(private)), cwd=folder, stderr=stderr, cleanup_kc=True)
                except CellTimeoutError as error:
                    raise ChapterTimeout(running[-1]) from error
                except (RuntimeError, OSError) as error:
                    if isinstance(error, DeadKernelError) and running:
                        raise ChapterDeath(running[-1]) from error
                    raise KernelStartError(str(error)) from error
        return nb_man.nb


def _short_folder() -> str | None:
    return "/tmp" if len(tempfile.gettempdir()) > 60 and Path("/tmp").is_dir() else None


papermill_engines.register(ENGINE, KernelEngine)
