"""The JupyterLite beside the book: its Python, its contents and what the course adds to its pages."""
