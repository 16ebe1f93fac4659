"""The landing page: the month in five sentences, key figures, what surprised, what does not hold, what was resolved."""

import altair as alt
import pandas as pd

from metalsbook.analysis.surprises import largest_moves, monthly_values
from metalsbook.page import charts, quotes
from metalsbook.page.figures import key_figures
from metalsbook.page.flows import flow_figure, month_sentence
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import bullets, count_of, gap, join_words, number, percent, period_name, say
from metalsbook.page.tables import table
from metalsbook.page.verdicts import badge, count_words, fits_words, outlook_words, recomputed

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


def edition_line(edition) -> Html:
    """Return what edition this is: month, cut-off, snapshot, method, and how much it knows."""
    return say(
        f"Edition {period_name(edition.month)}: {count_of(len(edition.statements), 'statement')} from "
        f"{count_of(len(edition.sources), 'source')}, published by {period_name(edition.cut_off)}.",
        f"Snapshot {edition.snapshot_id[:12]}, method {edition.method_version}.",
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
    shown += [flow_figure(edition, label, name) for name, label in FLOWS.items() if edition.has(name)]
    return key_figures(shown)


def month_moves(edition) -> pd.DataFrame:
    """Return the month's moves, most surprising first, with each series' title (see `surprises.largest_moves`)."""
    monthly = monthly_values(edition.statements, edition.series, edition.estimates)
    moves = largest_moves(monthly, edition.month)
    titles = edition.series.set_index("series")["title"]
    return moves.assign(title=moves["series"].map(titles))


def surprise_sentence(edition, moves: pd.DataFrame) -> Html:
    """Return a sentence on the most surprising move."""
    if moves.empty:
        return gap("No series has both months and enough history to say what is unusual.")
    top = moves.iloc[0]
    return say(
        f"{top['title']} moved {percent(top['change_pct'])}, {number(top['score'], resolution=0.1)} times its usual "
        f"spread over {count_of(int(top['n_changes']), 'earlier change')}.",
        f"{count_of(int((moves['score'] > 3).sum()), 'series', 'series')} of {len(moves)} with enough history moved "
        "more than three times as far as they usually do.",
    )


def surprise_chart(edition, moves: pd.DataFrame):
    """Return the most surprising moves as bars, or a gap."""
    if moves.empty:
        return gap("No chart: no series has enough history.")
    top = moves.head(MOST_MOVES).round(2)
    scale = alt.Scale(scheme="blueorange", domainMid=0, reverse=True)
    chart = alt.Chart(top[["title", "change_pct", "score"]]).mark_bar().encode(
        x=alt.X("score:Q", title="times its usual spread"),
        y=alt.Y("title:N", title=None, sort=None, axis=alt.Axis(labelLimit=230)),
        color=alt.Color("change_pct:Q", title="change, %", scale=scale),
        tooltip=charts.tooltip("title:N", "change_pct:Q", "score:Q"),
    )
    told = join_words([f"{row['title']} {percent(row['change_pct'])}" for _, row in top.head(3).iterrows()])
    return charts.present(
        chart, f"The largest moves of {period_name(edition.month)} against their own history",
        "change from the month before, in multiples of the series' usual spread", "the series' own sources",
        f"Bars of how unusual each change was; on top {told}.", height=None,
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
    found = f"{count_of(clashes, 'conflict')} between {count_of(members, 'printed figure')} that cannot all be true."
    return say(known, found)


def contradicted_table(edition) -> Html:
    """Return the claims that are contradicted or carry a wrong name."""
    claims = edition.claims
    wrong = claims[claims["verdict"].isin(["contradicted", "mislabelled"])]
    if wrong.empty:
        return gap("No claim of the source notes known to this edition is contradicted.")
    shown = pd.DataFrame({
        "Claim": wrong["statement"],
        "Printed": wrong["printed"],
        "Recomputed": [recomputed(row) for _, row in wrong.iterrows()],
        "Verdict": [badge(verdict) for verdict in wrong["verdict"]],
        "It fits": [fits_words(edition, row["fits"]) for _, row in wrong.iterrows()],
    })
    return table(shown, f"{count_of(len(wrong), 'claim')} that an attentive editor would have stopped")


def resolved_table(edition) -> Html:
    """Return the forecasts that became resolvable with this edition."""
    outlooks = edition.outlooks
    new = outlooks[(outlooks["resolved_on"] == edition.month) & outlooks["verdict"].isin(["hit", "miss"])]
    if new.empty:
        return gap("No forecast was resolved with this edition's data.")
    shown = pd.DataFrame({
        "Who": new["publisher"],
        "Said": new["says"],
        "On": new["made_on"],
        "Verdict": [badge(verdict) for verdict in new["verdict"]],
        "What happened": [outlook_words(row) for _, row in new.iterrows()],
    })
    return table(shown, f"Resolved with this edition: {count_words(new['verdict'], ('hit', 'miss'))}")


def citation(edition) -> Html:
    """Return how to cite this edition."""
    text = (
        f"Strategic Metals Book, edition {edition.month}, snapshot {edition.snapshot_id[:12]}, "
        f"method {edition.method_version}."
    )
    return Html(tag("p", f"Cite this edition as: {tag('cite', escape(text))}", class_="mb-cite"), text)
