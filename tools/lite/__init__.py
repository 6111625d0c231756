"""The JupyterLite beside the book: its Python, its contents and the course's additions to its pages."""
