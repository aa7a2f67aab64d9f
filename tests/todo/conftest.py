"""What tests of the page of what waits share: an operation, two leads, and what is logged."""

from tests.results.conftest import lead, log, operation, second

__all__ = ["lead", "log", "operation", "second"]
