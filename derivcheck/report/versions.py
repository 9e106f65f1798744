"""The versions that decide what a run finds: a conflict is printed with them."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from derivcheck import __version__

_DISTRIBUTIONS = ("numpy", "python-flint", "sympy")


def versions() -> dict[str, str]:
    """Of derivcheck, Python and the libraries of the engines, without loading these."""
    found = {"derivcheck": __version__, "python": platform.python_version()}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
