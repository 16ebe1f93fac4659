"""What chapters call to show things: theme, charts, tables, key figures and sentences.

Importing it makes Altair show charts as the book does.
"""

from metalsbook.page.theme import use_book_theme

use_book_theme()
