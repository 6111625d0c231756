"""Print an exam on the convolution layer with its answers: numbers drawn from a seed, for pen and paper.

    python3 course.py exam [--seed N] [--chapters 2-6] [--questions 6] [--no-answers]

Everything is drawn so that no two sizes are equal and the numbers stay small. Without a seed a long one is
drawn; it is printed with the answers, not on the sheet for the class.
No page of the book has these questions: a class cannot look them up.
"""

import argparse
import secrets
import sys

import numpy as np

from conv_lib import naive, sizes

QUESTIONS = []  # (chapter, function that draws one question and its answer)


def of_chapter(number):
    def add(draw):
        QUESTIONS.append((number, draw))
        return draw

    return add


def whole(rng, *shape, least=-3, most=6):
    """Return small whole numbers as floats, none of them 0 and not all equal."""
    values = [v for v in range(least, most) if v]
    drawn = rng.choice(values, shape).astype(float)
    return whole(rng, *shape, least=least, most=most) if np.all(drawn == drawn.flat[0]) else drawn


def asymmetric(rng, size):
    """Return taps that are not symmetric."""
    taps = whole(rng, size)
    return taps if np.any(taps != taps[::-1]) else asymmetric(rng, size)


def row(values):
    return "(" + ", ".join(f"{value:g}" for value in np.ravel(values)) + ")"


def axis(rng, *, leftover=None):
    """Return W, kW, S, P and W', all different except P. `leftover` requires or excludes leftover samples."""
    while True:
        kW, S, P = int(rng.integers(2, 6)), int(rng.integers(2, 5)), int(rng.integers(0, 3))
        W = int(rng.integers(kW + 3, 15))
        out, left = sizes.output_size(W, kW, S, P), sizes.leftover(W, kW, S, P)
        if len({W, kW, S, out}) == 4 and out > 1 and (leftover is None or leftover == (left > 0)):
            return W, kW, S, P, out, left


@of_chapter(2)
def outputs(rng):
    W, kW, S, P, _, _ = axis(rng)
    x, w, b = whole(rng, W), asymmetric(rng, kW), float(rng.integers(1, 4))
    y = naive.conv1d(x, w, b, stride=S, padding=P)
    text = f"Compute all outputs of the layer with the signal {row(x)}, the kernel {row(w)}, the bias {b:g}, "
    return f"{text}stride {S} and {P} zeros on each side. The kernel is not flipped.", row(y)


@of_chapter(2)
def size(rng):
    W, kW, S, P, out, left = axis(rng, leftover=True)
    text = f"A signal of {W} samples, a kernel of {kW} taps, stride {S}, {P} zeros on each "
    text += "side. How many outputs "
    text += (
        "are there, how many places are left over, and how long is the longest signal with as many outputs?"
    )
    return text, f"{out} outputs, {left} left over, at most {W + S - 1 - left} samples"


@of_chapter(3)
def dout_of_dx(rng):
    dout, w = whole(rng, 4), asymmetric(rng, 3)
    dx = naive.conv1d_backward(dout, np.zeros(6), w)[0]
    text = f"A layer with the kernel {row(w)}, stride 1 and no padding gives back dx = {row(dx)}. "
    return f"{text}Which dout was it handed?", row(dout)


@of_chapter(4)
def gradients(rng):
    x, w, dout = whole(rng, 6), asymmetric(rng, 2), whole(rng, 5)
    dx, dw, db = naive.conv1d_backward(dout, x, w)
    text = f"Stride 1, no padding: x = {row(x)}, w = {row(w)}, dout = {row(dout)}. Find dx, dw and db."
    return text, f"dx = {row(dx)}, dw = {row(dw)}, db = {db:g}"


@of_chapter(4)
def padding_of_dx(rng):
    kW = int(rng.integers(3, 8))
    W = int(rng.integers(2 * kW, 30))
    text = f"A layer of stride 1 without padding has {W} samples and {kW} taps. With how "
    text += "many zeros, on each side, "
    text += "is dout padded to get dx in one pass, and how many entries has dout with them?"
    return text, f"{kW - 1} zeros on each side, {W - kW + 1 + 2 * (kW - 1)} entries"


@of_chapter(5)
def differences(rng):
    a, c, at = (int(v) for v in rng.choice(range(2, 7), 3, replace=False))
    low, middle, high = (a * v**3 + c * v for v in (at - 0.5, at, at + 0.5))
    text = f"f(x) = {a}x³ + {c}x at x = {at}, step h = 0.5. What are the one-sided and the "
    text += "central difference, and "
    answer = f"one-sided {2 * (high - middle):g}, central {high - low:g}, true {3 * a * at**2 + c}"
    return text + "what is the true rate?", answer


@of_chapter(6)
def strided(rng):
    W, kW, S, P, _, left = axis(rng, leftover=True)
    text = f"Forward: {W} samples, {kW} taps, stride {S}, {P} zeros on each side. Backward, "
    text += "dx in one pass at stride "
    text += "1: how many zeros come between neighbours of dout, how many in front, and how "
    text += "many behind? (A negative "
    text += "number means: crop.)"
    return text, f"{S - 1} between, {kW - 1 - P} in front, {kW - 1 - P + left} behind"


@of_chapter(8)
def counts(rng):
    N, D, F, kH, kW = (int(v) for v in rng.choice(range(2, 10), 5, replace=False))
    H, W = (int(v) for v in rng.choice(range(12, 40), 2, replace=False))
    text = f"{N} images of {D} x {H} x {W} go through a layer of {F} filters of {kH} x {kW}, "
    text += "stride 1, no padding. "
    text += "What are the shapes of w and of y, and how many numbers does the layer learn?"
    learn = F * (D * kH * kW + 1)
    answer = f"w is {F} x {D} x {kH} x {kW}, y is {N} x {F} x {H - kH + 1} x {W - kW + 1}; {learn} numbers"
    return text, answer


@of_chapter(9)
def bias(rng):
    dout = whole(rng, 2, 3, 1, 4)
    listed = "; ".join(f"image {n}, filter {f}: {row(dout[n, f])}" for n in range(2) for f in range(3))
    text = f"dout of a layer with two images, three filters and outputs of 1 x 4 is: {listed}. What is db?"
    return text, row(dout.sum(axis=(0, 2, 3)))


@of_chapter(13)
def span(rng):
    kW, Dl = (int(v) for v in rng.choice(range(2, 7), 2, replace=False))
    W = Dl * (kW - 1) + 1 + int(rng.integers(2, 9))
    text = f"A kernel of {kW} taps with dilation {Dl} slides along {W} samples, stride 1, no "
    text += "padding. How many places "
    answer = f"{sizes.effective_size(kW, Dl)} places, {sizes.output_size(W, kW, dilation=Dl)} outputs"
    return text + "does it span, and how many outputs are there?", answer


@of_chapter(14)
def stamps(rng):
    x, w = whole(rng, 4), asymmetric(rng, 3)
    y = naive.conv_transpose2d(x[None, None, None], w[None, None, None], stride=(1, 2))[0, 0, 0]
    text = f"A transposed layer of stride 2 without cropping has the kernel {row(w)}. What "
    text += f"does it make of {row(x)}?"
    return text, row(y)


@of_chapter(15)
def field(rng):
    layers = [
        (int(k), int(s)) for k, s in zip(rng.choice([2, 3, 5], 3), rng.choice([1, 2, 3], 3), strict=True)
    ]
    listed = ", then ".join(f"{k} taps at stride {s}" for k, s in layers)
    answer = sizes.receptive_field([(k, s, 0, 1) for k, s in layers]).size
    return f"Three layers: {listed}. How many samples does one output depend on?", f"{answer} samples"


def exam(seed, count, chapters=(2, 17)):
    """Return `count` questions and answers from these chapters, the same for the same arguments."""
    rng = np.random.default_rng(seed)
    known = [entry for entry in QUESTIONS if chapters[0] <= entry[0] <= chapters[1]]
    if not 1 <= count <= len(known):
        raise ValueError(
            f"there are {len(known)} questions on chapters {chapters[0]} to {chapters[1]}, not {count}"
        )
    places = sorted(rng.permutation(len(known))[:count])
    return [known[place][1](rng) for place in places]


def two_chapters(text):
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py exam", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--seed", type=int, help="the same seed gives the same exam")
    parser.add_argument("--questions", type=int, default=6, help="number of questions (6)")
    parser.add_argument(
        "--chapters", type=two_chapters, default=(2, 17), metavar="A-B", help="for example 2-9"
    )
    parser.add_argument("--no-answers", action="store_true", help="print only the sheet for the class")
    options = parser.parse_args(arguments)
    seed = secrets.randbits(128) if options.seed is None else options.seed
    try:
        drawn = exam(seed, options.questions, options.chapters)
    except ValueError as error:
        print(f"course.py exam: {error}", file=sys.stderr)
        return 2
    print("# Exam\n")  # learners see it, and with the seed they could print the answers
    print("\n\n".join(f"{number}. {text}" for number, (text, _) in enumerate(drawn, 1)))
    if not options.no_answers:
        print(f"\n\n# Answers to the exam of seed {seed}\n")
        print("\n\n".join(f"{number}. {answer}" for number, (_, answer) in enumerate(drawn, 1)))
    else:
        print(f"Its answers: the same command with --seed {seed}, without --no-answers", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
