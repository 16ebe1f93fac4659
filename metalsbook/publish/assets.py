"""The shared assets of the site: style, scripts, type, pictures and the Vega bundle, once for all editions.

They lie in a folder named by their content, so that an edition always finds the assets it was built with, and a new
version of the book never changes an old edition's.
"""

import base64
import hashlib
import re
import shutil
from pathlib import Path

import vl_convert

from metalsbook.addresses import GUIDE, SHARED
from metalsbook.page.theme import FONTS
from metalsbook.paths import build_folder
from metalsbook.publish.charts import dark_rules
from metalsbook.store import kept_or_made, staged

THEME, STATIC = (Path(__file__).parent / name for name in ("theme", "static"))
_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
CARD = "card.png"
"""The picture that a link to a page shows elsewhere."""


def vega_bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, made once and kept under `_build/cache/`.

    In a function of its own: the bundle's top-level names would clash with other scripts of a page.
    """
    path = build_folder() / "cache" / f"vega-{vl_convert.__version__}.js.kept"
    bundle = vl_convert.javascript_bundle
    return kept_or_made(path, lambda: f"(()=>{{{bundle('window.vegaEmbed=vegaEmbed;')}}})();\n".encode()).decode()


def asset_contents() -> dict[str, bytes]:
    """Return the shared files by name, without the Vega bundle."""
    files = sorted([*STATIC.iterdir(), *FONTS.glob("*.txt")])
    contents = {path.name: path.read_bytes() for path in files if path.is_file()}
    style = _COMMENT.sub("", contents["book.css"].decode()) + dark_rules()
    for path in FONTS.glob("*.woff2"):
        # In the style itself: nothing moves when the type arrives, and pages opened from disk may load it.
        kept = base64.b64encode(path.read_bytes()).decode()
        style = style.replace(f'url("{path.name}")', f'url("data:font/woff2;base64,{kept}")')
    contents["book.css"] = style.encode()
    return contents


def address() -> str:
    """Return the address within the site of the folder of assets: named by what is in it, Vega by its version."""
    digest = hashlib.sha256(vl_convert.__version__.encode())
    for name, content in sorted(asset_contents().items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return f"{SHARED}/{digest.hexdigest()[:10]}"


def write_assets(folder: Path) -> None:
    """Write the assets into a folder as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**asset_contents(), "vega.js": vega_bundle().encode()}.items():
        (folder / name).write_bytes(content)


def share_assets(site: Path) -> str:
    """Write the assets into the site's shared folder, whole or not at all, if it is not there; return its address."""
    shared = address()
    if not (site / shared).is_dir():
        with staged(site / shared) as folder:
            write_assets(folder)
            folder.rename(site / shared)
    return shared


def remove_unused(site: Path) -> None:
    """Remove shared assets that no edition in the site's folder, nor the guide, refers to any more."""
    used = set()
    for page in [site / "index.html", *site.glob("[0-9]*/index.html"), *site.glob(f"{GUIDE}/*.html")]:
        used.update(re.findall(rf"{SHARED}/([0-9a-f]{{10}})/", page.read_text("utf-8")) if page.is_file() else ())
    for folder in (site / SHARED).iterdir():
        if folder.name not in used:
            shutil.rmtree(folder)
