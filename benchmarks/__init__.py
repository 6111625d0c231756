"""Side-by-side measurements of the kernels, with their results in `results/`, which the book reads."""
