"""Build steps that no library provides. `course.py` runs each as `python -m tools.NAME` in `.venv`."""
