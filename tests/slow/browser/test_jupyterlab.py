"""Every chapter in a real JupyterLab: it opens and shows its charts; one is run for another month and shows others."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from metalsbook.ledger.vocabulary import CHAPTERS

ROOT = Path(__file__).resolve().parents[3]
OTHER_MONTH = "2025-10"
# Nothing is asked of the network.
QUIET = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
CHARTS = ".jp-RenderedVegaCommon5 svg, .jp-RenderedVegaCommon5 canvas"
DRAWN = """() => [...document.querySelectorAll('.jp-RenderedVegaCommon5')].map((chart) => {
    const canvas = chart.querySelector('canvas');
    return canvas ? canvas.toDataURL() : chart.querySelector('svg')?.outerHTML ?? '';
})"""
RUNNING = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].some(
    (prompt) => prompt.textContent.includes('*'))"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab of this environment over copies of the chapters, and the token for it."""
    folder = tmp_path_factory.mktemp("lab")
    for name in CHAPTERS:
        shutil.copy(ROOT / "chapters" / f"{name}.ipynb", folder)
    path = folder / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    path.parent.mkdir(parents=True)
    # All cells are drawn at once, seen or not.
    path.write_text('{"windowingMode": "none"}', "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port, token = free.getsockname()[1], secrets.token_hex(16)
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "RUNTIME", "DATA")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "METALSBOOK_ROOT": str(ROOT)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", *QUIET]
    command += [f"--IdentityProvider.token={token}"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api?token={token}", server, folder / "log")
        yield address, token
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(1200):
        assert server.poll() is None, log.read_text("utf-8")[-2000:]
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(log.read_text("utf-8")[-2000:])


def charts_stored(name: str) -> int:
    cells = json.loads((ROOT / "chapters" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    return sum("vegalite" in kind for cell in cells for out in cell.get("outputs", ()) for kind in out.get("data", ()))


def opened(lab, visit, name: str):
    """Open a chapter and wait for its stored charts; return the page, and how each chart is drawn."""
    address, token = lab
    wanted = charts_stored(name)
    assert wanted
    page = visit("about:blank").page
    page.set_default_timeout(240_000)
    page.goto(f"{address}/lab/tree/{name}.ipynb?token={token}&reset")
    page.wait_for_function("([css, n]) => document.querySelectorAll(css).length >= n", arg=[CHARTS, wanted])
    drawn = page.evaluate(DRAWN)
    assert len(drawn) == wanted and all(drawn)
    return page, drawn


@pytest.mark.parametrize("name", CHAPTERS[1:])
def test_a_chapter_opens_in_jupyterlab(lab, visit, name):
    opened(lab, visit, name)


def test_a_chapter_that_is_open_follows_the_month(lab, visit):
    page, before = opened(lab, visit, CHAPTERS[0])
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(f'month = "{OTHER_MONTH}"')
    page.locator(".lm-MenuBar-item").get_by_text("Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(RUNNING)
    page.wait_for_function(f"() => !({RUNNING})()")
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    page.wait_for_function("(css) => document.querySelectorAll(css).length > 0", arg=CHARTS)
    after = page.evaluate(DRAWN)
    assert after and after[0] != before[0]
    # Charts of years are the same in both months.
    assert sum(one != other for one, other in zip(before, after, strict=False)) >= 2
    page.evaluate("() => window.jupyterapp?.commands.execute('kernelmenu:shutdown')")
