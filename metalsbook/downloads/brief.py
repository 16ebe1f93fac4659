"""The month on two pages: `brief.pdf` for print, `brief.txt` for an e-mail; both hang on the edition alone."""

import json
import tempfile
import textwrap
from pathlib import Path

import altair as alt
import pandas as pd

from metalsbook.addresses import base_address, book_title
from metalsbook.edition import Edition
from metalsbook.page.board import UNITS, board_rows, period_short, rate_words
from metalsbook.page.drawing import draw_chart
from metalsbook.page.facts import landing
from metalsbook.page.narrative import period_name, plain
from metalsbook.page.theme import FONTS, month_axis, status_color
from metalsbook.page.words import say, say_line

CHARTS = {
    "Magnesium ingot, Fugu": landing.FUGU,
    "Magnesium ingot exports": landing.INGOT,
    "Pr-Nd oxide, China": landing.PRND,
}
_MONTHS, _CHART_PX, _LINE = 18, 240, 78
_HEAD = ("Series", "Month", "Latest", "Unit", "m/m, %", "y/y, %", "YTD", "YTD y/y, %", "Status")


def write_brief(edition: Edition, pdf: Path, text: Path) -> None:
    """Write both forms of an edition's brief."""
    told = brief_content(edition)
    text.write_text(brief_text(told), "utf-8", newline="")
    drawn = [draw_chart(_chart(edition, series), _CHART_PX) for series in CHARTS.values()]
    pdf.write_bytes(brief_pdf(told, {f"chart-{place}.svg": svg for place, svg in enumerate(drawn)}))


def brief_content(edition: Edition) -> dict[str, object]:
    """Return what the brief says, as the texts and rows of brief.typ."""
    facts = landing.takeaways(edition)
    claims = edition.claims
    wrong = claims[claims["verdict"].isin(["contradicted", "mislabelled"])].rename(columns={"statement": "said"})
    wrong["recomputed"] = wrong["recomputed"].map(plain).replace("", "no figure")
    held = {"figures": f"{edition.count:,}", "sources": f"{edition.statements['source'].nunique():,}"}
    held |= {"month": edition.month, "cut_off": edition.cut_off}
    address = f"{base_address()}{edition.month}/" if base_address() else f"the book's edition {edition.month}"
    return {
        "book": book_title(),
        "title": f"{book_title()}, {period_name(edition.month)}",
        "month": period_name(edition.month),
        "headline": say_line("landing/headline", **facts),
        "takeaways": [line[2:] for line in say("landing/takeaways", **facts).text.splitlines() if line[:2] == "- "],
        "rows": [_row(row) for row in board_rows(edition, landing.BOARD)],
        "charts_title": f"The last {_MONTHS} months",
        "charts": [
            {
                "title": name,
                "unit": f"{edition.spec(series)['unit'] if edition.has(series) else ''}; pale: derived",
                "file": f"chart-{place}.svg",
                "alt": f"{name} by month",
            }
            for place, (name, series) in enumerate(CHARTS.items())
        ],
        "claims": wrong[["said", "printed", "recomputed", "verdict"]].to_dict("records"),
        "no_claims": say_line("landing/claims", n=len(claims), wrong=0),
        "next": [
            [row.name, row.who, period_short(row.period), f"{row.expected:%d %B %Y}".lstrip("0")]
            for row in landing.releases(edition).itertuples()
        ],
        "sources": f"Every figure, its source and how it was checked: {address}. {say_line('landing/cite', **held)}",
        "cite": f"{book_title()}, edition {edition.month}, snapshot {edition.snapshot_id[:12]}",
    }


def _row(row: dict) -> list[str]:
    def figure(key: str) -> str:
        if row[key] is None:
            return "–"
        value = row[key].best
        return f"{value:,.{0 if abs(value) >= 1000 or value == round(value) else 2}f}"

    def change(key: str) -> str:
        return "–" if row[key] is None else rate_words(row[key], "" if key == "ytd_yoy" else row["unit"])

    unit = UNITS.get(row["unit"], row["unit"])
    head = [row["name"], period_short(row["month"]), figure("latest"), unit, change("mom"), change("yoy")]
    return [*head, figure("ytd"), change("ytd_yoy"), row["status"]]


def brief_text(told: dict) -> str:
    """Return the brief as plain text of lines that every mail program leaves alone."""

    def point(text: str) -> str:
        return textwrap.fill(text, _LINE, initial_indent="- ", subsequent_indent="  ")

    table = pd.DataFrame(told["rows"], columns=list(_HEAD)).drop(columns=["Unit", "Status"])
    table["Series"] = [f"{row[0]} ({row[3]})" for row in told["rows"]]
    claims = [f"{one['said']} Published: {one['printed']}; recomputed: {one['recomputed']}." for one in told["claims"]]
    ahead = [f"{row[3]}: {row[0]} of {row[2]} ({row[1]})" for row in told["next"]]
    parts = [
        f"{told['title']}\n\n{textwrap.fill(told['headline'], _LINE)}",
        "\n".join(map(point, told["takeaways"])),
        "THE MONTH AT A GLANCE\n\n" + _columns(table),
        "CLAIMS THAT FAILED OUR CHECKS\n\n" + ("\n".join(map(point, claims)) or told["no_claims"]),
        "WHAT IS PUBLISHED NEXT\n\n" + ("\n".join(map(point, ahead)) or "We hold no dated releases to tell from."),
        textwrap.fill(told["sources"], _LINE),
    ]
    return "\n\n".join(parts) + "\n"


def _columns(table: pd.DataFrame) -> str:
    rows = [list(table), *table.to_numpy().tolist()]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = ([row[0].ljust(first), *map(str.rjust, row[1:], others)] for row in rows)
    return "\n".join("  ".join(line).rstrip() for line in lines)


def brief_pdf(told: dict, pictures: dict[str, str]) -> bytes:
    """Return a `brief_content` as PDF in the book's own type, without a date; `pictures` are SVG by name of file."""
    # Imported here: only who writes a brief needs the typesetter.
    import typst

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "brief.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        for name, svg in pictures.items():
            (folder / name).write_text(svg, "utf-8")
        source = folder / "brief.typ"
        source.write_bytes(Path(__file__).with_suffix(".typ").read_bytes())
        # The system's type only where the book's own has not the signs: other machines would set the rest otherwise.
        own = not any("\u2e80" <= sign <= "\uffef" for sign in json.dumps(told, ensure_ascii=False))
        return typst.compile(str(source), root=place, font_paths=[str(FONTS)], ignore_system_fonts=own)


def _chart(edition: Edition, series: str) -> dict:
    is_flow = edition.has(series) and edition.spec(series)["kind"] == "flow"
    y = alt.Y("best:Q", title=None, scale=alt.Scale(zero=bool(is_flow)))
    every = alt.Chart(edition.months(series, _MONTHS)[["month", "best", "status"]]).encode(x=month_axis(), y=y)
    colored = every.encode(color=status_color().legend(None))
    line = every.mark_line() + colored.mark_point().transform_filter("isValid(datum.best)")
    return (colored.mark_bar() if is_flow else line).properties(height=190).to_dict()
