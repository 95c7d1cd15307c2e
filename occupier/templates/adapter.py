"""The `Templates` of the domain, on Jinja."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from occupier.speech.moments import moment_in_post
from occupier.templates.pools import shipped_pools

if TYPE_CHECKING:
    from occupier.templates.engine import Engine


class JinjaTemplates:
    """Renders templates that people write, and hands out the shipped ones. Jinja is imported at the first use."""

    def render(self, source: str, values: Mapping[str, object]) -> str:
        """Render a template.

        Args:
            source: at most 5,000 characters.
            values: texts and numbers by name, or one level of names below a name (`strike.who`). Texts count
                for their first 5,000 characters.

        Raises:
            TemplateError: naming the line: not a template, something that templates may not do, a variable that
                does not exist, or a result of more than 5,000 characters.
        """
        return self._engine.render(source, values)

    def variables(self, source: str) -> frozenset[str]:
        """Return the variables that a template names, dotted; raises TemplateError for what is no template, or names
        what no message has.
        """
        return self._engine.variables(source)

    def shipped(self, language: str, *, default_who: bool) -> tuple[str, ...]:
        """Return the pool that ships in `fr` or `en`: on community managers, or on whoever `strike.who` names."""
        pools = shipped_pools()[language]
        return pools.community_managers if default_who else pools.anyone

    def default_who(self, language: str) -> str:
        """Return who strikes, where nobody said."""
        return shipped_pools()[language].who

    def moment(self, at: datetime, zone: ZoneInfo, language: str) -> str:
        """Say an aware instant: “vendredi 24 janvier à 19h”; midnight is 23h59 of the day before."""
        return moment_in_post(at, zone, language)

    @cached_property
    def _engine(self) -> Engine:
        from occupier.templates.engine import Engine

        return Engine()
