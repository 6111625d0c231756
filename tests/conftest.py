"""Fixtures for all tests: a system tool, and a site for the browser tests."""

import importlib.util
import signal

import pytest

from tools import system

# a shell starts background processes with Ctrl-C ignored, and the processes that a test starts inherit this
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# The files that take longest come first: else one worker may begin the longest when all others are done. Each
# step of `course.py test` names its slowest files.
# The third of the browser tests' files needs no JupyterLite, which the second one builds.
LONGEST = ["test_each_page", "test_lite_kept", "test_figure_promises", "test_questions", "test_lite"]
LONGEST += ["test_lite_ways", "test_look", "test_figure_labels", "test_lite_start", "test_sliders"]
LONGEST += ["test_figure_room", "test_keyboard", "test_figure_direct", "test_search", "test_figure_pages"]
LONGEST += ["test_sheets", "test_trust", "test_exercises", "test_explained", "test_hostile"]
LONGEST += ["test_odd_answers", "test_general_mistakes", "test_computes_any_answer", "test_faults"]
LONGEST += ["test_computes_rules", "test_course_steps", "test_card_words"]
LONGEST += ["test_layers", "test_pages_in", "test_lopsided", "test_fast"]
LONGEST += ["test_whole_problems", "test_course_entry", "test_cards_are_true"]


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config, items):
    """Put the longest files first, and leave out slow tests, unless --all or `-m slow` requests them."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))
    if config.getoption("--all") or "slow" in (config.getoption("-m") or ""):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


def need(tool):
    """Return the path of a system tool. Without it skip, or fail if CI=true requires it."""
    path = system.find(tool)
    if path is None:
        _missing(f"{tool} is not on this machine: {system.how_to_get(tool)}", tool)
    return path


def _missing(why, tool):
    if system.must_have(tool):
        pytest.fail(why + " (with CI=true it must be there)", pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="session")
def require_tool():
    """Return a function: require_tool("chromium") returns its path, or skips the test (fails if CI=true)."""
    return need


@pytest.fixture(autouse=True)
def _marked_tools_are_there(request):
    """A test marked `browser`, `octave`, `sandbox` or `oracle` needs that tool."""
    for mark, tool in (("octave", "octave"), ("sandbox", "bubblewrap"), ("browser", "chromium")):
        if request.node.get_closest_marker(mark):
            need(tool)
    if request.node.get_closest_marker("oracle") and importlib.util.find_spec("torch") is None:
        _missing("PyTorch is not installed (requirements-oracle.txt)", "torch")
