"""Resource Graph: a small, honest interpreter of the queries that this job needs, over the estate's rows."""

from sandbox.azure.graph.engine import run

__all__ = ["run"]
