"""All numbers that were found by measuring: the sizes of blocks, and where one way begins to pay.

They are read at each call, so that a test can set them. Those of a rule are read once for each layer, as
plans are kept (`dispatch.plan.cache_clear()` forgets them).

Found on two cores of a virtual machine (AMD EPYC; 32 KiB of first-level and 512 KiB of second-level cache for
each core, 32 MiB shared), NumPy 2.4 with OpenBLAS 0.3.31, float32. "On" names the layers, of
`benchmarks.layers` if not described, that feel the number: measure these again when it changes. A factor is
the time without the trick divided by the time with it, in processes that took turns.
"""

KiB, MiB = 1 << 10, 1 << 20

# --- Threads, in operations of one layer (a multiply and an add are two) ---
# With fewer than this, waking a second thread costs more than it saves.
# On LeNet (fewer), 1x1 14 1024-256 (more)
SHARED_WORK = 20_000_000
# The same in a depthwise layer, where an operation takes several times as long. On depthwise 3x3 56/128
DEPTHWISE_SHARED_WORK = SHARED_WORK // 4

# --- Memory ---
# Bytes of scratch that a thread keeps between calls. On ResNet 3x3 56/64, whose dw takes the most
SCRATCH_BYTES = 12 * MiB
# The first-level cache of most processors: bytes of a line, lines that a set holds, number of sets.
# On 3x3 16-16 and 64-64 with planes of 32x32 and 64x64: 1.15
CACHE_LINE, CACHE_WAYS, CACHE_SETS = 64, 8, 64

# --- The product with columns: im2col, col2im, MEC ---
# Bytes of columns in a block. More than a core's own cache holds: every block costs some calls, and during
# calls the threads take turns at the interpreter. On 3x3/2 56/128, AlexNet c1
COLUMNS_BYTES = 2560 * KiB
# With more copies of a pixel than this, a strided layer splits the padded image by phase first, so that each
# tap reads neighbours. On 3x3/2 56/128 (2.25 copies: does not), ResNet stem (12, dw: 1.14), AlexNet c1 (7.6)
PHASE_COPIES = 4
# With at most this many products in an output, adding the bias as one more is cheaper than a pass over y.
# On VGG 1_1 and ResNet stem: 1.07
BIAS_PRODUCTS = 256
# Below this width of y, rereading the weights for every output row costs MEC more than it saves.
# On VGG 1_1 (1.1), 5x5 16-16 on 100x100 (1.4 to 1.7), ResNet 3x3 28/128 (does not)
LONG_ROW = 48
# MEC rereads the weights of a kernel row for every output row: the most bytes of them. On VGG 3_2 (does not)
KERNEL_ROW_BYTES = 256 * KiB
# Up to this many bytes of weights, each thread sums a dw of its own. On VGG 1_1 (does, 1.27), 3x3/2 on 14x14,
# 256-512 (does not)
OWN_SUMS_BYTES = 768 * KiB
# Pixels that a product for dw sums over, from several images where one has fewer.
# On 3x3/2 on 14x14, 256-512, batch 8: 1.3
SUMMED_PIXELS = 512
# dx gathers dout where there are this many times as many channels as filters, and at least this many pixels:
# with fewer, flipping the filters costs more than it saves. On 5x5 128-16 on 28x28: 1.4 to 1.7
FLIPPED_RATIO, FLIPPED_PIXELS = 4, 400

# --- Many small images, the batch innermost. On LeNet c2 at batch 8: 1.4, at 32: 1.8, backward 2 to 3 ---
# From this many images on, with rows of y of at most this length
SMALL_BATCH, SHORT_ROW = 8, 32
# The most bytes of columns of one small image. On LeNet c1 (77 KiB), 3x3 16-16 on 32x32 (576 KiB: does not)
SMALL_IMAGE_BYTES = 128 * KiB
# Bytes of columns in a block of images
BATCH_BYTES = 3 * MiB

# --- 1x1 layers ---
# Bytes of outputs in one block, so that the bias finds them in the cache. On 1x1 56 64-256
POINTWISE_BYTES = 1600 * KiB

# --- Depthwise layers ---
# Bytes of the shifted copies in one block. On depthwise 3x3 56/128
DEPTHWISE_BYTES = 4 * MiB

# --- FFT. On square kernels of 9 to 31 taps a side, 32-32 on 64x64 ---
# Kernels of fewer taps are left out. The FFT's operations, each counted as eight of a matrix product, have to
# be under this share of the direct ones
FFT_TAPS, FFT_SLOWNESS, FFT_SHARE = 100, 8, 0.6
# Bytes of transformed filters of one task
FFT_FILTERS_BYTES = 8 * MiB

# --- Winograd. On the 3x3 layers of ResNet and VGG ---
# The cost of transforming a tile, for each channel and for each filter, and of transforming a filter's slice,
# in operations of a matrix product. By count 36 * 36 * 2, 36 * 16 * 2 and 648: gathering and scattering make
# the first two slower, the last writes four times what it reads
TILE_INPUT_COST, TILE_OUTPUT_COST, FILTER_COST = 3400, 1700, 2000
# The least channels and filters, the least operations of the direct method, and the share of them that
# Winograd's cost has to be under
WINOGRAD_CHANNELS, WINOGRAD_WORK, WINOGRAD_SHARE = 16, 10_000_000, 0.7
# Bytes of transformed tiles in one block. On VGG 3_2
TILES_BYTES = 3 * MiB
# Up to this many bytes of transformed tiles in all, the filters are cut instead. On ResNet 3x3 7/512: 1.8
FEW_TILES_BYTES = 4 * MiB
# Bytes of transformed filters at one time. On ResNet 3x3 7/512
FILTERS_BYTES = 5 * MiB
# dw: bytes of the transformed tiles of x and dout at one time, in one block, and of the sums that they are
# added to. On ResNet 3x3 56/64 and 7/512, with the bound on memory in tests/test_fast_machinery.py
GRADIENT_TILES_BYTES = 6 * MiB
GRADIENT_BLOCK_BYTES = 1500 * KiB
GRADIENT_SUMS_BYTES = 10 * MiB
