"""The site's JupyterLite: its Python, its contents and the course's additions to its pages."""
