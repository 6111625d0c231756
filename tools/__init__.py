"""Build steps that no library does. `course.py` runs each as `python -m tools.NAME` in `.venv`."""
