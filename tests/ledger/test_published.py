import pandas as pd
import pytest

from metalsbook.ledger.published import assume_published

SOURCES = pd.DataFrame(
    {"source": ["dated", "undated", "seen"], "published": ["2025-11-20", "", ""], "seen": ["", "", "2026-01-14"]}
)


def published(measure: str, period: str, source: str) -> tuple[str, str, str]:
    rows = pd.DataFrame({"measure": [measure], "period": [period], "source": [source]}, index=[5])
    result = assume_published(rows, SOURCES)
    assert result.index.tolist() == [5]
    return tuple(result.iloc[0])


@pytest.mark.parametrize(
    ("measure", "period", "source", "expected"),
    [
        ("level", "2025-10", "dated", ("2025-11-20", "stated", "")),
        ("forecast", "2030", "dated", ("2025-11-20", "stated", "")),
        ("level", "2025-10", "undated", ("2025-11-30", "assumed", "")),
        ("level", "2025-10", "seen", ("2026-01-14", "seen", "")),
        ("forecast", "2030", "seen", ("2026-01-14", "seen", "")),
        ("level", "2024-01", "undated", ("2024-02-29", "assumed", "")),
        ("level", "2025-12-05", "undated", ("2026-01-31", "assumed", "")),
        ("yoy", "2024", "undated", ("2025-01-31", "assumed", "")),
        ("forecast", "2019", "undated", ("2025-12-31", "assumed", "2025-11")),
        ("forecast_yoy", "2030", "undated", ("2025-12-31", "assumed", "2025-11")),
    ],
)
def test_publication_rule(measure, period, source, expected):
    assert published(measure, period, source) == expected
