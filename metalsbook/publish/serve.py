"""Show the built site on this machine, and to nobody else."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from metalsbook.errors import SiteError
from metalsbook.paths import build_folder

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of single requests."""


def make_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the folder on the loopback address; port 0 takes a free one."""
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder)))
    except OSError as error:
        raise SiteError(f"Port {port} cannot be used: {error.strerror}", "Give another one with --port") from error


def serve(port: int) -> None:
    """Serve the built site until it is interrupted."""
    site = build_folder() / "site"
    if not (site / "index.html").is_file():
        raise SiteError("No site has been built yet", "Build one: make book MONTH=2025-11")
    with make_server(site, port) as server:
        print(f"http://{HOST}:{server.server_port}/ shows the site on this machine only; Ctrl+C ends it", flush=True)
        server.serve_forever()
