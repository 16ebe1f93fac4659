"""The Strategic Metals Book: a monthly market book on magnesium and rare earths.

`open_edition(month)` is all that a chapter needs; everything else is reached through the submodules.
Nothing heavy is imported here, so that the command line starts quickly.
"""

__version__ = "0.1.0"

__all__ = ["__version__", "open_edition"]


def __getattr__(name: str):
    if name == "open_edition":
        from metalsbook.edition import open_edition

        return open_edition
    raise AttributeError(f"module 'metalsbook' has no attribute {name!r}")
