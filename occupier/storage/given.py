"""Many values in one parameter: the statement stays the same however many there are, and is compiled once."""

from __future__ import annotations

from sqlalchemy import String, bindparam, func

GIVEN = func.json_each(bindparam("given", type_=String)).table_valued("value").c.value
"""The values of the parameter `given`, which is a JSON list."""
