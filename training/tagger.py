"""Tags the words of long texts over the shipped encoder, which stands still: what `muc4.py` and `polnear.py` share. Bench code; nothing of it ships.

    python training/tagger.py ../shared/data/muc4/dev.jsonl.gz runs/muc4-dev        what the encoder makes of every token, once, to .npy and .json

A text is read in windows of whole paragraphs, sentences or words of at most WINDOW tokens; what comes of them is joined again. Over that a few
convolutions say, for each label, where a span of it begins, goes on, or is not.
"""
import glob
import gzip
import json
import pathlib
import re
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

WINDOW, WIDTH = 288, 768
MODEL = pathlib.Path(__file__).parents[1] / "models/reader"
OUT, BEGIN, INSIDE = 0, 1, 2


def records(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def windows(text, starts, marks=(r"\n\s*\n", r"[.!?][\"”]?\s+", r"\s+"), first=0, end=None):
    """(first, end) in tokens of the pieces read together: cut at paragraphs where that is enough, else at sentences, else at words.

    `starts` says where in the text each token begins.
    """
    end = len(starts) if end is None else end
    if end - first <= WINDOW:
        return [(first, end)]
    if not marks:
        return [(i, min(i + WINDOW, end)) for i in range(first, end, WINDOW)]
    after = [m.end() for m in re.finditer(marks[0], text)]
    cuts = [i for i in np.searchsorted(starts, after).tolist() if first < i < end]
    out = []
    for a, b in zip([first, *cuts], [*cuts, end]):
        for a, b in windows(text, starts, marks[1:], a, b) if b > a else []:
            if out and b - out[-1][0] <= WINDOW:
                out[-1] = (out[-1][0], b)
            else:
                out.append((a, b))
    return out


def states(source, out, first=0, after=None):
    """Writes `out`.npy, a row a token, and `out`.json: of each record, or of those numbered first..after, its id, first row, and where its tokens stand."""
    import onnxruntime
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(MODEL / "encoder.onnx"), options)
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    head = [cls, *tokenizer.encode("newspaper : ", add_special_tokens=False).ids, sep, sep]
    rows, index, total = [], [], 0
    pathlib.Path(out).parent.mkdir(parents=True, exist_ok=True)
    for record in records(source)[int(first):after and int(after)]:
        whole = tokenizer.encode(record["text"], add_special_tokens=False)
        for a, b in windows(record["text"], [start for start, _ in whole.offsets]):
            ids = np.array([head + whole.ids[a:b] + [sep]])
            both, = session.run(["both"], {"ids": ids, "mask": np.ones_like(ids)})
            rows.append(both[len(head):-1].astype(np.float16))
        index.append({"id": record["id"], "row": total, "at": whole.offsets})
        total += len(whole.ids)
    np.save(f"{out}.npy", np.concatenate(rows))
    pathlib.Path(f"{out}.json").write_text(json.dumps(index))
    print(f"{len(index)} texts, {total} tokens")


def load(path):
    """[(id, states, [(start, end) of each token])] as `states` wrote them, whole or in parts whose names begin so; the states stay on disk."""
    out = []
    for index in sorted(glob.glob(f"{path}*.json")):
        rows = np.load(index.removesuffix(".json") + ".npy", mmap_mode="r")
        out += [(i["id"], rows[i["row"]:i["row"] + len(i["at"])], i["at"]) for i in json.loads(pathlib.Path(index).read_text())]
    return out


def mark(at, spans):
    """A label's targets: BEGIN and INSIDE on the tokens that the character spans cover, OUT elsewhere; later spans give way to earlier ones."""
    out = np.zeros(len(at), np.int64)
    starts = [a for a, _ in at]
    for start, end in spans:
        first, after = int(np.searchsorted(starts, start)), int(np.searchsorted(starts, end))
        if first and at[first - 1][1] > start:
            first -= 1
        if after > first and not out[first:after].any():
            out[first], out[first + 1:after] = BEGIN, INSIDE
    return out


class Tagger(nn.Module):
    """Per token and label three scores, OUT, BEGIN and INSIDE; and `topics` scores of the whole text, the strongest of any token."""

    def __init__(self, labels, topics=0, hidden=160):
        super().__init__()
        self.labels = labels
        self.enter = nn.Linear(WIDTH, hidden)
        self.around = nn.ModuleList(nn.Conv1d(hidden, hidden, 5, padding=2 * d, dilation=d) for d in (1, 3))
        self.drop = nn.Dropout(0.3)
        self.tags = nn.Linear(hidden, 3 * len(labels))
        self.topics = nn.Linear(hidden, topics) if topics else None

    def forward(self, x):
        """x [n, WIDTH] of one text, or of several with some padding between: [n, labels, 3] and, per token, [n, topics]."""
        x = F.gelu(self.enter(self.drop(x)))
        for layer in self.around:
            x = x + F.gelu(layer(self.drop(x).T[None])[0].T)
        x = self.drop(x)
        return self.tags(x).view(len(x), len(self.labels), 3), None if self.topics is None else self.topics(x)


def fit(model, texts, epochs, rate=2e-3, batch=12, seed=1, weight=1.0):
    """texts: [(states, targets [n, labels] or -100, topics or None, per-token topics [n, topics] or None, -1 for not asked)]."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    steps = epochs * -(-len(texts) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    model.train()
    for epoch in range(epochs):
        order, total = torch.randperm(len(texts), generator=generator).tolist(), 0.0
        for i in range(0, len(order), batch):
            chosen = [texts[j] for j in order[i:i + batch]]
            tags, topics = model(torch.cat([torch.from_numpy(np.array(t[0])).float() for t in chosen]))
            targets = torch.cat([torch.from_numpy(t[1]) for t in chosen])
            loss = F.cross_entropy(tags.reshape(-1, 3), targets.reshape(-1), weight=torch.tensor([1.0, weight, weight]))
            if topics is not None:
                parts = topics.split([len(t[0]) for t in chosen])
                whole = torch.stack([part.logsumexp(0) - np.log(len(part)) * 0.5 for part in parts])
                loss = loss + 0.3 * F.binary_cross_entropy_with_logits(whole, torch.stack([torch.from_numpy(t[2]) for t in chosen]))
                asked = torch.cat([torch.from_numpy(t[3]) for t in chosen])
                if (asked >= 0).any():
                    loss = loss + 0.3 * F.binary_cross_entropy_with_logits(topics[asked >= 0], asked[asked >= 0])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1}: loss {total / -(-len(order) // batch):.4f}", flush=True)
    return model.eval()


def decode(scores, at, threshold=0.5):
    """[(start, end, probability, first token, after)] of one label: runs in which the word is more likely of a span than `threshold`."""
    p = torch.as_tensor(scores).softmax(-1).numpy()
    inside = 1 - p[:, OUT]
    out, i = [], 0
    while i < len(p):
        if inside[i] <= threshold:
            i += 1
            continue
        j = i + 1
        while j < len(p) and inside[j] > threshold and p[j, BEGIN] <= p[j, INSIDE]:
            j += 1
        # A word is in a span whole or not at all.
        while i and at[i - 1][1] == at[i][0] and inside[i - 1] > 0.1:
            i -= 1
        while j < len(p) and at[j - 1][1] == at[j][0] and inside[j] > 0.1:
            j += 1
        out.append((at[i][0], at[j - 1][1], float(inside[i:j].mean()), i, j))
        i = j
    return out


if __name__ == "__main__":
    states(*sys.argv[1:])
