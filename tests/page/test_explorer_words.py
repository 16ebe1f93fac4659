from metalsbook.page.words import say_line
from tests.page.branches import unreached

FACTS = {
    "year": "2024", "capacity": 1487500.0, "output": 1025600.0, "rate": 68.9, "vehicle_year": "2024",
    "vehicles": 31.3e6,
    "kg": 4.0, "tonnes": 125000.0, "low": 900.0, "high": 4000.0, "assumed": False,
}  # fmt: skip
NONE = FACTS | dict.fromkeys(("year", "capacity", "output", "rate", "vehicles", "tonnes")) | {"assumed": True}


def test_every_block_and_branch_of_the_words_is_reached_by_some_facts():
    blocks = [f"{name}_{part}" for name in ("retired", "vehicles", "robots") for part in ("title", "unit", "alt")]
    assert unreached("explorer", [(block, facts) for block in [*blocks, "scenarios"] for facts in (FACTS, NONE)]) == []


def test_a_scenario_says_what_it_multiplies():
    assert say_line("explorer/retired_title", **FACTS) == (
        "China's 2024 output would fill 68.9% of the capacity left if none were retired"
    )
    assert "our assumption" in say_line("explorer/scenarios", **NONE)
