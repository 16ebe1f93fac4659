"""The ledger: what every source printed, as text in git.

`read_ledger()` returns the validated tables. Nothing heavy is imported until a name is used.
"""

__all__ = ["Figure", "Ledger", "data_dictionary", "read_figure", "read_ledger"]

_HOMES = {
    "Figure": "figures",
    "Ledger": "reading",
    "data_dictionary": "dictionary",
    "read_figure": "figures",
    "read_ledger": "reading",
}


def __getattr__(name: str):
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"metalsbook.ledger.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'metalsbook.ledger' has no attribute {name!r}")
