import os

import pytest

from tools.matlab_octave import octave_path


def pytest_configure(config):
    config.addinivalue_line("markers", "octave: needs octave-cli (Debian's package octave)")


@pytest.fixture(autouse=True)
def _octave_installed(request):
    """Without Octave its tests are skipped, and say so; on CI that is a failure."""
    if request.node.get_closest_marker("octave") and octave_path() is None:
        message = "octave-cli is not installed: apt-get install --no-install-recommends octave"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
