"""What chapters call to show things: theme, charts, tables, key figures and sentences.

Importing it makes Altair show charts as the book does, and pandas hold texts as Python's own strings.
"""

import gc

import pandas as pd

from metalsbook.page.theme import use_book_theme

# A chapter takes and compares texts of a few rows some thousand times, which costs more on Arrow's strings than what is
# done with them: with Python's, a chapter takes a fifth less time.
pd.set_option("mode.string_storage", "python")
use_book_theme()
# What libraries made when they were imported stays: the garbage collector need not walk through it again and again.
gc.freeze()
