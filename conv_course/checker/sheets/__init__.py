"""One sheet an exercise; `conv_course.checker` says how to write one."""
