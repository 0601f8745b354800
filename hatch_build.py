"""Hatchling hook: a wheel carries the built console. Editable installs skip it, so that Python work needs no Node."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleHook(BuildHookInterface[Any]):
    """Runs console/build.py before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Builds the console for wheels. `version` is hatchling's word for the kind of build: standard or editable."""
        if self.target_name != "wheel" or version == "editable":
            return
        script = Path(self.root) / "console" / "build.py"
        spec = importlib.util.spec_from_file_location("tocsin_console_build", script)
        if spec is None or spec.loader is None:
            raise RuntimeError(f"{script} is missing: this source tree cannot build the console")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.build()
