"""How code is marked up on the pages: only what the theme colours gets an element."""

from collections.abc import Iterator
from typing import Any

from pygments.filter import Filter
from pygments.lexers import PythonLexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Text, _TokenType

COLOURED = (Comment, Error, Keyword, Number, Operator.Word, String, Name.Builtin)
"""Kinds of token that `book.css` gives a colour, and what is no code; the others are plain text to it."""


class PlainTokens(Filter):
    """Make plain text of the tokens that no style tells apart, and join neighbours."""

    def filter(self, lexer: Any, stream: Iterator[tuple[_TokenType, str]]) -> Iterator[tuple[_TokenType, str]]:
        """Yield kind and text of each token."""
        plain = ""
        for kind, text in stream:
            if any(kind in coloured for coloured in COLOURED):
                if plain:
                    yield Text, plain
                yield kind, text
                plain = ""
            else:
                plain += text
        if plain:
            yield Text, plain


class ChapterLexer(PythonLexer):
    """The code of chapters: half of a page's weight would be elements around names and brackets."""

    def __init__(self, **options: Any):
        super().__init__(stripnl=False, **options)
        self.add_filter(PlainTokens())
