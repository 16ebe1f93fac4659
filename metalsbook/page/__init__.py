"""What chapters call to show things: theme, charts, tables, key figures and sentences.

Importing it makes Altair show charts as the book does.
"""

import gc

from metalsbook.page.theme import use_book_theme

use_book_theme()
# What libraries made when they were imported stays: the garbage collector need not walk through it again and again.
gc.freeze()
