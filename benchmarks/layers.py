"""The layers that the measurements run on: the shapes of well-known networks, float32.

Each layer is measured at the batch sizes that it lists. `work` counts the operations of the direct method,
with a multiply and an add as two, whichever method is used. So a rate in operations per second compares how
fast the same answer is computed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One convolution layer of a known network."""

    name: str
    D: int
    H: int
    W: int
    F: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    batches: tuple[int, ...] = (1, 8)

    @property
    def options(self):
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    @property
    def out(self):
        """(H', W')."""
        reach = self.dilation * (self.kernel - 1) + 1
        return tuple((n + 2 * self.padding - reach) // self.stride + 1 for n in (self.H, self.W))

    def shapes(self, N):
        """Return the shapes of x, w, b and y for a batch of N."""
        k = self.kernel
        w = (self.F, self.D // self.groups, k, k)
        return (N, self.D, self.H, self.W), w, (self.F,), (N, self.F, *self.out)

    def work(self, N):
        """Return the operations of one forward pass by the definition: 2 N F H' W' (D/groups) kH kW."""
        (_, (F, C, kH, kW), _, (_, _, Ho, Wo)) = self.shapes(N)
        return 2 * N * F * Ho * Wo * C * kH * kW


LAYERS = (
    Layer("LeNet c1 5x5", 1, 32, 32, 6, 5, batches=(1, 8, 32)),
    Layer("LeNet c2 5x5", 6, 14, 14, 16, 5, batches=(1, 8, 32)),
    Layer("AlexNet c1 11x11/4", 3, 224, 224, 64, 11, stride=4, padding=2),
    Layer("VGG 1_1 3x3", 3, 224, 224, 64, 3, padding=1),
    Layer("VGG 3_2 3x3", 256, 56, 56, 256, 3, padding=1),
    Layer("ResNet stem 7x7/2", 3, 224, 224, 64, 7, stride=2, padding=3),
    Layer("ResNet 3x3 56/64", 64, 56, 56, 64, 3, padding=1),
    Layer("ResNet 3x3 28/128", 128, 28, 28, 128, 3, padding=1),
    Layer("ResNet 3x3 14/256", 256, 14, 14, 256, 3, padding=1),
    Layer("ResNet 3x3 7/512", 512, 7, 7, 512, 3, padding=1),
    Layer("1x1 56 64-256", 64, 56, 56, 256, 1),
    Layer("1x1 14 1024-256", 1024, 14, 14, 256, 1),
    Layer("3x3/2 56/128", 128, 56, 56, 128, 3, stride=2, padding=1),
    Layer("depthwise 3x3 56/128", 128, 56, 56, 128, 3, padding=1, groups=128),
    Layer("3x3 dilated 28/256", 256, 28, 28, 256, 3, padding=2, dilation=2),
)
