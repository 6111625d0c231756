"""All constants that were found by measuring: block sizes, and thresholds from which an algorithm pays.

They are read at each call, so that a test can set them. The thresholds of a rule are read once for each
layer, because plans are cached (`dispatch.plan.cache_clear()` forgets them).

Found on two cores of a virtual machine (AMD EPYC; 32 KiB of first-level and 512 KiB of second-level cache for
each core, 32 MiB shared), NumPy 2.4 with OpenBLAS 0.3.31, float32. "On" names the layers whose time depends
on the constant (from `benchmarks.layers` unless their sizes are given): measure these again when it changes.
A factor is the time without the optimization divided by the time with it, in processes that took turns.
"Does" and "does not" say whether a layer comes under the rule.
"""

KiB, MiB = 1 << 10, 1 << 20

# --- Threads, in operations of one layer (a multiply and an add are two) ---
# With fewer than this, waking a second thread costs more than it saves.
# On LeNet (fewer), 1x1 14 1024-256 (more)
SHARED_WORK = 20_000_000
# The same in a depthwise layer, where an operation takes several times as long. On depthwise 3x3 56/128
DEPTHWISE_SHARED_WORK = SHARED_WORK // 4

# --- Memory ---
# Max bytes of scratch that a thread keeps between calls. On ResNet 3x3 56/64, whose dw takes the most
SCRATCH_BYTES = 12 * MiB
# The first-level cache of most processors: bytes per line, lines per set, number of sets.
# On 3x3 16-16 and 64-64 with planes of 32x32 and 64x64: 1.15
CACHE_LINE, CACHE_WAYS, CACHE_SETS = 64, 8, 64

# --- The product with columns: im2col, col2im, MEC ---
# Max bytes of columns, or of what another algorithm makes in their place, in one block. This is more than a
# core's own cache holds: every block costs some Python calls, which only one thread can run at a time.
# On 3x3/2 56/128, AlexNet c1
COLUMNS_BYTES = 2560 * KiB
# If im2col copies a pixel more often than this, a strided layer first splits the padded image by phase, so
# that each tap reads contiguous pixels. On 3x3/2 56/128 (2.25 copies: does not), ResNet stem (12, dw: 1.14),
# AlexNet c1 (7.6)
PHASE_COPIES = 4
# If an output sums at most this many products, adding the bias as one more is cheaper than a pass over y.
# On VGG 1_1 and ResNet stem: 1.07
BIAS_PRODUCTS = 256
# Below this width of y, rereading the weights for every output row costs MEC more than it saves.
# On VGG 1_1 (1.1), 5x5 16-16 on 100x100 (1.4 to 1.7), ResNet 3x3 28/128 (does not)
LONG_ROW = 48
# Max bytes of weights in one kernel row for MEC, which rereads them for every output row.
# On VGG 3_2 (does not)
KERNEL_ROW_BYTES = 256 * KiB
# Up to this many bytes of weights, the threads share the output rows and add to one dw.
# On VGG 1_1 (does, 1.27), 3x3/2 on 14x14, 256-512 (does not)
SHARED_SUMS_BYTES = 768 * KiB
# Pixels that one product for dw sums over; small images are taken together to reach it.
# On 3x3/2 on 14x14, 256-512, batch 8: 1.3
SUMMED_PIXELS = 512
# dx is a convolution of dout if channels / filters is at least the first number and there are at least this
# many output pixels; with fewer, flipping the filters costs more than it saves.
# On 5x5 128-16 on 28x28: 1.4 to 1.7
FLIPPED_RATIO, FLIPPED_PIXELS = 4, 400

# --- Many small images, the batch innermost. On LeNet c2 at batch 8: 1.4, at 32: 1.8, backward 2 to 3 ---
# Min images, and max length of a row of y
SMALL_BATCH, SHORT_ROW = 8, 32
# Max bytes of columns of one small image. On LeNet c1 (77 KiB), 3x3 16-16 on 32x32 (576 KiB: does not)
SMALL_IMAGE_BYTES = 128 * KiB

# --- FFT. On square kernels from 9x9 to 31x31, 32-32 on 64x64 ---
# Min taps of a kernel; the operations of a matrix product that take as long as one of the FFT; and the share
# of the direct method's operations that the cost must stay under
FFT_TAPS, FFT_SLOWNESS, FFT_SHARE = 100, 8, 0.6
# Max bytes of transformed filters in one task; every task transforms all images. 15x15, 31x31: 1.15 to 1.2
FFT_FILTERS_BYTES = 8 * MiB

# --- Winograd. On the 3x3 layers of ResNet and VGG ---
# In operations of a matrix product: the cost of transforming an input tile (per channel), an output tile (per
# filter) and one channel of a filter. The transforms alone take 36 * 36 * 2, 36 * 16 * 2 and 648 operations;
# gathering and scattering slow down the first two, and the last writes four times as much as it reads
TILE_INPUT_COST, TILE_OUTPUT_COST, FILTER_COST = 3400, 1700, 2000
# Min channels and min filters, min operations of the direct method, and the share of those operations that
# Winograd's cost must stay under
WINOGRAD_CHANNELS, WINOGRAD_WORK, WINOGRAD_SHARE = 16, 10_000_000, 0.7
# If the transformed tiles of the layer take at most this many bytes, the threads share the filters instead of
# the tiles. On ResNet 3x3 7/512: 1.8
FEW_TILES_BYTES = 4 * MiB
# Max bytes of transformed filters held at one time. On ResNet 3x3 7/512
FILTERS_BYTES = 10 * MiB
# For dw, max bytes of the transformed tiles of x and dout held at one time, and of the sums that they are
# added to. On ResNet 3x3 56/64 and 28/128, with the bound on memory in tests/test_fast_machinery.py
GRADIENT_TILES_BYTES, GRADIENT_SUMS_BYTES = 6 * MiB, 10 * MiB
