"""The landing page: the month in five sentences, key figures, what surprised, what does not hold, what was resolved."""

import altair as alt
import pandas as pd

from metalsbook.analysis import outlooks
from metalsbook.analysis.surprises import FAR, false_alarms, largest_moves, monthly_values
from metalsbook.months import step_month
from metalsbook.page import charts, quotes
from metalsbook.page.figures import key_figures
from metalsbook.page.flows import flow_figure, month_sentence
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import bullets, count_of, gap, join_words, number, percent, period_name, say
from metalsbook.page.outlook_tables import forecast_cell
from metalsbook.page.sentences import points
from metalsbook.page.tables import table, who_printed
from metalsbook.page.verdicts import badge, claim_cell, count_words, fits_words, outlook_words, recomputed
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.package import published_months

# The headline series of each chapter, with the words a sentence starts with.
PRICES = {"mg.price.ingot.fugu": "Magnesium ingot in Fugu", "ree.price.prnd_oxide.cn": "Pr-Nd oxide inside China"}
FLOWS = {
    "mg.output.cn.smm": "China's output of primary magnesium (SMM)",
    "mg.export.total": "China's exports of magnesium products",
    "ree.export.magnet.cn": "China's exports of rare earth magnets",
    "nev.sales.cn": "China's sales of new-energy vehicles (CAAM)",
}
# One sentence for each chapter, in their order.
_SENTENCES = ("mg.price.ingot.fugu", "mg.output.cn.smm", "mg.export.total", "ree.price.prnd_oxide.cn", "nev.sales.cn")
MOST_MOVES = 8
"""Times its usual spread from which a change counts as rare."""
_LINE_PX = 13


def edition_line(edition) -> Html:
    """Return what edition this is: month, cut-off, snapshot, method, and how much it knows."""
    return say(
        f"Edition {period_name(edition.month)}: {count_of(len(edition.statements), 'statement')} from "
        f"{count_of(edition.statements['source'].nunique(), 'source')}, published by {period_name(edition.cut_off)}.",
        f"Snapshot {edition.snapshot_id[:12]}, method {edition.method_version}.",
    )


def editions_sentence(edition) -> Html:
    """Return which editions there are up to this one; later ones it does not know."""
    known = sorted({*published_months(snapshots_folder()), edition.month})
    known = [month for month in known if month <= edition.month]
    if len(known) == 1:
        return say("It is the first edition.")
    return say(
        f"It is one of {len(known)} editions, from {period_name(known[0])} on; the menu at the head of the page "
        "leads to the others, each as it was known then."
    )


def five_sentences(edition) -> Html:
    """Return one sentence for each chapter's headline series."""
    return bullets([_headline(edition, name) for name in _SENTENCES if edition.has(name)])


def _headline(edition, name: str) -> str:
    if name in PRICES:
        return quotes.month_sentence(edition, name, PRICES[name])
    return month_sentence(edition, name, FLOWS[name])


def headline_figures(edition) -> Html:
    """Return the key figures of the headline series: monthly means of quotes, and reported or implied months."""
    shown = [quotes.quote_figure(edition, label, name) for name, label in PRICES.items() if edition.has(name)]
    shown += [
        flow_figure(edition, label, name, _flow_basis(edition, name))
        for name, label in FLOWS.items()
        if edition.has(name)
    ]
    return key_figures(shown)


def _flow_basis(edition, name: str) -> str:
    """Return the catalogue's basis of a flow; a count says what is counted, since its figure has no unit."""
    spec = edition.spec(name)
    return f"vehicles, {spec['basis']}" if spec["unit"] == "unit" else spec["basis"]


def month_moves(edition) -> pd.DataFrame:
    """Return the month's moves, most surprising first, with each series' title (see `surprises.largest_moves`)."""
    monthly = monthly_values(edition.statements, edition.series, edition.estimates)
    moves = largest_moves(monthly, edition.month)
    titles = edition.series.set_index("series")["title"]
    moves = moves.assign(title=moves["series"].map(titles))
    moves.attrs["false_alarms"] = false_alarms(monthly, edition.month)
    return moves


def surprise_sentence(edition, moves: pd.DataFrame) -> Html:
    """Return a sentence on the most surprising move."""
    if moves.empty:
        return gap("No series has both months and enough history to say what is unusual.")
    top = moves.iloc[0]
    far = int((moves["score"] > FAR).sum())
    before = period_name(step_month(edition.month, -1))
    whose = (
        f"{far or 'None'} of the {len(moves)} series with enough history"
        if len(moves) > 1
        else (f"It is the only series with enough history, and it{'' if far else ' has not'}")
    )
    usual = "usual for the month" if top["n_season"] else "usual"
    expected = moves.attrs.get("false_alarms", float("nan"))
    return say(
        f"{top['title']}: {percent(top['change_pct'])} on {before}, where {percent(top['usual_pct'])} is {usual}. The "
        f"distance of {points(top['change_pct'] - top['usual_pct'])} is {number(top['score'], resolution=0.01)} times "
        f"the usual spread of {percent(top['spread_pct'], 1, False)[:-1]} points over "
        f"{count_of(int(top['n_changes']), 'earlier change')}.",
        f"{whose} moved further than {FAR} times its usual spread from its usual change.",
        f"In the two years before, an ordinary month would have shown {expected:.1f} of so many."
        if expected == expected and len(moves) > 1
        else None,
    )


def in_two_lines(text: str) -> str:
    """Return a text with "|" for the blank nearest to its middle."""
    blanks = [place for place, sign in enumerate(text) if sign == " "]
    if not blanks:
        return text
    middle = min(blanks, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}|{text[middle + 1 :]}"


def surprise_chart(edition, moves: pd.DataFrame):
    """Return the most surprising moves as bars, or a gap."""
    if moves.empty:
        return gap("No chart: no series has enough history.")
    top = moves.head(MOST_MOVES).round(2)
    pair = (edition.month, step_month(edition.month, -1))
    rows = edition.statements
    used = rows[rows["series"].isin(top["series"]) & rows["period"].str[:7].isin(pair)]
    scale = alt.Scale(scheme="blueorange", domainMid=0, reverse=True)
    # Names take two lines, so that the bars have room on a phone; lines are counted from the middle of a bar downwards.
    labels = alt.Axis(
        labelLimit=190, labelExpr="split(datum.value, '|')", labelOffset=-_LINE_PX / 2, labelLineHeight=_LINE_PX
    )
    shown = top.assign(label=[in_two_lines(title) for title in top["title"]])
    chart = (
        alt.Chart(shown[["title", "label", "change_pct", "usual_pct", "spread_pct", "score"]])
        .mark_bar()
        .encode(
            x=alt.X("score:Q", title="times the usual spread", axis=alt.Axis(titleAnchor="end")),
            y=alt.Y("label:N", title=None, sort=None, axis=labels, scale=alt.Scale(paddingInner=0.2)),
            color=alt.Color("change_pct:Q", title="change, %", scale=scale),
            tooltip=charts.tooltip(
                "title:N", "change_pct:Q:+.1f", "usual_pct:Q:+.1f", "spread_pct:Q:.1f", "score:Q:.2f"
            ),
        )
    )
    told = join_words([f"{row['title']} {percent(row['change_pct'])}" for _, row in top.head(3).iterrows()])
    return charts.present(
        chart,
        f"The largest moves of {period_name(edition.month)} against their own history",
        "distance of the change on the month before from the series' usual (median) change, in multiples of its usual "
        "spread; colour: the change",
        who_printed(edition, used),
        f"Bars of how unusual each change was; on top {told}.",
        height=alt.Step(32),
    )


def judged_sentences(edition) -> Html:
    """Return how many claims have which verdict, and how many conflicts were found."""
    claims, conflicts = edition.claims, edition.conflicts
    known = (
        f"{count_of(len(claims), 'claim')} of {count_of(claims['note'].nunique(), 'source note')}: "
        f"{count_words(claims['verdict'])}."
        if len(claims)
        else "The source notes were published after this edition's cut-off."
    )
    clashes = conflicts["conflict"].nunique()
    members = len(conflicts.drop_duplicates("statement"))
    found = (
        f"Reconciliation found {count_of(clashes, 'conflict')}: sets of printed figures, "
        f"{members:,} in all, that cannot all be true."
        if clashes
        else "No printed figures exclude one another."
    )
    return say(known, found)


def contradicted_table(edition) -> Html:
    """Return the claims that are contradicted or carry a wrong name."""
    claims = edition.claims
    wrong = claims[claims["verdict"].isin(["contradicted", "mislabelled"])]
    if wrong.empty:
        return gap("No claim of the source notes known to this edition is contradicted.")
    shown = pd.DataFrame(
        {
            "Claim": [claim_cell(row) for _, row in wrong.iterrows()],
            "Printed": wrong["printed"],
            "Recomputed": [recomputed(row) for _, row in wrong.iterrows()],
            "Verdict": [badge(verdict) for verdict in wrong["verdict"]],
            "It fits": [fits_words(edition, row["fits"]) for _, row in wrong.iterrows()],
        }
    )
    return table(
        shown,
        f"{count_of(len(wrong), 'claim')} that the ledger contradicts or that carry a wrong name; "
        "\u201cmeant\u201d: how the book reads what is not exact",
    )


def _resolved(edition) -> pd.DataFrame:
    outlooks = edition.outlooks
    return outlooks[(outlooks["resolved_on"] == edition.month) & outlooks["verdict"].isin(["hit", "miss"])]


def resolved_sentence(edition) -> Html:
    """Return how the newly resolved forecasts did beside naive ones, and by which band a move counts as one."""
    new = _resolved(edition)
    if new.empty:
        return Html("", "")
    hits = new[new["verdict"] == "hit"]
    both = int((hits["naive_no_change"] == "hit").sum())
    return say(
        f"{count_words(new['verdict'], ('hit', 'miss'))} on {count_of(new['series'].nunique(), 'series', 'series')}; "
        f"{_naive_words(new)}.",
        f"{both or 'None'} of the {len(hits)} hits would have been right with \u201cno change\u201d too."
        if len(hits) > 1
        else None,
        f"A change of no more than {outlooks.BAND_PCT:g}% either way counts as flat "
        f"({outlooks.WEEK_BAND_PCT:g}% where a forecast of a quote reaches no further than "
        f"{outlooks.WEEK_DAYS} days); what each forecast was read as stands beside it.",
    )


def _naive_words(new: pd.DataFrame) -> str:
    """Return in how many of the resolved outlooks each naive forecast would have been right."""
    count, last = len(new), new.loc[new["naive_last_direction"] != "", "naive_last_direction"]
    still = int((new["naive_no_change"] == "hit").sum())
    if count == 1:
        return f"\u201cno change\u201d would have been {'right' if still else 'wrong'} in this case"
    naive = [f"\u201cno change\u201d would have been right in {still or 'none'}"]
    if n := len(last):
        on = int((last == "hit").sum())
        where = "these" if n == count else f"the {n} that have a last direction"
        naive.append(
            f"\u201cthe last direction goes on\u201d in {on or 'none'} of {where}"
            if n > 1
            else f"\u201cthe last direction goes on\u201d in {'' if on else 'not even '}the one that has a last "
            "direction"
        )
    return f"of the same {count} cases, {join_words(naive)}"


def resolved_table(edition) -> Html:
    """Return the forecasts that became resolvable with this edition, with horizon, levels, unit and change."""
    new = _resolved(edition)
    if new.empty:
        return gap("No forecast was resolved with this edition's data.")
    shown = pd.DataFrame(
        {
            "Said": [forecast_cell(row) for _, row in new.iterrows()],
            "Then, and in the horizon": [outlook_words(row) or row["reason"] for _, row in new.iterrows()],
            "Change": [percent(row["change_pct"]) if pd.notna(row["change_pct"]) else "" for _, row in new.iterrows()],
            "Verdict": [badge(verdict) for verdict in new["verdict"]],
            "No change": [badge(verdict) if verdict else "" for verdict in new["naive_no_change"]],
        }
    )
    caption = "Forecasts resolved with this edition, beside the naive forecast of no change on the same case"
    return table(shown, caption)


def citation(edition) -> Html:
    """Return how to cite this edition."""
    text = (
        f"Strategic Metals Book, edition {edition.month}, snapshot {edition.snapshot_id[:12]}, "
        f"method {edition.method_version}."
    )
    return Html(tag("p", f"Cite this edition as: {tag('cite', escape(text))}", class_="mb-cite"), text)
