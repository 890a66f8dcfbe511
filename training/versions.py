"""Versions of what a run's figures depend on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib import metadata

PACKAGES = ("nunchi", "keras", "tensorflow", "jax", "torch", "numpy", "scikit-learn", "onnxruntime")


def versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Versions of Python, of the backend's name, and of packages, where installed."""
    found = {"python": platform.python_version(), "backend": os.environ.get("KERAS_BACKEND", "tensorflow")}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
