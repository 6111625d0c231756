"""The one thing that pyproject.toml cannot say: the exercises go with the package that checks them."""

from pathlib import Path

from setuptools import find_namespace_packages, setup

packages = find_namespace_packages(include=["conv_lib*", "conv_course*"])
places = {}
if Path("exercises").is_dir():  # JupyterLite has them already, so its copy of the package comes without
    packages += ["conv_course.exercises"]
    places = {"conv_course.exercises": "exercises"}
setup(packages=packages, package_dir=places)
