"""Fixtures that several tests of the checker use."""

import pytest

from conv_course.checker import computes


@pytest.fixture
def without_names_of_edits(monkeypatch):
    """Test only computed explanations: the names of edits, which take precedence, have their own tests."""
    monkeypatch.setattr(computes, "_edits", lambda *args, **which: [])
