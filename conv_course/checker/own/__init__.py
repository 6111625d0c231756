"""Questions on a learner's own code, once it has full marks.

`plan` reads the source of a right function and lists the programs to run: the function itself, the function
with a note in every round of its loops, and the function with one small change at a time. `inside` runs them
in the process of the learner's code, and knows no right answer. `ask` makes up to three questions from the
results: the value of a variable in a given round, the result after a line is changed, and the call whose
result shows that a line was changed. Every option, right or wrong, is the result of some run. If the code has
too little to ask about, there are fewer questions, and `Sheet.missing` gives the reason. `notebook` asks them
in a notebook, and the book's pages through `as_json`.
"""

from .ask import Sheet, asked
from .plan import NotReadable, Plan, can_be_asked, plan

__all__ = ["NotReadable", "Plan", "Sheet", "asked", "can_be_asked", "plan"]
