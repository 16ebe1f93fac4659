"""The data catalogue: for each series what it is, on which basis, from whom, since when, and may I use it."""

import unicodedata

import pandas as pd

from metalsbook.months import month_range, step_month
from metalsbook.names import base_name
from metalsbook.page.clash_words import MEASURES
from metalsbook.page.html import Html, escape, folded, link, tag
from metalsbook.page.narrative import count_of, join_words, period_name

MONTHS_SHOWN = 36
MANY_SOURCES = 100
"""A publisher of so many sources is a group of its own; the others of its letter would be lost among them."""
_DIGITS, _OTHER_SCRIPTS = "0\u20139", "\u4e2d\u6587, \u65e5\u672c\u8a9e and other scripts"
_CELL = 7
_WORDS = {"published_levels": "computed from published levels", "comparable_sample": "on a comparable sample"}


def cards(edition, chapter: str) -> Html:
    """Return a folded card for each series of a chapter: definition, basis, coverage, sources, values, download.

    Args:
        edition: The edition.
        chapter: The chapter's name as the catalogue has it.
    """
    series = edition.series[edition.series["chapter"] == chapter].sort_values("series", kind="stable")
    groups = dict(iter(edition.statements.groupby("series")))
    sources = edition.sources.set_index("source")
    numbers = source_numbers(edition)
    made = [_card(row, groups.get(row["series"]), (sources, numbers), edition.month) for _, row in series.iterrows()]
    return Html("\n".join(made), f"<{count_of(len(made), 'series', 'series')} of {chapter}>")


def _card(spec: pd.Series, rows: pd.DataFrame | None, known: tuple[pd.DataFrame, dict], month: str) -> str:
    """Return one card; `known` holds the sources by id and their numbers in the list of sources."""
    name = spec["series"]
    span = "no statement in this edition"
    if rows is not None:
        first, last = rows["period"].min(), rows["period"].max()
        span = f"{count_of(len(rows), 'statement')}, {first if first == last else f'{first} to {last}'}"
    head = tag("summary", f"{tag('strong', escape(spec['title']))} {tag('code', escape(name))} {escape(span)}")
    body = _definition(spec)
    if rows is not None:
        body += _coverage(rows, month) + _who(rows, known[0]) + _values(rows, known[1])
        body += tag("p", f"The same, with dates and ranges: {links_to_files(name)}")
    return tag("details", head + body, class_="mb-series", id=f"series-{name.replace('.', '-')}")


def links_to_files(series: str) -> str:
    """Return links to the series' statements as CSV and Parquet, beside the edition's other downloads."""
    forms = {"CSV": "csv", "Parquet": "parquet"}
    return ", ".join(tag("a", name, href=f"data/series/{series}.{form}", download="") for name, form in forms.items())


def _definition(spec: pd.Series) -> str:
    facts = {
        "What it is": spec["definition"],
        "Unit": spec["unit"],
        "Kind": spec["kind"],
        "Frequency": spec["frequency"],
        "Place": spec["place"],
        "Grade": spec["grade"],
        "Basis": spec["basis"],
        "Growth rates": _WORDS.get(spec["growth_basis"], spec["growth_basis"]),
        "Part of": spec["part_of"],
        "Share of": spec["share_of"],
    }
    pairs = (tag("dt", escape(name)) + tag("dd", escape(text)) for name, text in facts.items() if text)
    return tag("dl", "".join(pairs))


def _coverage(rows: pd.DataFrame, month: str) -> str:
    """Return the months with a statement as a strip of squares, the last `MONTHS_SHOWN` months of the edition."""
    months = month_range(step_month(month, 1 - MONTHS_SHOWN), month)
    counts = rows["period"].str[:7].value_counts()
    covered = [index for index, each in enumerate(months) if counts.get(each, 0)]
    words = f"{len(covered)} of {MONTHS_SHOWN} months to {period_name(month)} have a figure"
    # One path for all squares: a page holds hundreds of strips. The words beside it say the same.
    squares = "".join(f"M{index * _CELL} 0h{_CELL - 1}v12h-{_CELL - 1}z" for index in covered)
    strip = tag("svg", tag("path", "", d=squares), class_="mb-strip", aria_hidden="true")
    return tag("p", f"{strip} {escape(words)}")


def _who(rows: pd.DataFrame, sources: pd.DataFrame) -> str:
    used = sources.loc[sorted(set(rows["source"]))]
    publishers = rows["source"].map(sources["publisher"]).value_counts()
    licences = sorted({licence for licence in used["licence"] if licence})
    ordered = sorted(publishers.items(), key=lambda pair: (-pair[1], pair[0]))
    said = ", ".join(f"{name} ({count})" for name, count in ordered)
    return tag("p", escape(f"From {said}. May I use it? {'; '.join(licences) or 'not stated'}."))


def _values(rows: pd.DataFrame, numbers: dict[str, int]) -> str:
    """Return every statement, measure by measure, the latest first: period, printed text, number of the source."""
    ordered = rows.sort_values(["measure", "period", "published", "statement"], ascending=[True, False, False, True])
    return "".join(
        tag("p", escape(_measure_name(measure))) + tag("ul", _points(group, numbers), class_="mb-values")
        for measure, group in ordered.groupby("measure", sort=False)
    )


def _measure_name(measure: str) -> str:
    """Return "Printed: on the year before" for "yoy", "Printed as a forecast: level" for "forecast"."""
    ahead = measure.startswith("forecast")
    name = measure.removeprefix("forecast").removeprefix("_") or "level"
    return f"Printed{' as a forecast' if ahead else ''}: {MEASURES.get(name, name)}"


def _points(rows: pd.DataFrame, numbers: dict[str, int]) -> str:
    places = (numbers[name] for name in rows["source"])
    return "".join(
        tag("li", f"{escape(period)} {escape(stated)} {tag('a', str(place), href=f'#source-{place}')}")
        for period, stated, place in zip(rows["period"], rows["stated"], places, strict=True)
    )


def source_numbers(edition) -> dict[str, int]:
    """Return the number under which each source of the edition stands in the list of sources."""
    return {name: place for place, name in enumerate(sorted(edition.sources["source"]), start=1)}


def sources_list(edition) -> Html:
    """Return every source with its number, publisher, date, link and what it contributed, folded by letter."""
    counts = edition.statements.groupby("source")["series"].agg(["size", "nunique"])
    sources = edition.sources.set_index("source").join(counts).fillna({"size": 0, "nunique": 0})
    sources = sources.astype({"size": int, "nunique": int}).assign(number=pd.Series(source_numbers(edition)))
    groups = dict(iter(sources.sort_values("number").groupby(_groups(sources["publisher"]))))
    names = sorted(groups, key=str.upper)
    return sum((_sources_group(name, names, groups[name]) for name in names), start=Html(""))


def _groups(publishers: pd.Series) -> pd.Series:
    """Return the name of the group that each publisher is listed in: its letter, or itself where it has very many."""
    bare = publishers.map(base_name)
    many = bare.map(bare.value_counts()) >= MANY_SOURCES
    return bare.where(many, publishers.map(_letter)).rename("group")


def _letter(publisher: str) -> str:
    first = unicodedata.normalize("NFKD", publisher)[:1].upper()
    if first.isdigit():
        return _DIGITS
    return first if first.isascii() and first.isalpha() else _OTHER_SCRIPTS


def _sources_group(name: str, names: list[str], sources: pd.DataFrame) -> Html:
    """Return the sources of a group, folded; numbers go on from one source to the next unless the source says its own.

    Args:
        name: The group.
        names: All groups: a letter tells which publishers stand apart from it.
        sources: The group's sources by number, with how many statements (`size`) on how many series (`nunique`).
    """
    apart = [other for other in names if len(name) == 1 and other != name and other[:1].upper() == name]
    told = f"{name} without {join_words(apart)}" if apart else name
    summary = f"{told}: {count_of(len(sources), 'source')}, {count_of(int(sources['size'].sum()), 'statement')}"
    goes_on = sources["number"].diff().fillna(1) == 1
    points = [_source_point(row, follows) for (_, row), follows in zip(sources.iterrows(), goes_on, strict=True)]
    return folded(summary, Html(tag("ol", "\n".join(points), class_="mb-list", start=sources["number"].iloc[0])))


def _source_point(row: pd.Series, follows: bool) -> str:
    told = (
        f"{row['publisher']}, {row['published'] or 'undated'}: {count_of(row['size'], 'statement')} on "
        f"{count_of(row['nunique'], 'series', 'series')}"
    )
    copy = f"; repeats {row['repeats']}" if row["repeats"] else ""
    page, number = link(row["url"], row["title"] or row.name), row["number"]
    return tag("li", f"{page} {escape(told + copy)}", id=f"source-{number}", value="" if follows else number)
