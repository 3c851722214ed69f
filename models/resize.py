"""The same network for another input: what in an exported YOLO head depends on the size of the input is replaced.

Quantised networks of ultralytics' export (8, 11) are fully convolutional but for two constants of the head, the centres
of the anchors and their strides, which are recomputed here. Weights and quantisation stay bit for bit the same, so one
file of 2 MB serves every input; the alternative is an export per size.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

STRIDES = (8, 16, 32)
"""Of the three levels of the head."""

Size = tuple[int, int]
"""Height and width, pixels; multiples of the largest stride."""


class NotResizable(ValueError):
    """A network whose head is not the one that is known here."""


def anchors(size: Size) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Centres (1 × 2 × n: x, y, in cells) and strides (1 × 1 × n) of all anchors of an input, level by level."""
    centres, strides = [], []
    for stride in STRIDES:
        rows, columns = size[0] // stride, size[1] // stride
        y, x = np.meshgrid(np.arange(rows) + 0.5, np.arange(columns) + 0.5, indexing="ij")
        centres.append(np.stack((x.ravel(), y.ravel())))
        strides.append(np.full(rows * columns, stride))
    return (
        np.concatenate(centres, axis=1)[np.newaxis].astype(np.float32),
        np.concatenate(strides)[np.newaxis, np.newaxis].astype(np.float32),
    )


def resize(openvino: Any, network: Any, before: Size, after: Size) -> None:
    """Changes a network of the input `before` in place into one of the input `after`.

    Raises NotResizable, before anything is changed, unless the two constants are found as they should be.
    """
    if any(side % STRIDES[-1] or side <= 0 for side in after):
        raise NotResizable(f"input {after[1]}×{after[0]}: expected multiples of {STRIDES[-1]}")
    found = [_constant(network, values) for values in anchors(before)]
    network.reshape([1, 3, -1, -1])  # while the size is open, constants of another one do not contradict it
    for constant, values in zip(found, anchors(after), strict=True):
        new = openvino.opset15.constant(values)
        for target in constant.output(0).get_target_inputs():
            target.replace_source_output(new.output(0))
    network.reshape([1, 3, *after])


def _constant(network: Any, values: NDArray[np.float32]) -> Any:
    """The one constant of a network that has these values."""
    shape = list(values.shape)
    matching = [
        node
        for node in network.get_ops()
        if node.get_type_name() == "Constant"
        and list(node.get_output_shape(0)) == shape
        and np.array_equal(np.asarray(node.data, np.float32), values)
    ]
    if len(matching) != 1:
        raise NotResizable(f"a constant {shape} of the head: expected one, found {len(matching)}")
    return matching[0]
