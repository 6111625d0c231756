"""The learner's commands: `convolution-layer learn`, `convolution-layer check NOTEBOOK`.

`work` puts the exercises into a folder of the learner's own. `check` runs a notebook in a terminal and shows
its cards. Neither needs the repository.
"""
