"""What the editions share: the menu, the start page, `/latest/`, the feed, the site map.

All is made from the `data/index.json` of the editions in the site's folder, so that a new one touches no other.
"""

import json
from pathlib import Path
from typing import Any

import jinja2

from metalsbook.addresses import GUIDE, LATEST, POLICY, base_address, book_title
from metalsbook.downloads.files import write_json
from metalsbook.months import parse_month
from metalsbook.page.narrative import period_name
from metalsbook.publish.assets import THEME
from metalsbook.store import put_in_place, staged, write_whole


def read_editions(site: Path) -> list[dict[str, Any]]:
    """Return the index of every edition in the site's folder, newest first."""
    found = [json.loads(path.read_text("utf-8")) for path in site.glob("[0-9]*/data/index.json")]
    return sorted(found, key=lambda edition: parse_month(edition["month"]), reverse=True)


def write_shared_pages(site: Path, shared: str) -> None:
    """Write everything that lists the editions; each file is replaced whole.

    Times in feed and site map are the editions' cut-offs, so that they depend on the editions alone. A correction is
    dated by the first edition that has it. `shared` is the address of the shared assets.
    """
    editions, base = read_editions(site), base_address()
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(THEME), autoescape=True)
    environment.filters["month_name"] = period_name
    environment.globals.update(book=book_title(), editions=editions, base=base, policy=POLICY, assets=shared)

    def write(name: str, template: str, **more: object) -> None:
        write_whole(site / name, environment.get_template(template).render(more).encode())

    pages = {edition["month"]: [page["name"] for page in edition["pages"]] for edition in editions}
    listed = [{"month": month, "name": period_name(month), "pages": names} for month, names in pages.items()]
    write_whole(site / "editions.js", f"window.metalsbookEditions = {json.dumps(listed, indent=1)};\n".encode())
    write_whole(site / "index.json", f"{json.dumps(_index(editions), indent=1)}\n".encode())
    write("index.html", "start.html")
    # Hosts that run Jekyll would leave out the folder of shared assets.
    write_whole(site / ".nojekyll", b"")
    if base:
        # Editions come newest first: the last to name a correction is the first that had it.
        first_in = {row["correction"]: (row, edition) for edition in editions for row in edition["corrections"]}
        write("feed.xml", "feed.xml", corrections=first_in.values())
        guide = sorted(path.relative_to(site).as_posix() for path in (site / GUIDE).rglob("*.html"))
        write("sitemap.xml", "sitemap.xml", guide=guide)
        write_whole(site / "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n".encode())
    if editions:
        _write_latest(site, editions[0], environment.get_template("forward.html"))


def _index(editions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return every edition with its files, newest first; paths are relative to the site's folder."""
    names = ("month", "cut_off", "snapshot", "method", "headline", "counts")
    files = ("workbook", "brief", "brief_text", "explorer", "explorer_more", "zip", "materials", "changes")
    return {
        "version": 1,
        "editions": [
            {name: edition[name] for name in names if name in edition}
            | {"index": f"{edition['month']}/data/index.json", "folder": f"{edition['month']}/data/"}
            | {"files": {name: edition[name] for name in files if name in edition}, "tables": edition["tables"]}
            for edition in editions
        ],
    }


def _write_latest(site: Path, newest: dict[str, Any], forward: jinja2.Template) -> None:
    """Make `/latest/` lead to the newest edition, page by page, without a server's help."""
    with staged(site / LATEST) as folder:
        for page in newest["pages"]:
            file = f"{page['name']}.html"
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            up = "../" * (file.count("/") + 1)
            text = forward.render(up=up, place=f"{newest['month']}/{file}", title=page["title"])
            (folder / file).write_text(text, "utf-8", newline="")
        (folder / "data").mkdir(exist_ok=True)
        write_json({**newest, "folder": f"../../{newest['month']}/data/"}, folder / "data" / "index.json")
        put_in_place(folder, site / LATEST)
