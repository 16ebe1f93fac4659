"""A small edition in memory, for tests of what pages say."""

import pandas as pd

from metalsbook.edition import Edition
from metalsbook.months import cut_off
from metalsbook.snapshots.snapshot import Snapshot

_CATALOGUE = dict.fromkeys(("title", "definition", "grade", "basis", "growth_basis", "part_of", "share_of"), "")
_CATALOGUE |= {"unit": "t", "frequency": "month", "kind": "flow", "place": "China", "chapter": "magnesium_exports"}
_ESTIMATE = ["series", "period", "low", "high", "best", "basis", "n_statements", "binding"]
_SOURCE = {"published": "", "licence": "figures cited", "repeats": "", "seen": ""}


def printed(series: str, period: str, value: float, measure: str = "level", resolution: float = 1.0, **more) -> dict:
    """A statement as the ledger holds it; `low` and `high` are a quoted range, the bounds come from the resolution."""
    row = {"series": series, "measure": measure, "period": period, "value": float(value)}
    row |= {"low": float("nan"), "high": float("nan"), "unit": "t" if measure in ("level", "ytd") else "%"}
    row |= {"stated": f"{value:g}", "qualifier": "", "resolution": resolution}
    row |= {"bound_low": value - resolution / 2, "bound_high": value + resolution / 2}
    row |= {"source": "smm", "published": "2025-12-22", "published_basis": "stated"} | more
    return row | {"statement": f"st-{series}-{measure}-{period}-{value:g}-{row['source']}"}


def month(series: str, period: str, value: float, half: float = 0.0, basis: str = "reported") -> dict:
    """A reconciled month; an open one has no best value."""
    best = float("nan") if basis == "open" else float(value)
    return dict(zip(_ESTIMATE, (series, period, value - half, value + half, best, basis, 2, ""), strict=True))


def edition(
    statements: list[dict],
    estimates: list[dict] = (),
    at: str = "2025-11",
    catalogue: dict | None = None,
    events: list[dict] = (),
    clashing: tuple[str, ...] = (),
) -> Edition:
    """An edition of these statements and reconciled months, with sources `smm` and `argus`."""
    names = dict.fromkeys([row["series"] for row in (*statements, *estimates)] + list(catalogue or {}))
    series = [{"series": name} | _CATALOGUE | {"title": name} | (catalogue or {}).get(name, {}) for name in names]
    sources = [
        _SOURCE
        | {"source": key, "publisher": name, "title": f"A page of {name}", "url": f"https://{key}", "origin": key}
        for key, name in (("smm", "SMM (Shanghai)"), ("argus", "Argus"))
    ]
    tables = dict.fromkeys(("corrections", "claims", "outlooks"), pd.DataFrame()) | {
        "statements": pd.DataFrame(list(statements), columns=list(printed("x", "2025-01", 1.0))),
        "series": pd.DataFrame(series),
        "sources": pd.DataFrame(sources),
        "events": pd.DataFrame(list(events), columns=["date", "topic", "what", "publisher", "url", "chapter"]),
    }
    made = Edition(Snapshot(at, cut_off(at), "x", tables))
    made.__dict__["_derived"] = {
        "estimates": pd.DataFrame(list(estimates), columns=_ESTIMATE),
        "conflicts": pd.DataFrame({"conflict": "cf-1", "statement": list(clashing)}),
    }
    return made
