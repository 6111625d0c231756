"""One sheet an exercise; `conv_lib.grading` says how to write one."""
