"""Versions of what a run's figures depend on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib import metadata

PACKAGES = ("nunchi", "keras", "tensorflow", "jax", "torch", "numpy", "scikit-learn", "onnxruntime")


def versions() -> dict[str, str]:
    """Versions of Python and of :data:`PACKAGES`, and the backend's name."""
    run = {"python": platform.python_version(), "backend": os.environ.get("KERAS_BACKEND", "tensorflow")}
    return run | installed(PACKAGES)


def installed(packages: Sequence[str]) -> dict[str, str]:
    """Versions of those packages that are installed."""
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
