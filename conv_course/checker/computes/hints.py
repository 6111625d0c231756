"""Choose the hint for a fact, with wording that fits the question: not all questions have windows."""

HINTS = {
    "step": "From one entry to the next, how far does the window move?",
    "gap": "How far apart do two neighbouring weights meet the input?",
    "flip": "For the very first entry, which weight meets the first number of the window?",
    "turned": "Which window does the very first entry belong to, and which one stands there in yours?",
    "start": "Where does the window of the very first entry begin, and where does yours?",
    "kept": "Where a window reaches beyond the border: does it move inwards, or is that part of it 0?",
    "wraps": "What does an index below 0 mean in Python, and what should stand there?",
    "round": "What belongs at a place that lies outside the array?",
    "axes": "Write the axes of each array beside its name: in which order do they come?",
    "group": "At which place does the second group begin, and at which does yours?",
    "factor": "By what is each letter multiplied in the place that is asked for, and by what in yours?",
    "letter": "Which letters does the place depend on, and which one is missing in yours?",
    "every": "Which letters stand on the left-hand side, and which ones are summed?",
    "window": "Which numbers does one window hold, and how many?",
    "overwritten": "When two windows share a place, what happens to what was put there before?",
    "carried": "Each entry starts its sum anew: where does yours begin again?",
    "part": "Which of your loops, slices or conditions leaves the others out?",
    "lost": "Which of your loops, slices or conditions does not come to these?",
    "absent": "Which arrays does the formula of this result name, and which ones does yours take?",
    "nothing": "Print what is multiplied for the first entry: numbers of the arguments, or zeros?",
    "often": "How often should each product be counted?",
    "share": "By what is each number multiplied or divided in the formula of this entry?",
    "more": "Which of your terms does the formula of this entry not name?",
    "extra": "Which term of yours does the formula of this entry not name, and which line puts it there?",
    "fixed": "What does your function return when all of these are 0, and where does that come from?",
    "empty": "Which length or slice comes out as nothing here? (With p = 0, a[p:-p] is empty.)",
    "size": "How many entries are there? Count them in this case.",
}
NO_WINDOWS = {
    "kept": "Where the kernel reaches beyond the border: does it move inwards, or is that part left out?",
    "turned": "Which number stands at the very first place, and which one in yours?",
    "step": "From one entry to the next, how far is it in the other array?",
    "flip": "Take the first number of each array: where do they belong, and where are yours?",
    "start": "Choose a number for each letter: which place is asked for then, and which one is yours?",
    "window": "Which places of the two arrays belong together, and how many for each?",
    "overwritten": "When two numbers share a place, what happens to what was put there before?",
}
# an entry of a gradient belongs to a place of its array, not to a window
OF_GRADIENTS = {kind: NO_WINDOWS[kind] for kind in ("turned", "flip")}
OF_GRADIENTS["start"] = "At which place of x does the very first window begin, and at which one does yours?"
KERNELS = {"w", "kW", "k", "kernel"}


def has_windows(question):
    """Return whether a kernel slides over an input in this question. The transposed layer stamps it."""
    names = set(question.parameters)
    return bool(KERNELS & names) and len(names) > 1 and not question.stem.startswith("14")


def hint_of(kind, question, label=""):
    """Return the hint for a fact of this kind about the result called `label`."""
    if kind in OF_GRADIENTS and label in ("dx", "dw") and has_windows(question):
        return OF_GRADIENTS[kind]
    return (HINTS if has_windows(question) else HINTS | NO_WINDOWS)[kind]


def is_gradient(question, label):
    """Return whether a result is the gradient of an array, which the function may get only the length of."""
    return label in ("dx", "dw") or (label[:1] == "d" and label[1:] in question.parameters)


def size_hint(question, label):
    """Return the hint for a result of another size; a gradient has the size of its array."""
    own = label.removeprefix("d")
    if is_gradient(question, label):
        return f"Each entry of {own} has one in {label}: at which end has yours too many or too few?"
    return hint_of("size", question)
