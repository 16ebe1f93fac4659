"""Sphinx's builder of HTML for a site in which the guide stands beside the editions."""

import shutil
from pathlib import Path

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import relative_uri

from metalsbook.publish.editions import LATEST
from metalsbook.publish.guide import home

_IMAGES = "_images"


class BookBuilder(StandaloneHTMLBuilder):
    """The builder `html`; where the book has no shared assets, it stands alone and is built as Sphinx would."""

    name = "html"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the address of a page as seen from another one."""
        here, there = home(from_), home(to)
        if not self.config.metalsbook_assets or bool(here) == bool(there):
            return super().get_relative_uri(from_, to, typ)
        base, target = self.get_target_uri(from_), self.get_target_uri(to, typ)
        return relative_uri(base if here else f"{LATEST}/{base}", target if there else f"{LATEST}/{target}")

    def part_pictures(self) -> None:
        """Put the pictures of the guide with it: Sphinx has those of all pages in one folder."""
        out = Path(self.outdir)
        for pages, name in self.env.images.values():
            picture = out / _IMAGES / name
            if not picture.is_file():
                # One of several forms of a picture, which the pages do not show.
                continue
            for folder in {home(page) for page in pages} - {""}:
                (out / folder / _IMAGES).mkdir(exist_ok=True)
                shutil.copyfile(picture, out / folder / _IMAGES / name)
            if all(home(page) for page in pages):
                picture.unlink()
        if (out / _IMAGES).is_dir() and not any((out / _IMAGES).iterdir()):
            (out / _IMAGES).rmdir()


def own_pictures(body: str, up: str) -> str:
    """Return a page of the guide with the addresses of its pictures in the guide's own folder.

    Args:
        body: The page's HTML.
        up: Address of the edition's folder as seen from the page.
    """
    return body.replace(f'"{up}{_IMAGES}/', f'"{up.removeprefix("../")}{_IMAGES}/')
