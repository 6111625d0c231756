"""A replacement for Hypothesis inside Pyodide, where its compiled part does not run.

It has the same strategies, drawn at random from a fixed seed. A failing case is shown but not minimised.
"""

import functools
import inspect
import random

EXAMPLES = 25  # Python is about ten times slower in the browser


def given(*in_order, **strategies):
    def wrap(test):
        # as in Hypothesis, unnamed strategies are for the last arguments
        names = list(inspect.signature(test).parameters)
        strategies.update(zip(names[len(names) - len(in_order) :], in_order, strict=True))

        @functools.wraps(test)
        def run(*args, **kwargs):
            rng = random.Random(test.__name__)
            for _ in range(EXAMPLES):
                drawn = {name: strategy(rng) for name, strategy in strategies.items()}
                try:
                    test(*args, **kwargs, **drawn)
                except BaseException:
                    print("the drawn case:", drawn)
                    raise

        # pytest must not look for fixtures of these names
        signature = inspect.signature(test)
        left = [one for name, one in signature.parameters.items() if name not in strategies]
        run.__signature__ = signature.replace(parameters=left)
        del run.__wrapped__
        return run

    return wrap


def settings(**_):
    return lambda test: test
