"""The cross-check looks at the claims and the mutants of the indexed engine's own tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "engines"))
