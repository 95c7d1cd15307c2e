"""The networks' APIs on loopback, with a timeline page: for rehearsals and for tests."""

from occupier.sandbox.box import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from occupier.sandbox.model import Account, SandboxArticle, SandboxPost, SeenRequest
from occupier.sandbox.serving import serve

__all__ = [
    "Account",
    "Fault",
    "FaultKind",
    "Sandbox",
    "SandboxArticle",
    "SandboxPost",
    "SeenRequest",
    "serve",
]
