"""What several tests share."""

import stat
import sys
from pathlib import Path

import pytest


@pytest.fixture
def command(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The path of an executable: the module's STAND_IN for the built command."""
    path = tmp_path / "audiolm"
    path.write_text(request.module.STAND_IN.format(python=sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
