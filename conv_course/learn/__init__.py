"""What a learner's command line does: `convolution-layer learn`, `convolution-layer check NOTEBOOK`.

`work` lays out the exercises in a folder of the learner's own, `check` runs a notebook in a terminal and
shows its cards. Both need nothing of the repository.
"""
