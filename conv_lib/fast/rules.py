"""The rules: for each pass, the first algorithm that fits the layer and pays is used."""

from conv_lib.fast import (
    batch_last,
    col2im,
    depthwise,
    fft,
    flipped,
    im2col,
    im2col_weights,
    mec,
    pointwise,
    winograd,
    winograd_weights,
)

RULES = (
    pointwise.ONE_WINDOW,
    pointwise.POINTWISE,
    depthwise.DEPTHWISE,
    winograd.WINOGRAD,
    winograd_weights.WINOGRAD,
    fft.FFT,
    batch_last.BATCH_LAST,
    mec.MEC,
    flipped.FLIPPED,
    im2col.IM2COL,
    im2col_weights.IM2COL,
    col2im.COL2IM,
)
# The rules of each pass. The last is the general algorithm: it computes every layer of one group
PASSES = {
    name: tuple(algorithm for algorithm in RULES if getattr(algorithm, name))
    for name in ("forward", "input_gradient", "weight_gradient")
}


def choose(name, p, asked="auto"):
    """The algorithm for a pass of a problem, and the problem that it computes: p, or one group of it.

    An algorithm that is requested by name is taken where it has the pass and fits. Otherwise the rules
    choose; unless `asked` is "auto", only among the algorithms that add the definition's own products.
    """
    fitting = [(rule, part) for part in (p, p.one_group()) for rule in PASSES[name] if rule.fits(part)]
    named = (pair for pair in fitting if pair[0].name == asked)
    paying = (pair for pair in fitting if (pair[0].exact or asked == "auto") and pair[0].pays(pair[1]))
    return next(named, None) or next(paying)  # the last rule fits one group of everything, and pays
