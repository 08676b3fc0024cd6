"""Writes a trained network as the folder that the program carries: models/reader/.

    python training/reader/export.py runs/e5-1 models/reader [--base e5 --layers 9] [--f32]

encoder.onnx   ids, mask [1, n] -> hidden, both, spans, pair, keys; linear layers and word vectors in int8, unless --f32
heads.onnx     features [m, F], hidden [n, 384], claims [m, m], tokens [m, n] (distances) -> state, queries, event, real; int8 likewise
classes.onnx   state [m, 512], means of `both` over the words in each role [m, roles * 768] -> classes; f32
tokenizer.json, labels.json (label lists, small parameters), manifest.toml (hashes), and reference.json: inputs and outputs of
this Python for a few sentences of our own, which a test of the program must reproduce.
"""
import argparse
import hashlib
import json
import pathlib
import shutil

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

import bases
import data
from labels import CLASSES, KINDS, ROLE_TOKENS, ROLES, WIDTH
from model import BUCKETS, CHANNELS, EVENT, FEATURES, KEY, PAIR, Reader

SAMPLES = [
    {"kind": "wire", "outlet": "Agence Nord", "title": "Six soldiers die as rebels storm post",
     "text": "Rebels attacked an army post at Kardala overnight, killing at least six soldiers, a military source said on Tuesday.\n\nThe army denied any losses."},
    {"kind": "local-media", "outlet": "Radio Oum", "title": "Une explosion fait trois morts",
     "text": "Un engin explosif a tué trois civils mardi près d'Oum, selon des habitants. L'armée accuse le FLN."},
]


class Encode(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask):
        return tuple(x[0] for x in self.model.encode(ids, mask))


class Describe(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, features, hidden, claims, tokens):
        state, queries, event, real = self.model.describe(features, hidden, claims, tokens)
        return state, queries.flatten(1), event, real


class Classify(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, state, roles):
        classes = self.model.classify(state, roles.unflatten(1, (len(ROLES), -1)))
        return torch.cat([classes[name] for name in CLASSES], -1)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("run"), args.add_argument("out")
    args.add_argument("--base", default="e5"), args.add_argument("--layers", type=int, default=9)
    args.add_argument("--f32", action="store_true")
    a = args.parse_args()
    run, out = pathlib.Path(a.run), pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    state = torch.load(run / "model.pt", map_location="cpu")
    model = Reader(bases.Encoder(state["encoder.words.weight"].shape[0], a.layers))
    model.load_state_dict(state)
    model.eval()
    n = torch.export.Dim("n", min=2, max=512)
    m = torch.export.Dim("m", min=1, max=512)
    plain = out / "encoder-f32.onnx"
    torch.onnx.export(Encode(model), (torch.ones(1, 12, dtype=torch.long), torch.ones(1, 12, dtype=torch.long)), str(plain), dynamo=True,
                      input_names=["ids", "mask"], output_names=["hidden", "both", "spans", "pair", "keys"], opset_version=18,
                      dynamic_shapes={"ids": {1: n}, "mask": {1: n}}, external_data=False)
    near = (torch.zeros(3, 3, dtype=torch.int32), torch.zeros(3, 12, dtype=torch.int32))
    plain_heads = out / "heads-f32.onnx"
    torch.onnx.export(Describe(model), (torch.zeros(3, FEATURES), torch.zeros(12, 384), *near), str(plain_heads), dynamo=True,
                      input_names=["features", "hidden", "claims", "tokens"], output_names=["state", "queries", "event", "real"], opset_version=18,
                      dynamic_shapes={"features": {0: m}, "hidden": {0: n}, "claims": {0: m, 1: m}, "tokens": {0: m, 1: n}}, external_data=False)
    torch.onnx.export(Classify(model), (torch.zeros(3, 512), torch.zeros(3, len(ROLES) * 768)), str(out / "classes.onnx"), dynamo=True,
                      input_names=["state", "roles"], output_names=["classes"], opset_version=18,
                      dynamic_shapes={"state": {0: m}, "roles": {0: m}}, external_data=False)
    for whole, name in ((plain, "encoder.onnx"), (plain_heads, "heads.onnx")):
        if a.f32:
            whole.rename(out / name)
        else:
            quantize_dynamic(str(whole), str(out / name), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
                             op_types_to_quantize=["MatMul", "Gather", "Gemm"], extra_options={"MatMulConstBOnly": True})
            whole.unlink()
    shutil.copy(run / "tokenizer.json", out / "tokenizer.json")
    (out / "labels.json").write_text(json.dumps({
        "kinds": KINDS, "classes": [[name, values] for name, values in CLASSES.items()], "roles": ROLES, "role_tokens": ROLE_TOKENS, "span_tokens": WIDTH,
        "channels": CHANNELS, "pair": PAIR, "key": KEY, "event": EVENT, "buckets": BUCKETS,
        "mix": model.mix.weight.detach().flatten().tolist(), "mix_bias": model.mix.bias.detach().tolist(),
        "width": model.width.detach().flatten().tolist(), "distance": model.distance.detach().flatten().tolist(),
        "event_scale": [float(model.event_scale[0].exp().clamp(max=20) / 3), float(model.event_scale[1])]}) + "\n")
    tokenizer = Tokenizer.from_file(str(run / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    reference = []
    for sample in SAMPLES:
        e = data.example(tokenizer, sample, [])
        ids, mask, field = data.tensors([e])
        with torch.no_grad():
            h, both, spans, pair, keys = model.encode(ids, mask)
            logits = model.span_logits(spans, pair)[0]
        # Only spans inside one part count: no marks, nothing of the leading part, nothing beyond the end.
        last = torch.arange(len(ids[0]))[:, None] + torch.arange(WIDTH)
        inside = (last < len(ids[0])) & (field[0][:, None] > 0) & (field[0][last.clamp(max=len(ids[0]) - 1)] == field[0][:, None])
        logits = logits.masked_fill(~inside[..., None], -1e4)
        best = logits.flatten().topk(5)
        reference.append({"report": sample, "ids": e["text"].ids,
                          "best": [[i // (WIDTH * len(KINDS)), i // len(KINDS) % WIDTH, i % len(KINDS), v] for i, v in zip(best.indices.tolist(), best.values.tolist())]})
    (out / "reference.json").write_text(json.dumps(reference, ensure_ascii=False, indent=1) + "\n")
    lines = ["# Made by training/reader/export.py; checked whenever the model is loaded.", f'base = "{a.base}"', f"layers = {a.layers}", "", "[sha256]"]
    for name in ("encoder.onnx", "heads.onnx", "classes.onnx", "tokenizer.json", "labels.json"):
        lines.append(f'"{name}" = "{hashlib.sha256((out / name).read_bytes()).hexdigest()}"')
    (out / "manifest.toml").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
