"""The outlook scorecard: what was said, what happened, and how often a publisher was right beside naive forecasts."""

import textwrap

import altair as alt
import pandas as pd

from metalsbook.analysis.outlooks import TOO_FEW
from metalsbook.analysis.scores import overall_score, score_table
from metalsbook.names import base_name
from metalsbook.page import charts
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import MINUS, bullets, count_of, gap, percent, period_name, say
from metalsbook.page.tables import table, who_printed

_GROUPS = {"house": "Publisher", "subject": "Subject", "direction": "Direction forecast"}
LEAST = 3
"""Publishers with fewer resolved forecasts are not drawn; the table has them."""
ONE_SAYING = 10
"""A forecast repeated in the same words so often is told apart: it is right or wrong together."""
COURSES = 6


def score_sentence(edition) -> Html:
    """Return how many outlooks were resolved, how often they were right, and how naive forecasts did on the same."""
    score = overall_score(edition.outlooks)
    if not score["resolved"]:
        return gap("No outlook known to this edition could be resolved yet.")
    naive = f"\u201cNo change\u201d would have been right in {_rate(score['no_change_pct'])} of the same cases"
    if score["last_direction_n"]:
        naive += (
            f", \u201cthe last direction goes on\u201d in {_rate(score['last_direction_pct'])} of the "
            f"{score['last_direction_n']} where there is a last direction"
        )
    luck = (
        f"Better than \u201cno change\u201d by {_points(score['skill_pp'])} (95% interval "
        f"{_points(score['skill_low_pp'])} to {_points(score['skill_high_pp'])}; forecasts of one series made in one "
        f"month count as one draw, which leaves {score['clusters']})."
        if score["skill_low_pp"] > -100
        else "That is too few to tell skill from luck."
    )
    many = score["too_easy"] != 1
    return say(
        f"{count_of(score['resolved'], 'outlook')} of {len(edition.outlooks)} could be resolved by figures up to "
        f"{period_name(edition.month)}: {_rate(score['hit_rate_pct'])} were right.",
        f"{naive}.",
        luck,
        f"{score['too_easy']} {'were' if many else 'was'} too easy: {'they let' if many else 'it lets'} a price stand "
        "still that always does."
        if score["too_easy"]
        else None,
        f"{score['own_quotes']} were judged by the publisher\u2019s own figures alone; others print what is needed for "
        f"{score['by_others_n']}."
        if score["own_quotes"]
        else None,
        f"{score['open']} are open, since their horizon ends after {period_name(edition.month)}.",
        f"{score['unmeasured']} fell due and could not be measured, so that between {_rate(score['least_pct'])} and "
        f"{_rate(score['most_pct'])} of all that fell due was right.",
    )


def _points(value: float) -> str:
    """Return a difference of two rates: "+21 points"."""
    return f"{value:+.0f} points".replace("-", MINUS)


def caveats(edition) -> Html:
    """Return what the hit rate hangs on: forecasts that leave two of three outcomes right, and one said many times."""
    resolved = edition.outlooks[edition.outlooks["verdict"].isin(["hit", "miss"])]
    hedged = resolved["read_as"].str.startswith("flat or ")
    told = []
    if hedged.any() and not hedged.all():
        many = hedged.sum() > 1
        told.append(
            f"{count_of(int(hedged.sum()), 'forecast')} of the {len(resolved)} {'are' if many else 'is'} hedged, so "
            f"that two of the three outcomes make {'them' if many else 'it'} right (\u201cflat or up\u201d, "
            f"\u201cflat or down\u201d), which \u201cno change\u201d may not claim. {_rest(resolved[~hedged])}"
        )
    same = resolved.groupby(["house", "series", "read_as"]).size()
    if len(same) and same.max() >= ONE_SAYING:
        house, series, reading = same.idxmax()
        one = (resolved["house"] == house) & (resolved["series"] == series) & (resolved["read_as"] == reading)
        told.append(
            f"{same.max()} are one and the same forecast by {house}, of \u201c{edition.spec(series)['title']}\u201d: "
            f"{reading}. {_rest(resolved[~one & (resolved['house'] == house)], f' by {house}')}"
        )
    return bullets(told) if told else Html("", "")


def _rest(outlooks: pd.DataFrame, whose: str = "") -> str:
    if outlooks.empty:
        return "There are no others."
    score = overall_score(outlooks)
    return (
        f"Of the other {score['resolved']}{whose}, {_rate(score['hit_rate_pct'])} were right and \u201cno change\u201d "
        f"in {_rate(score['no_change_pct'])}."
    )


def scores(edition, by: str) -> Html:
    """Return the scores by `house`, `subject` or `direction` as a table; few resolved cases are marked as too few."""
    rows = score_table(edition.outlooks, by)
    rows = rows[rows["resolved"] > 0]
    if rows.empty:
        return gap("No outlook known to this edition could be resolved yet.")
    shown = pd.DataFrame(
        {
            _GROUPS[by]: rows[by],
            "Resolved": rows["resolved"],
            "Hits": rows["hits"],
            "Hit rate": rows["hit_rate_pct"],
            "No change": rows["no_change_pct"],
            "Difference, 95% interval": [_skill(row) for row in rows.itertuples()],
            "Last direction": rows["last_direction_pct"],
            "Too easy": rows["too_easy"],
            "By own figures alone": rows["own_quotes"],
            "Right by others\u2019": [
                f"{_rate(row.by_others_pct)} of {row.by_others_n}" if row.by_others_n else ""
                for row in rows.itertuples()
            ],
            "Due, unmeasured": rows["unmeasured"],
            "Note": rows["too_few"].map({True: "too few to judge", False: ""}),
        }
    )
    rates = dict.fromkeys(["Hit rate", "No change", "Last direction"], _rate)
    by_what = f"{_GROUPS[by][:1].lower()}{_GROUPS[by][1:]}"
    return table(shown, f"Hit rates by {by_what}, beside naive forecasts on the same outlooks", rates)


def _skill(row) -> str:
    """Return how much better than "no change" a publisher was, with the interval where there are draws enough."""
    if row.no_change_n == 0 or row.skill_low_pp == -100:
        return "too few draws"
    ends = f"{row.skill_low_pp:+.0f} to {row.skill_high_pp:+.0f}"
    return f"{row.skill_pp:+.0f} ({ends})".replace("-", MINUS)


def _rate(value: float) -> str:
    return percent(value, 0, signed=False)


def score_chart(edition):
    """Return hit rates by publisher with their intervals, the naive forecast as a tick, or a gap."""
    known = score_table(edition.outlooks, "house").query("resolved > 0")
    rows = known.query("resolved >= @LEAST").round(1)
    if rows.empty:
        return gap(f"No chart: no publisher has {LEAST} resolved outlooks.")
    few = f"fewer than {TOO_FEW} resolved: too few to judge"
    rows = rows.assign(count=rows["too_few"].map({True: few, False: f"{TOO_FEW} or more resolved"}))
    rows["label"] = rows["house"].map(base_name) + " (" + rows["resolved"].astype(str) + ")"
    base = alt.Chart(rows).encode(
        y=alt.Y("label:N", title=None, sort=list(rows["label"]), axis=alt.Axis(labelLimit=200))
    )
    rule = base.mark_rule(strokeWidth=3, opacity=0.45).encode(
        x=alt.X("low_pct:Q", title="right, %", scale=alt.Scale(domain=[0, 100])), x2=alt.X2("high_pct:Q")
    )
    point = base.mark_point(size=90, filled=True).encode(
        x=alt.X("hit_rate_pct:Q"),
        shape=alt.Shape("count:N", title=None, legend=alt.Legend(columns=1, labelLimit=300)),
        tooltip=charts.tooltip("house:N", "resolved:Q", "hit_rate_pct:Q", "no_change_pct:Q", "count:N"),
    )
    naive = base.mark_tick(thickness=3, color=charts.PALETTE[1]).encode(x=alt.X("no_change_pct:Q"))
    best, left = rows.iloc[0], len(known) - len(rows)
    without = f"; without {count_of(left, 'publisher')} that have fewer than {LEAST}" if left else ""
    return charts.present(
        rule + point + naive,
        "How often publishers were right",
        "per cent of resolved outlooks, their number in brackets; bar: 95% interval; tick: the naive forecast of no "
        f"change on the same cases{without}",
        "the publishers named",
        f"{best['house']} has the most resolved outlooks, {best['resolved']}, of which "
        f"{_rate(best['hit_rate_pct'])} were right; no change would have been right in {_rate(best['no_change_pct'])}.",
        height=None,
    )


def resolved_courses(edition):
    """Return the series around the newest resolved outlooks as small charts, the horizon coloured, or a gap."""
    rows = edition.outlooks[edition.outlooks["verdict"].isin(["hit", "miss"])]
    rows = rows.sort_values(["horizon_to", "outlook"], ascending=[False, True]).drop_duplicates("series").head(COURSES)
    courses = pd.concat([_course(edition, row) for _, row in rows.iterrows()], ignore_index=True) if len(rows) else rows
    if courses.empty:
        return gap("No chart: no resolved outlook has quotes around it.")
    base = alt.Chart(courses).encode(x=charts.time_axis())
    line = base.mark_line(point=alt.OverlayMarkDef(size=18)).encode(
        y=charts.value_axis(),
        color=alt.Color("when:N", title=None),
        tooltip=charts.tooltip("title:N", "period:N", "value:Q"),
    )
    chart = line.properties(width=250, height=110).facet(alt.Facet("title:N", title=None), columns=2)
    return charts.present(
        chart.resolve_scale(y="independent", x="independent"),
        "What happened around the newest resolved outlooks",
        "level of the series in the unit of its heading, before the outlook was made and in its horizon",
        who_printed(edition, edition.rows_of(*rows["series"].unique())),
        f"Small charts of {count_of(courses['title'].nunique(), 'series', 'series')} before an outlook was made and in "
        "its horizon.",
        height=None,
        width=None,
    )


def _course(edition, outlook: pd.Series) -> pd.DataFrame:
    """Return the quotes or months of an outlook's series from its making on, and the twelve before."""
    rows = edition.quotes(outlook["series"])
    rows = rows if len(rows) else edition.printed_months(outlook["series"])
    rows = rows[rows["period"] <= outlook["horizon_to"]]
    inside = rows["period"] > outlook["made_on"]
    shown = pd.concat([rows[~inside].tail(12), rows[inside]])
    spec = edition.spec(outlook["series"])
    name = textwrap.shorten(spec["title"], 34, placeholder="\u2026")
    title = f"{name}, {spec['unit']}: {outlook['verdict']}"
    words = inside.map({True: "in the horizon", False: "before"})
    return shown[["date", "period", "value"]].assign(title=title, when=words)


def rules(module) -> Html:
    """Return the rules by which outlooks resolve, as the module that applies them tells them, with its thresholds.

    Args:
        module: `metalsbook.analysis.outlooks`; its docstring has headed lists, its constants are upper case.
    """
    told = module.__doc__.split("\n\n")[1:]
    blocks = [_block(block) for block in told]
    numbers = {name: value for name, value in vars(module).items() if isinstance(value, (int, float))}
    constants = {name: value for name, value in numbers.items() if name.isupper()}
    shown = pd.DataFrame({"Threshold": constants.keys(), "Value": [f"{value:g}" for value in constants.values()]})
    return Html("".join(blocks)) + table(shown, "Thresholds of the rules above, by name")


def _block(text: str) -> str:
    head, _, rest = text.strip().partition("\n- ")
    points = [" ".join(point.split()).replace("`", "") for point in rest.split("\n- ")]
    return tag("h3", escape(head)) + tag("ul", "".join(tag("li", escape(point)) for point in points))
