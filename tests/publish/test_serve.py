import threading
import urllib.request

import pytest

from metalsbook.errors import SiteError
from metalsbook.publish import serve


def test_the_site_is_served_on_this_machine_only(tmp_path):
    (tmp_path / "index.html").write_text("here")
    with serve.make_server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert server.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/index.html") as answer:
            assert answer.read() == b"here"
        with pytest.raises(SiteError, match="Port"):
            serve.make_server(tmp_path, server.server_port)
        server.shutdown()


def test_no_site_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    with pytest.raises(SiteError, match="No site"):
        serve.serve(0)
