"""Checkpoints to test with: the shipped network, its INT8 weights expanded to float, and networks of random numbers."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from models import runtimes
from models.train import NETWORK, SIZE
from models.weights import SHIPPED

PREFIX = "__module."


def checkpoint(path: Path) -> Path:
    """The shipped network as a .pt file: the same weights, its batch norms as the identity with the biases."""
    ultralytics = runtimes.ultralytics()
    model = ultralytics.YOLO(str(NETWORK), task="detect")
    network: Any = model.model
    network.names = {0: "person"}
    modules = dict(network.named_modules())
    for name, weight, bias in _convolutions():
        convolution = modules[name]
        convolution.weight.data = convolution.weight.new_tensor(weight.reshape(tuple(convolution.weight.shape)))
        if bias is None:
            continue
        if convolution.bias is not None:
            convolution.bias.data = convolution.bias.new_tensor(bias)
            continue
        norm = modules[f"{name.removesuffix('conv')}bn"]
        norm.reset_running_stats()
        norm.running_var -= norm.eps
        norm.bias.data = norm.bias.new_tensor(bias)
    model.ckpt = {"train_args": {"imgsz": max(SIZE)}}
    model.save(str(path))
    return path


def random(path: Path, network: str, first: str = "person") -> Path:
    """A network of random numbers, which finds nobody, as a .pt file; `first` is the name of its class 0."""
    model = runtimes.ultralytics().YOLO(network)
    model.model.names = {**model.model.names, 0: first}
    model.save(str(path))
    return path


def onnx(checkpoint: Path, size: tuple[int, int]) -> Path:
    """A checkpoint as an .onnx file beside it, for an input of a height and a width."""
    ultralytics = runtimes.quiet_ultralytics(checkpoint.parent)
    model = ultralytics.YOLO(str(checkpoint), task="detect")
    with warnings.catch_warnings(action="ignore"):  # torch deprecates the exporter that ultralytics calls
        return Path(model.export(format="onnx", imgsz=list(size), batch=1))


def _convolutions() -> list[tuple[str, np.ndarray, np.ndarray | None]]:
    """Name, weights and bias of every convolution in the shipped IR."""
    core = runtimes.openvino().Core()
    network = core.read_model(next(SHIPPED.glob("*.xml")))
    found = []
    for operation in network.get_ordered_ops():
        if operation.get_type_name() in {"Convolution", "GroupConvolution"}:
            name = operation.get_friendly_name().partition("/")[0].removeprefix(PREFIX)
            (after,) = (port.get_node() for port in operation.output(0).get_target_inputs())
            added = after.input_value(1).get_node() if after.get_type_name() == "Add" else None
            found.append((name, _values(operation.input_value(1).get_node()), _flat(added)))
    return found


def _flat(node: Any) -> np.ndarray | None:
    return None if node is None else _values(node).reshape(-1)


def _values(node: Any) -> np.ndarray:
    """The numbers of a constant, or of one that is converted and scaled."""
    match node.get_type_name():
        case "Constant":
            return np.asarray(node.get_data(), np.float32)
        case "Convert":
            return _values(node.input_value(0).get_node())
        case "Multiply":
            numbers: np.ndarray = _values(node.input_value(0).get_node()) * _values(node.input_value(1).get_node())
            return numbers
    raise AssertionError(node.get_type_name())
