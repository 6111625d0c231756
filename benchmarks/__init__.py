"""Side-by-side measurements of the kernels. The book reads their results in `results/`."""
