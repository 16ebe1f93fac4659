"""What chapters call to show things: theme, charts, tables, key figures and sentences.

Importing it makes Altair show charts as the book does.
"""

import gc

from metalsbook.page.board import key_figures
from metalsbook.page.narrative import folded, stack
from metalsbook.page.present import show
from metalsbook.page.tables import source_cells, table
from metalsbook.page.theme import (
    CELL_INK,
    DERIVED,
    DIVERGING,
    EARLIER,
    FALL,
    MUTED,
    PALETTE,
    REPORTED,
    RISE,
    change_color,
    day_axis,
    month_axis,
    status_color,
    wide_only,
)
from metalsbook.page.words import say, say_line

# What libraries made when they were imported stays: the garbage collector need not walk through it again and again.
gc.freeze()
