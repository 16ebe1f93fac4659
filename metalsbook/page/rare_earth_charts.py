"""Charts and tables of the rare earths chapter; a drawing function returns a chart that `charts.show` finishes."""

import altair as alt
import pandas as pd

from metalsbook.analysis.prices import events_near
from metalsbook.analysis.rare_earths import RATIO_BAND, oxide_per_metal
from metalsbook.months import last_day
from metalsbook.page import charts
from metalsbook.page.html import Html, escape, link
from metalsbook.page.narrative import gap, join_words, number, percent, period_name, since_january
from metalsbook.page.range_charts import dumbbells, grid_with_figures, marked, panels, ratio_with_band, rounded
from metalsbook.page.rare_earth_trade import PLACES
from metalsbook.page.rare_earths import CONTROLS
from metalsbook.page.tables import table
from metalsbook.page.theme import PALETTE

LEAST_OUTPUT_T = 1000
"""Least output for which the years that reserves last are worth a figure."""


def with_controls(edition, draw):
    """Return a function that draws a time chart with `draw` and marks the events on export controls on it."""
    return marked(edition, draw, CONTROLS)


def quotes_by_house(edition, series: str, house: str = "smm") -> pd.DataFrame:
    """Return the quotes of one house, be they on its own page or copied, and those of others, never joined.

    Args:
        edition: The edition.
        series: A price with day quotes.
        house: The house as the sources' `origin` names it.

    Returns:
        Columns of `Edition.quotes` and `own` (the figure is the house's); latest print of each day on either side.
    """
    prints = edition.prints(series)
    prints = prints[prints["period"].str.len() == 10]
    own = prints["source"].map(edition.sources.set_index("source")["origin"]).eq(house)
    rows = prints.assign(own=own, date=pd.to_datetime(prints["period"])).drop_duplicates(["period", "own"], keep="last")
    return rows.reset_index(drop=True)


def draw_prices(frame: pd.DataFrame):
    """Return prices in CNY/t, one line for each `who` through one house's quotes, others as diamonds beside it."""
    base = alt.Chart(frame[["date", "period", "value", "who", "own"]]).encode(
        x=charts.time_axis(),
        y=charts.value_axis(title="CNY/t"),
        color=alt.Color("who:N", title=None, sort=None),
        tooltip=charts.tooltip("who:N", "period:N", "value:Q"),
    )
    own = base.transform_filter("datum.own")
    others = base.transform_filter("!datum.own").mark_point(shape="diamond", size=60, filled=False)
    return alt.layer(own.mark_line(), own.mark_point(size=22), others)


def draw_ratio(frame: pd.DataFrame):
    """Return metal over oxide with the usual band and the oxide that a tonne of metal holds."""
    return ratio_with_band(frame, RATIO_BAND, oxide_per_metal(), "by atomic weights")


def panels_over(edition, unit: str, first_month: str, zero: bool = False):
    """Return a function that draws one panel for each `who`, all up to the edition's month, with the controls marked.

    Args:
        edition: The edition.
        unit: Unit of the value axes.
        first_month: First month of the date axes.
        zero: Whether the value axes start at zero.
    """
    span = f"{first_month}-01", last_day(edition.month)
    controls = edition.calendar[edition.calendar["topic"] == CONTROLS]
    marks = charts.event_marks(controls, *(pd.Timestamp(day) for day in span))

    def drawn(frame: pd.DataFrame):
        return panels(frame, unit, span, zero=zero, marks=marks)

    return drawn


def draw_indices(frame: pd.DataFrame):
    """Return index lines, one for each `who`, through the last quote of each week."""
    return charts.rival_lines(rounded(last_of_weeks(frame), 1), "index", points=False)


def as_published(quotes: pd.DataFrame) -> pd.DataFrame:
    """Return quotes with none dated after its own publication: a month's quote may be out before the month is over."""
    stated = quotes["published"].where(quotes["published_basis"] == "stated", "9999-12-31")
    early = stated < quotes["date"].dt.strftime("%Y-%m-%d")
    return quotes.assign(date=quotes["date"].where(~early, pd.to_datetime(stated.where(early))))


def last_of_weeks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the last row of each week and `who`: enough for the course of an index."""
    week = frame["date"].dt.strftime("%G-%V")
    return frame.assign(week=week).drop_duplicates(["who", "week"], keep="last").drop(columns="week")


def draw_months(frame: pd.DataFrame):
    """Return reconciled months in tonnes."""
    return charts.interval_months(rounded(frame, 1), "t")


def moves_table(edition, moves: pd.DataFrame, caption: str) -> Html:
    """Return moves of a price with the dated events on rare earths near each.

    Args:
        edition: The edition.
        moves: As of `prices.largest_moves`.
        caption: What the table shows.
    """
    if moves.empty:
        return gap("No two quotes lie near enough to each other for a move.")
    own = edition.calendar[edition.calendar["chapter"] == "rare_earths"]
    near = events_near(moves, own).groupby("period")["what"].agg(lambda texts: " ".join(texts)).to_dict()
    return table(
        pd.DataFrame(
            {
                "To": moves["period"],
                "From": moves["before"],
                "Days": moves["days"],
                "Change": [percent(change) for change in moves["change_pct"]],
                "CNY/t": moves["value"],
                "Events in those days or the week before": [near.get(period, "") for period in moves["period"]],
            }
        ),
        caption,
    )


def events_table(events: pd.DataFrame, caption: str) -> Html:
    """Return events with their sources, oldest first."""
    if events.empty:
        return gap("No event of this kind is known to this edition.")
    rows = events.sort_values(["date", "event"])
    return table(
        pd.DataFrame(
            {
                "Date": rows["date"],
                "What happened": rows["what"],
                "Source": [
                    Html(link(row["url"], row["publisher"]) or escape(row["publisher"])) for _, row in rows.iterrows()
                ],
            }
        ),
        caption,
    )


def worth_rows(worth: pd.DataFrame) -> pd.DataFrame:
    """Return unit values as rows to draw: label, product, value, how, newest first; printed beside computed ones.

    Args:
        worth: As of `exports.unit_values`.
    """
    labels = [_span(row) for _, row in worth.iterrows()]
    both = [
        pd.DataFrame(
            {
                "label": labels,
                "product": worth["product"],
                "value": worth[name].round(),
                "how": how,
                "period": worth["period"],
            }
        )
        for name, how in (("best", "computed"), ("printed", "as printed"))
    ]
    rows = pd.concat(both).dropna(subset=["value"])
    return rows.sort_values(["period", "product", "how"], ascending=[False, True, True], ignore_index=True)


def _span(row: pd.Series) -> str:
    return since_january(row["period"], short=True) if row["measure"] == "ytd" else period_name(row["period"])


def indices_alt(frame: pd.DataFrame) -> str:
    """Return the text alternative of `draw_indices`: the course of carbonate, or of the first price that is known."""
    who = "carbonate" if (frame["who"] == "carbonate").any() else next(iter(frame["who"]), "carbonate")
    return charts.describe_course(frame[frame["who"] == who], f"The index of {who}", "")


def draw_worth(frame: pd.DataFrame):
    """Return unit values by period, product told by colour; squares are computed, circles printed."""
    return (
        alt.Chart(frame)
        .mark_point()
        .encode(
            x=alt.X(
                "value:Q",
                title="USD/t",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(values=[1000, 3000, 10000, 30000, 100000]),
            ),
            y=alt.Y("label:N", title=None, sort=None),
            color=alt.Color("product:N", title=None),
            shape=alt.Shape(
                "how:N", legend=None, scale=alt.Scale(domain=["as printed", "computed"], range=["circle", "square"])
            ),
            # A printed figure stays visible around the computed one that it equals.
            size=alt.Size("how:N", legend=None, scale=alt.Scale(domain=["as printed", "computed"], range=[150, 40])),
            tooltip=charts.tooltip("product:N", "label:N", "value:Q", "how:N"),
        )
    )


def worth_alt(worth: pd.DataFrame) -> str:
    """Return the text alternative: the last unit value of each product."""
    last = worth.assign(value=worth["best"].fillna(worth["printed"])).groupby("product").tail(1)
    told = [f"{row['product']} {number(row['value'], 'USD/t', 1)} ({_span(row)})" for _, row in last.iterrows()]
    return f"Value of an exported tonne, latest known: {join_words(told)}."


def place_grid(places: pd.DataFrame) -> pd.DataFrame:
    """Return destinations as cells of a grid in the order of `PLACES`: place, month, value, text."""
    rows = places.assign(order=places["place"].map(list(PLACES).index)).sort_values(["order", "period"])
    return pd.DataFrame(
        {
            "destination": rows["name"],
            "month": rows["period"],
            "value": rows["value"],
            "text": [number(row["value"], "", 1) + "*" * (row["basis"] == "implied") for _, row in rows.iterrows()],
            "share": ["" if pd.isna(share) else number(share, "%", 0.1) for share in rows["share"]],
        }
    )


def draw_places(frame: pd.DataFrame):
    """Return destinations by month, each cell with its tonnes."""
    return grid_with_figures(frame, "month", "destination", "t")


def place_alt(places: pd.DataFrame) -> str:
    """Return the text alternative: the last month of each destination."""
    told = [
        f"{row['name']} {number(row['value'], 't', 1)} in {period_name(row['period'])}"
        for _, row in places.sort_values("period", kind="stable").groupby("place").tail(1).iterrows()
    ]
    return f"Magnet exports by destination, latest printed: {join_words(told)}."


def draw_quotas(frame: pd.DataFrame):
    """Return yearly quotas as pairs of bars; prints that do not fit the others are marked beside them."""
    base = alt.Chart(frame[["period", "value", "who", "rival"]]).encode(
        x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("who:N", sort=None),
        y=charts.value_axis("value", "t", zero=True),
        tooltip=charts.tooltip("who:N", "period:N", "value:Q", "rival:Q"),
    )
    bars = base.mark_bar().encode(color=alt.Color("who:N", title=None, sort=None, scale=alt.Scale(range=PALETTE[:2])))
    rivals = base.mark_point(shape="diamond", color=PALETTE[3], size=50).encode(y=charts.value_axis("rival", "t", True))
    return bars + rivals.transform_filter("isValid(datum.rival)")


def draw_producers(frame: pd.DataFrame):
    """Return mine output by country, rival prints as a span."""
    return dumbbells(frame[["place", "low", "high", "n_prints"]], "place", "t", log=True)


def producers_alt(mined: pd.DataFrame) -> str:
    """Return the text alternative: each country with its span."""
    told = [
        f"{row['place']} {number(row['low'], '', 1)}"
        + (f" to {number(row['high'], 't', 1)}" if row["high"] > row["low"] else " t")
        for _, row in mined.iterrows()
    ]
    return f"Mine output: {join_words(told)}."


def producers_table(mined: pd.DataFrame, held: pd.DataFrame, caption: str) -> Html:
    """Return output and reserves by country with the years that reserves last at the greatest printed output.

    Args:
        mined: Output, as of `rare_earths.rival_prints`.
        held: Reserves, the same.
        caption: What the table shows.
    """
    if mined.empty:
        return gap("No source known to this edition prints output by country.")
    both = mined.merge(held, on=["place", "code"], how="outer", suffixes=("", "_held"))
    both = both.sort_values("high", ascending=False, na_position="last", kind="stable")
    return table(
        pd.DataFrame(
            {
                "Country": both["place"],
                "Output": [_ends(row, "") for _, row in both.iterrows()],
                "Prints": both["n_prints"].fillna(0).astype(int),
                "Reserves": [_ends(row, "_held") for _, row in both.iterrows()],
                "Reserves, years of output": [_years(row) for _, row in both.iterrows()],
            }
        ),
        caption,
    )


def _years(row: pd.Series) -> str:
    if not row["high"] >= LEAST_OUTPUT_T or pd.isna(row["high_held"]):
        return ""
    return number(row["high_held"] / row["high"], "", 1 if row["high_held"] >= row["high"] else 0.1)


def _ends(row: pd.Series, suffix: str) -> str:
    low, high = row[f"low{suffix}"], row[f"high{suffix}"]
    if pd.isna(low):
        return ""
    return number(low, "", 1) if low == high else f"{number(low, '', 1)} \u2013 {number(high, '', 1)}"
