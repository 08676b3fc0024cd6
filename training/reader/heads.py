"""Trains the classification heads alone, on an encoder that stands still: minutes instead of hours.

    python training/reader/heads.py runs/minilm-3 runs/minilm-4 --base minilm --layers 6 --shared ../shared --extra tests/cases

Every report is encoded once. A claim is then its state and the mean hidden states of the words in its roles: once as gold gives them,
once as the network itself points, so that the heads learn to live with wrong pointers. Writes model.pt with new heads, of the epoch
that is best on the held-out cases, and prints their accuracy.
"""
import argparse
import json
import pathlib
import shutil

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

import bases
import data
from evaluate import decode, overlap, place
from labels import CLASSES, ROLES
from model import Reader
from train import more_gold, near_span


def gold_features(model, examples):
    """States, role means and labels of every gold claim, twice: roles from gold, roles as pointed."""
    states, means, labels, weights = [], [], [], []
    for e in examples:
        if not e["claims"]:
            continue
        ids, mask, field = data.tensors([e])
        with torch.no_grad():
            h, both, _, _, keys = model.encode(ids, mask)
            start, end, kind = (torch.tensor(x) for x in zip(*[(*c["span"], c["kind"]) for c in e["claims"]]))
            state, queries, _, _ = model.describe(model.features(h[0], start, end, kind))
            valid = field[0] > 0
            valid[0] = True
            point = model.point(queries, keys[0], start, end, valid)
            pointed = []
            for m in range(len(e["claims"])):
                row = []
                for r in range(len(ROLES)):
                    first, last = point[m, 0, r].log_softmax(-1), point[m, 1, r].log_softmax(-1)
                    a = int(first.argmax())
                    row.append(None if a == 0 else (a, a + int(last[a:a + 20].argmax())))
                pointed.append(row)
            given = [[near_span(c, role) for role in ROLES] for c in e["claims"]]
            for spans in (given, pointed):
                states.append(state)
                means.append(model.role_means(both[0], spans))
                labels.append(torch.tensor([[c["classes"][name] for name in CLASSES] for c in e["claims"]]))
                weights.append(torch.tensor([0.5 if c["optional"] else 1.0 for c in e["claims"]]))
    return torch.cat(states), torch.cat(means), torch.cat(labels), torch.cat(weights)


def found_features(model, examples):
    """The same for what the network finds in texts it has not seen, where that meets a gold claim."""
    states, means, labels = [], [], []
    for e in examples:
        found = [f for f in decode(model, e) if f["p"] > 0.4]
        pairs = []
        for c in e["claims"]:
            near = [f for f in found if f["kind"] == c["kind"] and overlap(place(e, c["span"]), place(e, f["span"])) >= 0.3]
            if near and not c["optional"]:
                pairs.append((c, max(near, key=lambda f: f["p"])))
        if not pairs:
            continue
        ids, mask, _ = data.tensors([e])
        with torch.no_grad():
            h, both = model.encode(ids, mask)[:2]
            start, end, kind = (torch.tensor(x) for x in zip(*[(*f["span"], f["kind"]) for _, f in pairs]))
            states.append(model.describe(model.features(h[0], start, end, kind))[0])
            means.append(model.role_means(both[0], [[f["roles"][role] for role in ROLES] for _, f in pairs]))
            labels.append(torch.tensor([[c["classes"][name] for name in CLASSES] for c, _ in pairs]))
    return torch.cat(states), torch.cat(means), torch.cat(labels)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("run"), args.add_argument("out")
    args.add_argument("--base", default="minilm"), args.add_argument("--layers", type=int, default=6)
    args.add_argument("--shared", default="../shared"), args.add_argument("--extra", nargs="*", default=[])
    args.add_argument("--epochs", type=int, default=25), args.add_argument("--seed", type=int, default=1)
    a = args.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    run, out, shared = pathlib.Path(a.run), pathlib.Path(a.out), pathlib.Path(a.shared)
    out.mkdir(parents=True, exist_ok=True)
    old = torch.load(run / "model.pt", map_location="cpu")
    model = Reader(bases.Encoder(old["encoder.words.weight"].shape[0], a.layers))
    new = model.state_dict()
    model.load_state_dict(new | {k: v for k, v in old.items() if k in new and v.shape == new[k].shape})
    model.eval()
    tokenizer = Tokenizer.from_file(str(run / "tokenizer.json"))
    tokenizer.no_truncation(), tokenizer.no_padding()
    folders = [shared / "cases/train", shared / "cases/train-real"]
    train = data.gold(tokenizer, folders, lambda name: not data.held_out(name)) + more_gold(tokenizer, a.extra, {})
    held = data.gold(tokenizer, [*folders, *a.extra], data.held_out)
    state, means, labels, weight = gold_features(model, train)
    seen = found_features(model, held)
    heads = [p for n, p in model.named_parameters() if n.startswith(("squeeze.", "context.", "classes."))]
    optimiser = torch.optim.AdamW(heads, lr=6e-4, weight_decay=0.05)
    steps = a.epochs * (len(state) // 64 + 1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    best = (0.0, None)
    for epoch in range(a.epochs):
        model.context.train(), model.squeeze.train()
        for rows in torch.randperm(len(state)).split(64):
            keep = (torch.rand(len(rows), len(ROLES), 1) > 0.08).float()
            logits = model.classify(state[rows], means[rows] * keep)
            loss = sum((F.cross_entropy(logits[name], labels[rows, i], reduction="none", label_smoothing=0.05) * weight[rows]).mean()
                       for i, name in enumerate(CLASSES))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            logits = model.classify(seen[0], seen[1])
        right = {name: float((logits[name].argmax(-1) == seen[2][:, i]).float().mean()) for i, name in enumerate(CLASSES)}
        total = sum(right.values())
        if total > best[0]:
            best = (total, {k: v.clone() for k, v in model.state_dict().items()})
        print(f"epoch {epoch + 1} loss {float(loss.detach()):.3f} {json.dumps({k: round(100 * v, 1) for k, v in right.items()})}", flush=True)
    torch.save(best[1], out / "model.pt")
    shutil.copy(run / "tokenizer.json", out / "tokenizer.json")


if __name__ == "__main__":
    main()
