"""Tables of reviews in files of many kinds, read and written row by row.

:func:`open_table` gives a :class:`Table` whatever the file is; :mod:`bot.core.tables.encoders` write rows back.
"""

from bot.core.tables.files import ReadOptions, kind_of_output, open_table
from bot.core.tables.row import Cell, Kind, Row, Table, Tick

__all__ = ["Cell", "Kind", "ReadOptions", "Row", "Table", "Tick", "kind_of_output", "open_table"]
