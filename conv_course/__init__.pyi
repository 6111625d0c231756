from conv_course.checker import Check, sheet

__all__ = ["Check", "sheet"]
