"""Build status: the snapshots that are there, the versions that built the book, and how long things take."""

import re
from pathlib import Path

import pandas as pd

from metalsbook.page import charts
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import count_of, gap, number, period_name
from metalsbook.page.range_charts import labelled_spans
from metalsbook.page.tables import table
from metalsbook.paths import project_root, snapshots_folder
from metalsbook.snapshots.package import open_package, published_months

# What the book is made with, as its readers know it; requirements.txt has all.
CHOSEN = ("jupyter-book", "papermill", "nbval", "pandas", "pyarrow", "altair", "vl-convert-python", "pandera", "sphinx")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def snapshots_table(edition) -> Html:
    """Return the snapshots up to the edition's month with cut-off, statements and content hash."""
    months = [month for month in published_months(snapshots_folder()) if month <= edition.month]
    packages = [open_package(snapshots_folder() / month) for month in months]
    rows = [{resource["name"]: resource["rows"] for resource in package["resources"]} for package in packages]
    shown = pd.DataFrame(
        {
            "Edition": [period_name(month) for month in months],
            "Published by": [package["cut_off"] for package in packages],
            "Statements": [row["statements"] for row in rows],
            "Sources": [row["sources"] for row in rows],
            "Content": [package["content_hash"][:12] for package in packages],
        }
    )
    return table(shown, "Frozen snapshots: the content hash is the identity of an edition's inputs")


def versions_table() -> Html:
    """Return the locked versions of the packages that the book is made with."""
    locks = (project_root() / name for name in ("requirements.txt", "requirements-test.txt"))
    pins = dict(_PIN.findall("\n".join(lock.read_text(encoding="utf-8") for lock in locks if lock.is_file())))
    shown = pd.DataFrame({"Package": list(CHOSEN), "Version": [pins.get(name, "") for name in CHOSEN]})
    return table(shown, "Versions, from requirements.txt, which locks every package with its hashes")


def read_speed() -> pd.DataFrame:
    """Return the committed speed measurements: columns of `benchmarks/speed.csv`; empty where there are none."""
    path = Path(project_root() / "benchmarks" / "speed.csv")
    return pd.read_csv(path) if path.is_file() else pd.DataFrame()


def speed_chart():
    """Return the least and the most seconds of each contestant, in the order of the cases, or a gap."""
    rows = read_speed()
    if rows.empty:
        return gap("No speed measurements are committed.")
    slowest = rows.loc[rows["median_s"].idxmax()]
    spans = rows.rename(columns={"min_s": "low", "max_s": "high"})
    return charts.present(
        labelled_spans(spans, "contestant", "s", log=True),
        "How long the book takes",
        "seconds of whole commands, least to most of the rounds, logarithmic",
        "benchmarks/speed.csv",
        f"{count_of(len(rows), 'way', 'ways')} to do a job; the slowest, {slowest['contestant']}, takes "
        f"{number(slowest['median_s'], 's')} in the median.",
        height=None,
    )


def targets_table() -> Html:
    """Return each target for speed beside what was measured, and whether it is met; or a gap."""
    rows = read_speed()
    if rows.empty:
        return gap("Measure how long it takes with: python -m benchmarks.run")
    against = rows[rows["ratio_at_most"].notna()]
    of_time = rows[rows["seconds_at_most"].notna()]
    what = [*("times " + against["against"]), *["seconds"] * len(of_time)]
    measured = [*against["ratio"], *of_time["median_s"]]
    limits = [*against["ratio_at_most"], *of_time["seconds_at_most"]]
    shown = pd.DataFrame(
        {
            "What": [*against["contestant"], *of_time["contestant"]],
            "Measured in": what,
            "Measured": measured,
            "At most": limits,
            "Target": ["met" if one <= limit else "not met" for one, limit in zip(measured, limits, strict=True)],
        }
    )
    digits = {column: lambda value: f"{value:.2f}" for column in ("Measured", "At most")}
    return table(shown, "Targets and what was measured; of several editions, the time of one", digits)


def speed_table() -> Html:
    """Return the speed measurements with their paired ratios, and how and where they were made; or a gap."""
    rows = read_speed()
    if rows.empty:
        return gap("No speed measurements are committed.")
    shown = pd.DataFrame(
        {
            "Contestant": rows["contestant"],
            "Median, s": rows["median_s"],
            "Least, s": rows["min_s"],
            "Most, s": rows["max_s"],
            "Ratio": rows["ratio"],
            "Against": rows["against"],
            "Peak memory, MB": rows["peak_mb"],
            "Rounds": rows["rounds"],
            "Measured": rows["date"],
        }
    )
    digits = {column: lambda value: f"{value:.2f}" for column in ("Median, s", "Least, s", "Most, s", "Ratio")}
    measured = table(shown, "Whole commands; ratios are medians of the ratios within a round, for one edition", digits)
    machines = " and on ".join(dict.fromkeys(rows["machine"]))
    said = f"Measured on {machines}, with {' and with '.join(dict.fromkeys(rows['versions']))}."
    again = "To measure again: .venv/bin/python -m benchmarks.run, or one case of it with --case NAME."
    return measured + Html(tag("p", f"{escape(said)} {escape(again)}"), f"{said} {again}")
