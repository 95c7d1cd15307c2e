"""What posts say: the template language, and the wordings that ship."""

from occupier.templates.adapter import JinjaTemplates

__all__ = ["JinjaTemplates"]
