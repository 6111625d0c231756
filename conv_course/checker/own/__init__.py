"""Questions on a learner's own code, once it has full marks.

`plan` reads the text of a right function and says what is to be run: the function as it stands, with a note
taken in every round of its loops, and with one small change at a time. `inside` runs that where learners'
code runs, and knows no right answer. `ask` makes up to three questions of what came back: the value of a
variable in a given round, what a changed line gives, and the call that tells the code from a changed one.
Each right answer and each wrong choice is what some text gave when it was run; where the code has nothing to
ask about there are fewer questions, and `Sheet.missing` says why. `notebook` asks them in a notebook.
"""

from .ask import Sheet, asked
from .plan import NotReadable, Plan, plan

__all__ = ["NotReadable", "Plan", "Sheet", "asked", "plan"]
