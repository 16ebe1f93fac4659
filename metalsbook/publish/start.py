"""What the editions share: the menu, the start page, `/latest/`, the feed, the site map.

All of it is made from the `data/index.json` of the editions that stand in the site's folder, so that adding an edition
never touches another one.
"""

import html
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape as xml_escape

import jinja2

from metalsbook.months import parse_month
from metalsbook.publish.addresses import GUIDE, LATEST, POLICY, THEME, base_address, book_title, month_name
from metalsbook.store import put_in_place


def read_editions(site: Path) -> list[dict[str, Any]]:
    """Return the index of every edition in the site's folder, newest first."""
    found = []
    for path in site.glob("[0-9]*/data/index.json"):
        index = json.loads(path.read_text("utf-8"))
        found.append({**index, "month": parse_month(index["month"])})
    return sorted(found, key=lambda edition: edition["month"], reverse=True)


def write_shared_pages(site: Path, shared: str) -> None:
    """Write everything that lists the editions; each file is replaced whole.

    Args:
        site: The site's folder.
        shared: Address of the shared assets within it.
    """
    editions = read_editions(site)
    _replace(site / "editions.js", editions_script(editions))
    _replace(site / "index.html", start_page(editions, shared))
    # Hosts that run Jekyll would leave out the folder of shared assets.
    _replace(site / ".nojekyll", "")
    base = base_address()
    if base:
        _replace(site / "feed.xml", feed(editions, base))
        guide = sorted(path.relative_to(site).as_posix() for path in (site / GUIDE).rglob("*.html"))
        _replace(site / "sitemap.xml", site_map(editions, base, guide))
        _replace(site / "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n")
    if editions:
        _write_latest(site, editions[0], shared)


def _replace(path: Path, text: str) -> None:
    staged = path.with_name(f".{path.name}.new")
    staged.write_text(text, "utf-8", newline="")
    staged.replace(path)


def editions_script(editions: list[dict[str, Any]]) -> str:
    """Return the script that the edition menu reads: month, name and pages of each edition, newest first."""
    listed = [
        {"month": month, "name": month_name(month), "pages": [page["name"] for page in edition["pages"]]}
        for edition in editions
        for month in [edition["month"]]
    ]
    return f"window.metalsbookEditions = {json.dumps(listed, indent=1)};\n"


def start_page(editions: list[dict[str, Any]], shared: str) -> str:
    """Return the page that lists the editions."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(THEME), autoescape=True)
    environment.filters["month_name"] = month_name
    return environment.get_template("start.html").render(
        book=book_title(), editions=editions, assets=shared, base=base_address(), policy=POLICY
    )


def feed(editions: list[dict[str, Any]], base: str) -> str:
    """Return the Atom feed: every edition and every correction of the ledger, newest first.

    Times are the editions' cut-offs, so that the feed depends on the editions alone. `editions` come newest first: the
    last to name a correction is the first that had it.
    """
    entries = [_edition_entry(edition, base) for edition in editions]
    first_in = {row["correction"]: (row, edition) for edition in editions for row in edition["corrections"]}
    entries += [_correction_entry(row, edition, base) for row, edition in first_in.values()]
    updated = editions[0]["cut_off"] if editions else "1970-01-01"
    links = f'<link rel="self" href="{xml_escape(base)}feed.xml"/>\n<link href="{xml_escape(base)}"/>\n'
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>{xml_escape(book_title())}: editions and corrections</title>
<id>{xml_escape(base)}</id>
<author><name>{xml_escape(book_title())}</name></author>
<updated>{updated}T00:00:00Z</updated>
{links}{"".join(entries)}</feed>
"""


def _edition_entry(edition: dict[str, Any], base: str) -> str:
    month = edition["month"]
    return f"""<entry>
<title>Edition {month_name(month)}</title>
<id>urn:metalsbook:edition:{month}:{xml_escape(edition["snapshot"][:16])}</id>
<updated>{edition["cut_off"]}T00:00:00Z</updated>
<link href="{xml_escape(urljoin(base, f"{month}/index.html"))}"/>
<summary>{xml_escape(edition["headline"])}</summary>
</entry>
"""


def _correction_entry(row: dict[str, str], first: dict[str, Any], base: str) -> str:
    """Return the entry of a correction, dated by the first edition that has it."""
    said = f"{row['column']}: “{row['was']}” is read as “{row['becomes']}”. {row['why']}"
    return f"""<entry>
<title>Correction {xml_escape(row["correction"])}</title>
<id>urn:metalsbook:correction:{xml_escape(row["correction"])}</id>
<updated>{first["cut_off"]}T00:00:00Z</updated>
<link href="{xml_escape(urljoin(base, f"{first['month']}/data/index.html"))}"/>
<summary>{xml_escape(said)}</summary>
</entry>
"""


def site_map(editions: list[dict[str, Any]], base: str, guide: Iterable[str] = ()) -> str:
    """Return the site map: every page of every edition, dated by its cut-off; start page and guide by the newest."""
    places = [(f"{base}{page}", editions[0]["cut_off"]) for page in ("", *guide)] if editions else []
    for edition in editions:
        places += [(f"{base}{edition['month']}/{page['name']}.html", edition["cut_off"]) for page in edition["pages"]]
    urls = "".join(f"<url><loc>{xml_escape(place)}</loc><lastmod>{day}</lastmod></url>\n" for place, day in places)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{urls}</urlset>\n"


def _write_latest(site: Path, newest: dict[str, Any], shared: str) -> None:
    """Make `/latest/` lead to the newest edition, page by page, without a server's help."""
    staged = site / f".{LATEST}.new"
    shutil.rmtree(staged, ignore_errors=True)
    for page in newest["pages"]:
        file = f"{page['name']}.html"
        place = f"{newest['month']}/{file}"
        _write_redirect(staged / file, shared, "../" * (file.count("/") + 1), place, page["title"])
    index = {**newest, "folder": f"../../{newest['month']}/data/"}
    (staged / "data").mkdir(exist_ok=True)
    (staged / "data" / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", "utf-8")
    put_in_place(staged, site / LATEST)


def _write_redirect(path: Path, shared: str, up: str, place: str, title: str) -> None:
    """Write a page that leads on to another one, without a server's help.

    Args:
        path: The page; its folder is made.
        shared: Address of the shared assets within the site.
        up: Address of the site as seen from the page.
        place: Address of the other page within the site.
        title: Title of the other page.
    """
    target = html.escape(f"{up}{place}")
    canonical = html.escape(f"{base_address()}{place}") if base_address() else target
    path.parent.mkdir(parents=True, exist_ok=True)
    script = f"{up}{shared}/forward.js"
    text = _REDIRECT.format(target=target, canonical=canonical, title=html.escape(title), script=script)
    path.write_text(text, "utf-8")


_REDIRECT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>
<script src="{script}" defer></script>
<meta name="robots" content="noindex"><link rel="canonical" href="{canonical}"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>It is here: <a href="{target}">{title}</a></p></main></body></html>
"""
