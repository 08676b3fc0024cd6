"""Turns a shipped model folder back into weights to train on from: runs are not kept, what ships is.

    python training/reader/recover.py models/reader runs/shipped

Writes model.pt and tokenizer.json to the second folder. Eight-bit weights come back as the nearest numbers they can stand for.
"""
import json
import pathlib
import shutil
import sys

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def weights(path):
    """Every parameter of a graph by its name in the network; those of linear layers are found by the bias they are added to."""
    graph = onnx.load(path).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    made_by = {output: node for node in graph.node for output in node.output}

    def full(name):
        """The matrix behind an input of a product, dequantised if it is in eight bits."""
        if name in stored and stored[name].dtype != np.int8:
            return stored[name]
        base = name.removesuffix("_quantized")
        scale, zero = stored[base + "_scale"], stored[base + "_zero_point"]
        return (stored[base + "_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale

    def matrix(name):
        """Walks up from a sum to the product it is the sum of."""
        node = made_by.get(name)
        while node is not None and node.op_type not in ("MatMul", "MatMulInteger", "Gemm"):
            node = next((made_by[i] for i in node.input if i in made_by), None)
        return None if node is None else full(node.input[1])

    found = {name.removeprefix("model."): torch.from_numpy(value.copy()) for name, value in stored.items() if name.startswith("model.") and value.dtype == np.float32
             and not name.endswith(("_scale", "_zero_point"))}
    for name, value in stored.items():
        if name.endswith("_quantized") and name.startswith("model."):
            found[name.removeprefix("model.").removesuffix("_quantized")] = torch.from_numpy(full(name).copy())
    for node in graph.node:
        if node.op_type != "Add":
            continue
        bias = next((i for i in node.input if i.startswith("model.") and i.endswith(".bias")), None)
        other = next((i for i in node.input if i != bias), None)
        name = bias and bias.removeprefix("model.").removesuffix("bias") + "weight"
        if bias and name not in found:
            got = matrix(other)
            if got is not None and got.shape[1] == stored[bias].shape[0]:
                found[name] = torch.from_numpy(got.T.copy())
    return found


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    state = {}
    for name in ("encoder.onnx", "heads.onnx", "classes.onnx"):
        state |= weights(folder / name)
    labels = json.loads((folder / "labels.json").read_text())
    kinds, roles = len(labels["kinds"]), len(labels["roles"])
    state["mix.weight"] = torch.tensor(labels["mix"]).view(kinds, -1)
    state["mix.bias"] = torch.tensor(labels["mix_bias"])
    state["width"] = torch.tensor(labels["width"]).view(-1, kinds)
    state["distance"] = torch.tensor(labels["distance"]).view(roles, -1)
    scale, shift = labels["event_scale"]
    state["event_scale"] = torch.tensor([float(np.log(scale * 3)), shift])
    torch.save(state, out / "model.pt")
    shutil.copy(folder / "tokenizer.json", out / "tokenizer.json")
    print(f"{len(state)} parameters, {sum(v.numel() for v in state.values()):,} numbers")


if __name__ == "__main__":
    main()
