"""Sizes counted by hand and by brute force."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv_lib.sizes import (
    ReceptiveField,
    effective_size,
    leftover,
    output_size,
    padding_2d,
    padding_pair,
    receptive_field,
    same_padding,
    transposed_output_size,
)

SIZES, TAPS, STRIDES, DILATIONS, PADS = (
    st.integers(1, 20),
    st.integers(1, 6),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(0, 6),
)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation", "expected"),
    [
        (5, 3, 1, 0, 1, 3),  # starts 0 1 2
        (7, 3, 2, 1, 1, 4),  # starts -1 1 3 5
        (8, 3, 2, 0, 1, 3),  # starts 0 2 4; pixel 7 is left
        (7, 3, 1, 0, 3, 1),  # taps 0 3 6
        (4, 3, 1, (0, 5), 1, 7),
        (224, 7, 2, 3, 1, 112),  # the first layer of ResNet
        (1, 1, 5, 0, 1, 1),
    ],
)
def test_output_size_by_hand(size, kernel, stride, padding, dilation, expected):
    assert output_size(size, kernel, stride, padding, dilation) == expected


@given(SIZES, TAPS, STRIDES, st.tuples(PADS, PADS), DILATIONS)
def test_output_size_and_leftover_count_windows(size, kernel, stride, padding, dilation):
    padded = size + sum(padding)
    last_taps = [start + (kernel - 1) * dilation for start in range(0, padded, stride)]
    fitting = [tap for tap in last_taps if tap < padded]
    if not fitting:
        with pytest.raises(ValueError, match=f"padded input has only {padded}"):
            output_size(size, kernel, stride, padding, dilation)
        return
    assert output_size(size, kernel, stride, padding, dilation) == len(fitting)
    assert leftover(size, kernel, stride, padding, dilation) == padded - 1 - fitting[-1]


@given(SIZES, TAPS, STRIDES, st.tuples(PADS, PADS), DILATIONS)
def test_ceil_mode_gives_the_leftover_a_window(size, kernel, stride, padding, dilation):
    """Windows are added while pixels are left, unless the next one would start after the last pixel."""
    span = effective_size(kernel, dilation)
    padding = tuple(min(pad, span // 2) for pad in padding)  # the maximum for pooling
    padded = size + sum(padding)
    if span >= padded + stride:
        with pytest.raises(ValueError, match=f"only {padded}.*ceil_mode adds at most {stride - 1}$"):
            output_size(size, kernel, stride, padding, dilation, ceil_mode=True)
        return
    windows, start = 1, 0
    while start + span < padded and start + stride < size + padding[0]:
        windows, start = windows + 1, start + stride
    assert output_size(size, kernel, stride, padding, dilation, ceil_mode=True) == windows
    fitting = 0 if span > padded else output_size(size, kernel, stride, padding, dilation)
    assert fitting <= windows <= fitting + 1


@given(SIZES, TAPS, STRIDES, DILATIONS)
def test_same_padding_keeps_ceil_of_size_over_stride(size, kernel, stride, dilation):
    before, after = same_padding(size, kernel, stride, dilation)
    assert after - before in (0, 1)
    assert output_size(size, kernel, stride, "same", dilation) == -(-size // stride)
    if before + after:  # one zero less would lose an output
        smaller = size + before + after - 1 - effective_size(kernel, dilation)
        assert smaller < 0 or smaller // stride + 1 < -(-size // stride)


@given(SIZES, TAPS, STRIDES, st.tuples(PADS, PADS), DILATIONS, st.integers(0, 4))
def test_transposed_size_leads_back(size, kernel, stride, padding, dilation, extra):
    """A conv of the transposed layer's output has its input's size, with output_padding left over."""
    if extra >= stride:
        return
    full = (size - 1) * stride + dilation * (kernel - 1) + 1 + extra
    if full <= sum(padding):
        with pytest.raises(ValueError, match=f"padding crops {sum(padding)} pixels .* only {full}"):
            transposed_output_size(size, kernel, stride, padding, extra, dilation)
        return
    result = transposed_output_size(size, kernel, stride, padding, extra, dilation)
    assert result == full - sum(padding)
    if padding[0] == padding[1]:
        assert result == transposed_output_size(size, kernel, stride, padding[0], extra, dilation)
    assert output_size(result, kernel, stride, padding, dilation) == size
    assert leftover(result, kernel, stride, padding, dilation) == extra


@given(SIZES, TAPS, STRIDES, DILATIONS)
def test_transposed_same_is_size_times_stride_split_as_in_keras(size, kernel, stride, dilation):
    """Keras 3 slides over the dilated input. The zeros that it puts before it determine the crop."""
    assert transposed_output_size(size, kernel, stride, "same", 0, dilation) == size * stride
    span = effective_size(kernel, dilation)
    zeros = min(-(-(stride + span - 2) // 2), span - 1)  # half of S + Ke - 2, rounded up, and at most Ke - 1
    before, after = same_padding(size * stride, kernel, stride, dilation)
    assert before == span - 1 - zeros
    assert before + after == max(span - stride, 0)
    with pytest.raises(
        ValueError, match=f'"same" sets .* {size} . {stride} pixels, but got output_padding 1'
    ):
        transposed_output_size(size, kernel, stride, "same", 1, dilation)


def test_transposed_size_by_hand():
    assert transposed_output_size(2, 3) == 4  # stamps at 0 and 1, three wide
    assert transposed_output_size(2, 3, stride=4) == 7  # stamps at 0 and 4
    assert transposed_output_size(2, 3, stride=4, padding=2) == 3
    assert transposed_output_size(2, 3, stride=4, output_padding=3) == 10
    assert transposed_output_size(2, 3, stride=4, padding=(1, 3)) == 7 - 1 - 3
    assert transposed_output_size(2, 3, stride=4, padding="valid") == 7
    assert transposed_output_size(2, 3, stride=4, padding="same") == 2 * 4
    assert transposed_output_size(2, 3, dilation=2, output_padding=1) == 7  # below max(stride, dilation)


def test_errors_name_both_sizes():
    with pytest.raises(ValueError, match=r"spans 9 \(5 taps, dilation 2\) .* only 8 \(6 \+ padding 1 \+ 1\)"):
        output_size(6, 5, padding=1, dilation=2)
    with pytest.raises(ValueError, match=r"spans 4 but the padded input has only 3$"):
        output_size(3, 4)
    with pytest.raises(ValueError, match="output_padding 2 with stride 2 and dilation 1"):
        transposed_output_size(3, 3, stride=2, output_padding=2)
    with pytest.raises(ValueError, match="crops 6 pixels but the full output has only 5"):
        transposed_output_size(3, 3, padding=3)
    with pytest.raises(ValueError, match=r"crops 5 pixels \(1 \+ 4\) but the full output has only 5"):
        transposed_output_size(3, 3, padding=(1, 4))
    with pytest.raises(ValueError, match="size must be at least 0, got -1"):
        output_size(-1, 1)
    with pytest.raises(ValueError, match=r"spans 2 .* only 0, and ceil_mode adds at most 0"):
        output_size(0, 2, stride=3, ceil_mode=True)
    with pytest.raises(TypeError, match=r"kernel must be an integer, got 3\.0"):
        output_size(5, 3.0)
    with pytest.raises(ValueError, match="kernel must be at least 1, got 0"):
        effective_size(0)


def test_padding_forms():
    assert padding_pair((0, 3), 5, 3) == padding_pair([0, 3], 5, 3) == (0, 3)
    assert padding_pair("valid", 5, 3) == (0, 0)
    assert padding_2d(2, (5, 6), (3, 3)) == ((2, 2), (2, 2))
    assert padding_2d((1, 2), (5, 6), (3, 3)) == ((1, 1), (2, 2))
    assert padding_2d("same", (5, 6), (2, 5), (1, 2), (1, 1)) == ((0, 1), (1, 2))
    assert padding_2d("valid", (5, 6), (2, 5)) == ((0, 0), (0, 0))


def brute_force_field(layers, output):
    """Return the input positions that reach an output, by following every tap of every layer back."""
    seen = {output}
    for kernel, stride, padding, dilation in reversed(layers):
        seen = {i * stride - padding + k * dilation for i in seen for k in range(kernel)}
    return min(seen), max(seen)


@given(st.lists(st.tuples(TAPS, st.integers(1, 3), st.integers(0, 3), st.integers(1, 3)), max_size=4))
def test_receptive_field_by_brute_force(layers):
    field = receptive_field(layers)
    for output in (0, 1, 5):
        first = field.start + output * field.jump
        assert brute_force_field(layers, output) == (first, first + field.size - 1)


def test_receptive_field_by_hand():
    assert receptive_field([]) == ReceptiveField(1, 1, 0)
    assert receptive_field([(3,), (2, 2), (3,)]) == ReceptiveField(3 + 1 + 2 * 2, 2, 0)
    assert receptive_field([(7, 2, 3), (3, 2, 1)]) == ReceptiveField(7 + 2 * 2, 4, -3 - 2)
    assert receptive_field([3, 3]).size == 5
    assert receptive_field([(4, 1, (1, 2))]).start == -1
    assert receptive_field([(4, 1, "valid")]).centre == 1.5


def test_receptive_field_errors():
    with pytest.raises(ValueError, match="layer 1 must give its padding in pixels, got 'same'"):
        receptive_field([(3,), (3, 1, "same")])
    with pytest.raises(ValueError, match=r"layer 0 must be .* got 5 entries"):
        receptive_field([(3, 1, 0, 1, 1)])
    with pytest.raises(ValueError, match="stride must be at least 1, got 0"):
        receptive_field([(3, 0)])
