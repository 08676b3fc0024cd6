"""Trains the reader's network.

    python training/reader/train.py --base e5 --seed 1 --out runs/e5-1 [--epochs 10]

Reads gold cases from ../shared/cases/{train,train-real} and tests/cases, bases from the folders given by --packages (see
README.md). Writes model.pt, tokenizer.json, log.txt to --out. Never reads ../shared/cases/dev but to score it.
"""
import argparse
import copy
import json
import pathlib
import random
import re
import time

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

import bases
import data
from evaluate import evaluate
from labels import CLASSES, KINDS, ROLES, WIDTH
from model import Reader, distances


# Paragraphs by themselves in each epoch.
SHORTS = 450

# Articles of other subjects in each epoch.
CONTROLS = 110

# Windows of PolNeAR in each epoch.
QUOTATIONS = 160

# The weights that are kept are a running mean over about so many steps.
MEMORY = 150


def span_targets(example, n):
    """Targets and weights [n, WIDTH, kinds]: 1 on a claim's own words, less on words that overlap them, 0 elsewhere."""
    target, weight = np.zeros((n, WIDTH, len(KINDS)), np.float32), np.ones((n, WIDTH, len(KINDS)), np.float32)
    i, d = np.arange(n)[:, None], np.arange(WIDTH)[None]
    j = i + d
    for c in example["claims"]:
        (a, b), k = c["span"], c["kind"]
        shared = np.minimum(b, j) - np.maximum(a, i) + 1
        iou = shared / (np.maximum(b, j) - np.minimum(a, i) + 1)
        value = np.where(iou == 1, 1.0, np.clip((iou - 0.45) / 0.55, 0, 1) * 0.9) * ((shared > 0) & (j < n))
        better = (value > 0) & (value >= target[:, :, k])
        target[:, :, k] = np.where(better, value, target[:, :, k])
        weight[:, :, k] = np.where(better, 0.4 if c["optional"] else 1.0, weight[:, :, k])
    return torch.from_numpy(target), torch.from_numpy(weight)


def kept_targets(example):
    """The span targets of an example, padded to the batch; made once and kept sparse."""
    kept = []

    def targets(n):
        own = len(example["text"].ids)
        if not kept:
            target, weight = span_targets(example, own)
            kept.extend([target.to_sparse(), (weight - 1).to_sparse()])
        target, weight = (x.to_dense() for x in kept)
        return F.pad(target, (0, 0, 0, 0, 0, n - own)), F.pad(weight + 1, (0, 0, 0, 0, 0, n - own), value=1)
    return targets


def more_gold(tokenizer, folders, known):
    """Cases of our own, looked at again before each epoch: somebody may have written more."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).glob("*.json")):
            if path in known or data.held_out(path.stem):
                continue
            try:
                case = json.loads(path.read_text(encoding="utf-8"))
                known[path] = [data.example(tokenizer, r, [c for c in case["claims"] if c["report"] == r["id"]]) | {"case": path.stem}
                               for r in case["reports"]]
            except (ValueError, KeyError, TypeError) as error:
                print(f"  {path}: {error!r}, left out for now", flush=True)
                continue
            for e in known[path]:
                e["targets"] = kept_targets(e)
    return [e for examples in known.values() for e in examples]


def short_versions(tokenizer, folders, rng):
    """One paragraph of every training report."""
    out = []
    for name, case in data.cases(folders):
        if data.held_out(name):
            continue
        for report in case["reports"]:
            made = data.part(tokenizer, report, [c for c in case["claims"] if c["report"] == report["id"]], rng)
            if made:
                made["targets"] = kept_targets(made)
                out.append(made)
    return out


def short_controls(tokenizer, controls):
    """The headline and first sentences of every control article."""
    out = []
    for e in controls:
        text = ". ".join(e["report"]["text"].split(". ")[:3])
        made = data.example(tokenizer, e["report"] | {"text": text}, [])
        made["targets"] = lambda n: (torch.zeros(n, WIDTH, len(KINDS)), torch.ones(n, WIDTH, len(KINDS)))
        out.append(made)
    return out


def pointer_loss(logits, roles, claims):
    """Cross entropy against any of the places where a role's words stand; token 0 when it has none."""
    n = logits.shape[-1]
    right, known = torch.zeros(2, len(claims), len(ROLES), n, dtype=torch.bool), torch.zeros(len(claims), len(ROLES))
    for m, c in enumerate(claims):
        for r, role in enumerate(ROLES):
            spots = c["roles"][role]
            if spots is None:
                continue
            known[m, r] = 1
            for side in (0, 1):
                right[side, m, r, sorted({s[side] for s in spots}) or [0]] = True
    log = logits.log_softmax(-1).transpose(0, 1).masked_fill(~right, -1e4)
    return -(log.logsumexp(-1) * known).sum() / (2 * known.sum().clamp(min=1)) * len(ROLES) / 2


def near_span(claim, role):
    """The nearest place where a role's words stand, or None."""
    spots = claim["roles"][role]
    return min(spots, key=lambda s: abs(s[0] - claim["span"][0])) if spots else None


def loss_of(model, batch, rng):
    ids, mask, field = data.tensors(batch)
    h, both, spans, pair, keys = model.encode(ids, mask)
    logits = model.span_logits(spans, pair)
    b, n = ids.shape
    inside = (field > 0) & (mask > 0)
    width = torch.arange(WIDTH)
    stop = (torch.arange(n)[:, None] + width).clamp(max=n - 1)
    fits = (torch.arange(n)[:, None] + width) < n
    allowed = inside[:, :, None] & fits[None] & (field[:, stop] == field[:, :, None]) & (field > 0)[:, :, None]
    allowed &= field[:, :, None] != 0
    targets = [e["targets"](n) for e in batch]
    target, weight = torch.stack([t[0] for t in targets]), torch.stack([t[1] for t in targets])
    bce = F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight
    # The entropy of a soft target is no loss.
    bce = bce - weight * F.binary_cross_entropy(target, target, reduction="none")
    claims = sum(len(e["claims"]) for e in batch)
    span_loss = (bce * allowed[..., None]).sum() / (claims + b)
    class_loss = point_loss = event_loss = real_loss = 0.0
    used = 0
    scores = logits.detach().masked_fill(~allowed[..., None], -1e4)
    for row, e in enumerate(batch):
        # Candidates that the span head likes now: what is not near a gold claim teaches the second look to say no.
        flat = scores[row].flatten()
        top = flat.topk(min(48, len(flat))).indices
        gold = [(c["span"], c["kind"], c) for c in e["claims"]]
        wrong = []
        for index in top.tolist():
            i, rest = divmod(index, WIDTH * len(KINDS))
            d, k = divmod(rest, len(KINDS))
            near = [(min(i + d, c[0][1]) - max(i, c[0][0]) + 1) / (max(i + d, c[0][1]) - min(i, c[0][0]) + 1) for c in gold if c[1] == k]
            if max(near, default=0) < 0.3:
                wrong.append((i, i + d, k))
        wrong = wrong[:16]
        if not gold and not wrong:
            continue
        everything = [(a, z, k) for (a, z), k, _ in gold] + wrong
        start, end, kind = (torch.tensor(x) for x in zip(*everything))
        own = h[row, :len(e["text"].ids)]
        state, queries, event, real = model.describe(model.features(own, start, end, kind), own, *distances(len(own), start, end))
        g = len(gold)
        optional = torch.tensor([0.4 if c["optional"] else 1.0 for _, _, c in gold] + [1.0] * len(wrong))
        truth = torch.tensor([1.0] * g + [0.0] * len(wrong))
        real_loss += (F.binary_cross_entropy_with_logits(real, truth, reduction="none") * optional).sum() / max(1, len(everything))
        used += 1
        if not g:
            continue
        # The words that fill a role are given here as gold has them, nearest first; now and then one is withheld.
        spans_of = [[near_span(c, role) if rng.random() > 0.15 else None for role in ROLES] for _, _, c in gold]
        for name, logit in model.classify(state[:g], model.role_means(both[row], spans_of)).items():
            class_loss += F.cross_entropy(logit, torch.tensor([c["classes"][name] for _, _, c in gold]))
        valid = inside[row].clone()
        valid[0] = True
        point_loss += pointer_loss(model.point(queries[:g], keys[row], start[:g], end[:g], valid), ROLES, e["claims"])
        same = [(c["incident"] or (f"{c['scope']}{i}")) for i, (_, _, c) in enumerate(gold)]
        if g > 1:
            left, right = torch.triu_indices(g, g, 1)
            cosine = (event[left] * event[right]).sum(-1)
            together = torch.tensor([float(same[i] == same[j]) for i, j in zip(left.tolist(), right.tolist())])
            event_loss += F.binary_cross_entropy_with_logits(cosine * model.event_scale[0].exp().clamp(max=20) / 3 + model.event_scale[1], together)
    used = max(1, used)
    parts = {"span": span_loss, "class": class_loss / used, "point": point_loss / used, "event": event_loss / used, "real": real_loss / used}
    total = 0.12 * span_loss + 0.6 * parts["class"] + 1.5 * parts["point"] + 0.3 * parts["event"] + 0.6 * parts["real"]
    return total, {k: float(v) for k, v in parts.items()}


def quotation_loss(model, batch):
    """How far the pointer is from who says what in articles where nothing else is marked."""
    ids, mask, field = data.tensors(batch)
    h, _, _, _, keys = model.encode(ids, mask)
    loss = 0.0
    for row, e in enumerate(batch):
        n = len(e["text"].ids)
        start, end, kind = (torch.tensor(x) for x in zip(*[(*c["span"], c["kind"]) for c in e["claims"]]))
        _, queries, _, _ = model.describe(model.features(h[row], start, end, kind), h[row, :n], *distances(n, start, end))
        valid = (field[row, :n] > 0) & (mask[row, :n] > 0)
        valid[0] = True
        loss += pointer_loss(model.point(queries, keys[row, :n], start, end, valid), ROLES, e["claims"])
    return loss / len(batch)


class Mean:
    """Running mean of a model's weights, which does better on new texts than where a run happens to end."""

    def __init__(self, model, steps):
        self.kept, self.steps, self.seen = {k: v.clone() for k, v in model.state_dict().items()}, steps, 0

    def add(self, model):
        self.seen += 1
        share = max(1 / self.seen, 1 / self.steps)
        for k, v in model.state_dict().items():
            self.kept[k].lerp_(v, share)


def go_on_from(model, old):
    """Loads what fits of older weights; a matrix that has grown wider keeps its old columns, layers that are new and copy the encoder's
    last copy what that has learnt."""
    new = model.state_dict()
    for name, value in new.items():
        if name not in old and name.startswith("looks."):
            value.copy_(old[f"encoder.layers.{len(model.encoder.layers) - 1}." + name.split(".", 2)[2]])
        elif name not in old:
            print("begins anew:", name, flush=True)
        elif old[name].shape == value.shape:
            value.copy_(old[name])
        elif value.dim() == 2 and old[name].shape[0] == value.shape[0] and old[name].shape[1] < value.shape[1]:
            value.mul_(0.3)[:, :old[name].shape[1]] = old[name]
        else:
            print("begins anew:", name, tuple(value.shape), "was", tuple(old[name].shape), flush=True)
    model.load_state_dict(new)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--base", choices=["minilm", "e5"], default="e5")
    args.add_argument("--layers", type=int, default=0)
    args.add_argument("--packages", default="packages")
    args.add_argument("--shared", default="../shared")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--epochs", type=int, default=10)
    args.add_argument("--batch", type=int, default=8)
    args.add_argument("--rate", type=float, default=1.5e-4)
    args.add_argument("--limit", type=int, default=0, help="only so many reports, to try the code")
    args.add_argument("--extra", nargs="*", default=[], help="more folders of gold cases")
    args.add_argument("--start", help="a model.pt to go on from")
    args.add_argument("--still", type=int, default=0, help="so many of the encoder's layers, and its word vectors, stay as they are: a quarter of the time for two")
    args.add_argument("--share", type=float, default=1.0, help="share of the shared cases, drawn anew, that an epoch reads; those of --extra are read whole")
    args.add_argument("--out", required=True)
    a = args.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    rng = random.Random(a.seed)
    shared, out = pathlib.Path(a.shared), pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    if a.base == "minilm":
        encoder, tokenizer_json = bases.minilm(a.packages, a.layers or 6)
    else:
        encoder, tokenizer_json = bases.e5(a.packages, a.packages, a.layers or 12, bases.latin(shared))
    (out / "tokenizer.json").write_text(json.dumps(tokenizer_json, ensure_ascii=False))
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer_json))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    model = Reader(encoder)
    if a.start:
        go_on_from(model, torch.load(a.start))
    folders = [shared / "cases/train", shared / "cases/train-real"]
    train = data.gold(tokenizer, folders, lambda name: not data.held_out(name))
    extra = {}
    held = data.gold(tokenizer, folders, data.held_out)
    controls = data.controls(tokenizer, shared / "data/masakhanews", 0)
    dev = data.gold(tokenizer, [shared / "cases/dev"], lambda name: True)
    if a.limit:
        train, held, dev = train[:a.limit], held[:a.limit // 4], dev[:a.limit // 4]
    for e in train:
        e["targets"] = kept_targets(e)
    for e in controls:
        e["targets"] = lambda n: (torch.zeros(n, WIDTH, len(KINDS)), torch.ones(n, WIDTH, len(KINDS)))
    shorts = short_versions(tokenizer, [*folders, *a.extra], rng) + short_controls(tokenizer, controls)
    model.encoder.words.weight.requires_grad_(a.base == "minilm")
    if a.still:
        model.encoder.still = a.still
        for part in (model.encoder.words, model.encoder.positions, model.encoder.norm, *model.encoder.layers[:a.still]):
            part.requires_grad_(False)
    pretrained = ("encoder.", "looks.")
    slow = [p for n, p in model.named_parameters() if n.startswith(pretrained) and p.requires_grad]
    fast = [p for n, p in model.named_parameters() if not n.startswith(pretrained)]
    optimiser = torch.optim.AdamW([{"params": slow, "lr": a.rate}, {"params": fast, "lr": 4 * a.rate}], weight_decay=0.01)
    quotations = data.quotations(tokenizer, shared / "data/polnear/train.jsonl.gz", rng)
    per_epoch = (int(a.share * len(train)) + len(more_gold(tokenizer, a.extra, extra)) + CONTROLS + SHORTS + QUOTATIONS + a.batch - 1) // a.batch
    steps = per_epoch * a.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1, (s + 1) / (0.06 * steps)) * max(0.02, 1 - s / steps))
    log = open(out / "log.txt", "a")

    def say(line):
        print(line, flush=True)
        log.write(line + "\n")
        log.flush()

    say(f"{vars(a)} train {len(train)} reports {sum(len(e['claims']) for e in train)} claims, held {len(held)}, controls {len(controls)}, dev {len(dev)}, {steps} steps")
    began = time.time()
    mean_weights, quick = Mean(model, MEMORY), copy.deepcopy(model)
    for epoch in range(a.epochs):
        model.train()
        mean, count = {}, 0
        more = more_gold(tokenizer, a.extra, extra)
        if more:
            say(f"  {len(more)} reports of our own, {sum(len(e['claims']) for e in more)} claims")
        texts = rng.sample(train, int(a.share * len(train))) + more + rng.sample(shorts, min(SHORTS, len(shorts))) + rng.sample(controls, min(CONTROLS, len(controls)))
        todo = [*data.batches(texts, a.batch, rng), *data.batches(rng.sample(quotations, QUOTATIONS), a.batch, rng)]
        rng.shuffle(todo)
        for batch in todo:
            if batch[0].get("case") == "polnear":
                total = 1.5 * quotation_loss(model, batch)
                parts = {"quote": float(total.detach()) / 1.5}
            else:
                total, parts = loss_of(model, batch, rng)
            optimiser.zero_grad()
            total.backward()
            torch.nn.utils.clip_grad_norm_(slow + fast, 1.0)
            optimiser.step()
            schedule.step()
            mean_weights.add(model)
            count += 1
            for k, v in parts.items():
                mean.setdefault(k, []).append(v)
            if count % 40 == 0:
                print(f"  {count}/{per_epoch} {time.time() - began:.0f}s " + " ".join(f"{k} {sum(v) / len(v):.3f}" for k, v in mean.items()), flush=True)
        torch.save(mean_weights.kept, out / "model.pt")
        torch.save(model.state_dict(), out / "last.pt")
        say(f"epoch {epoch + 1} {time.time() - began:.0f}s " + " ".join(f"{k} {sum(v) / len(v):.3f}" for k, v in mean.items()))
        if epoch % 2 == 1 or epoch == a.epochs - 1:
            for name, part in (("held", held), ("dev", dev)):
                quick.load_state_dict(mean_weights.kept)
                say(f"  {name} {json.dumps(evaluate(quick, part))}")
    say(f"done {time.time() - began:.0f}s")


if __name__ == "__main__":
    main()
