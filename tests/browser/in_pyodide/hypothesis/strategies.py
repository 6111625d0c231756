"""Strategies for the replacement of Hypothesis: each is a function of a random.Random."""


def integers(low, high):
    return lambda rng: rng.randint(low, high)


def sampled_from(values):
    return lambda rng: rng.choice(list(values))


def none():
    return lambda rng: None


def tuples(*strategies):
    return lambda rng: tuple(strategy(rng) for strategy in strategies)


def lists(strategy, *, min_size=0, max_size=10):
    return lambda rng: [strategy(rng) for _ in range(rng.randint(min_size, max_size))]


def one_of(*strategies):
    return lambda rng: rng.choice(strategies)(rng)


def composite(function):
    def strategy(*args, **kwargs):
        return lambda rng: function(lambda inner: inner(rng), *args, **kwargs)

    return strategy
