"""Outlooks on their page: the newest resolved in sight, the others folded, each once, with menus where they help."""

import re
from types import SimpleNamespace

import pandas as pd

from metalsbook.page.outlook_tables import LEAST_CHOSEN_FROM, LEAST_ROWS, all_outlooks


def outlook(verdict: str, due: str, resolved_on: str = "", **more) -> dict:
    return {
        "publisher": "SMM",
        "made_on": "2025-01-02",
        "horizon_from": due,
        "horizon_to": due,
        "read_as": "down",
        "says": "It should fall.",
        "note": "",
        "series": "mg.price",
        "subject": "ingot",
        "direction": "down",
        "verdict": verdict,
        "resolved_on": resolved_on,
        "level_then": 2.0,
        "level_in_horizon": 1.0,
        "level_unit": "CNY/t",
        "reason": "because",
    } | more


def page_of(rows: list[dict]):
    outlooks = pd.DataFrame(rows, columns=list(outlook("open", "2026")))
    outlooks.insert(0, "outlook", [f"ol-{place:03d}" for place in range(len(rows))])
    return all_outlooks(
        SimpleNamespace(outlooks=outlooks, series=pd.DataFrame({"series": ["mg.price"], "title": ["Ingot price"]}))
    )


def parts_of(rows: list[dict]) -> tuple[str, dict[str, str]]:
    """What is in sight, and what is in each fold by its summary."""
    fold = r'<details class="mb-group"><summary>(.*?)</summary>(.*?)</details>'
    markup = page_of(rows).markup
    return re.sub(fold, "", markup, flags=re.DOTALL), dict(re.findall(fold, markup, re.DOTALL))


def ids(markup: str) -> list[str]:
    return re.findall(r"<code>(ol-\d+)</code>", markup)


MIXED = [
    outlook("open", "2026-12"),
    outlook("open", "2025-12"),
    outlook("open", "2025-12-03"),
    outlook("hit", "2025-10-14", "2025-10"),
    outlook("miss", "2025-11-14", "2025-11"),
    outlook("hit", "2025-11", "2025-11"),
    outlook("not measurable", "2024-05"),
]


def test_the_newest_resolved_are_in_sight_and_the_others_folded_with_what_is_inside():
    in_sight, folds = parts_of(MIXED)
    assert ids(in_sight) == ["ol-005", "ol-004"], "a month falls due on its last day"
    assert "Newest resolved, with figures up to November 2025: 2 outlooks, 1 hit and 1 miss" in in_sight
    assert list(folds) == [
        "Open: 3 outlooks, due from December 2025 to December 2026",
        "Resolved earlier, due in 2025: 1 outlook, 1 hit",
        "Not measurable: 1 outlook, due in May 2024",
    ]


def test_open_outlooks_stand_in_the_order_in_which_they_fall_due():
    _, folds = parts_of(MIXED)
    first = next(iter(folds.values()))
    assert ids(first) == ["ol-002", "ol-001", "ol-000"]
    assert "<td>3 December 2025</td>" in first


def test_years_of_few_outlooks_share_a_fold_and_each_outlook_stands_once():
    counts = {2018: 1, 2019: 2, 2021: LEAST_ROWS - 1, 2023: LEAST_ROWS}
    rows = [outlook("hit", f"{year}-05", f"{year}-05") for year, count in counts.items() for _ in range(count)]
    in_sight, folds = parts_of([*rows, outlook("miss", "2024-05", "2024-05")])
    assert [name.partition(":")[0] for name in folds] == [
        "Resolved earlier, due in 2023",
        "Resolved earlier, due in 2019 to 2021",
        "Resolved earlier, due in 2018",
    ]
    shown = ids(in_sight + "".join(folds.values()))
    assert sorted(shown) == [f"ol-{place:03d}" for place in range(len(rows) + 1)]


def test_only_tables_of_many_rows_have_menus_and_only_for_what_differs():
    many = [outlook("open", "2026-01", subject=f"s{place % 2}") for place in range(LEAST_CHOSEN_FROM)]
    few = [outlook("not measurable", "2024-01", subject=f"s{place}") for place in range(LEAST_CHOSEN_FROM - 1)]
    _, folds = parts_of(many + few)
    opened, others = folds.values()
    assert opened.count('data-subject="') == LEAST_CHOSEN_FROM
    assert "data-verdict" not in opened and "data-direction" not in opened
    assert "data-" not in others
    _, alike = parts_of([outlook("open", "2026-01")] * LEAST_CHOSEN_FROM)
    assert "data-" not in "".join(alike.values())


def test_scrolling_boxes_have_names_of_their_own():
    older = [outlook("hit", f"{year}-05", f"{year}-05") for year in (2020, 2023) for _ in range(LEAST_ROWS)]
    names = re.findall(r'role="region" aria-label="([^"]+)"', page_of([*MIXED, *older]).markup)
    assert len(names) == len(set(names)) == 5


def test_an_edition_without_outlooks_says_so():
    assert "mb-gap" in page_of([]).markup
    assert parts_of([outlook("open", "2026-01")])[0].strip() == ""
