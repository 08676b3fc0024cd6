"""Claims out of the network's scores, and how good they are: a quick look during training.

What ships is decoded and scored by the program itself (`attest score`); this follows it closely, without places, counts and
dates, which exact code resolves.
"""
import torch

import data
from labels import CLASSES, KINDS, ROLES, WIDTH
from model import distances

NAMES = {name: values for name, values in CLASSES.items()}


def decode(model, example, threshold=0.3):
    """Claims [{span, kind, score, real, classes, roles}] of one report, best first, no two of one kind overlapping much."""
    ids, mask, field = data.tensors([example])
    with torch.no_grad():
        h, both, spans, pair, keys = model.encode(ids, mask)
        scores = model.span_logits(spans, pair)[0].sigmoid()
        n = ids.shape[1]
        i = torch.arange(n)[:, None]
        j = i + torch.arange(WIDTH)
        ok = (j < n) & (field[0][:, None] > 0) & (field[0][j.clamp(max=n - 1)] == field[0][:, None])
        scores = scores * ok[..., None]
        found = []
        hits = (scores > 0.04).nonzero()
        order = scores[scores > 0.04].argsort(descending=True)
        for at in order.tolist():
            a, d, k = hits[at].tolist()
            b = a + d
            if any(f["kind"] == k and min(b, f["span"][1]) - max(a, f["span"][0]) >= 0.3 * min(b - a, f["span"][1] - f["span"][0]) for f in found):
                continue
            found.append({"span": (a, b), "kind": k, "score": float(scores[a, d, k])})
            if len(found) == 80:
                break
        if not found:
            return []
        start, end, kind = (torch.tensor(x) for x in zip(*[(*f["span"], f["kind"]) for f in found]))
        state, queries, event, real = model.describe(model.features(h[0], start, end, kind), h[0], *distances(n, start, end))
        valid = field[0] > 0
        valid[0] = True
        point = model.point(queries, keys[0], start, end, valid)
        for m, f in enumerate(found):
            f["real"] = float(real[m].sigmoid())
            f["p"] = (f["score"] * f["real"]) ** 0.5
            f["roles"] = {}
            for r, role in enumerate(ROLES):
                first, last = point[m, 0, r].log_softmax(-1), point[m, 1, r].log_softmax(-1)
                best, where = float(first[0] + last[0]), None
                a = int(first[1:].argmax()) + 1
                for a in first.topk(min(5, n)).indices.tolist():
                    if a == 0:
                        continue
                    stop = last[a:a + 24]
                    value = float(first[a] + stop.max())
                    if value > best:
                        best, where = value, (a, a + int(stop.argmax()))
                f["roles"][role] = where
        classes = model.classify(state, model.role_means(both[0], [[f["roles"][role] for role in ROLES] for f in found]))
        for m, f in enumerate(found):
            f["classes"] = {name: int(logit[m].argmax()) for name, logit in classes.items()}
    return found


def overlap(a, b):
    shared = min(a[1], b[1]) - max(a[0], b[0])
    if shared <= 0:
        return 0.0
    small, large = sorted((a[1] - a[0], b[1] - b[0]))
    return max(shared / (max(a[1], b[1]) - min(a[0], b[0])), 0.3 if shared == small and small >= large / 3 else 0.0)


def place(example, span):
    text = example["text"]
    field = text.field[span[0]]
    return field * 100000 + text.at[span[0]][0], field * 100000 + text.at[span[1]][1]


def evaluate(model, examples):
    """Detection F at the best threshold, and shares right among matched claims."""
    model.eval()
    scored, gold_total = [], 0
    right = {name: 0 for name in [*CLASSES, *("->" + role for role in ROLES)]}
    matched = 0
    for e in examples:
        found = decode(model, e)
        gold_total += sum(not c["optional"] for c in e["claims"])
        options = []
        for g, c in enumerate(e["claims"]):
            for p, f in enumerate(found):
                if c["kind"] == f["kind"]:
                    o = overlap(place(e, c["span"]), place(e, f["span"]))
                    if o >= 0.3:
                        options.append((-f["p"], -o, g, p))
        taken_g, taken_p = {}, {}
        for _, _, g, p in sorted(options):
            if g not in taken_g and p not in taken_p:
                taken_g[g], taken_p[p] = p, g
        for p, f in enumerate(found):
            c = e["claims"][taken_p[p]] if p in taken_p else None
            scored.append((f["p"], None if c is None else ("optional" if c["optional"] else "hit")))
            if c is not None and not c["optional"] and f["p"] > 0.4:
                matched += 1
                for name in CLASSES:
                    right[name] += f["classes"][name] == c["classes"][name]
                for role in ROLES:
                    spots = c["roles"][role]
                    right["->" + role] += f["roles"][role] is None if not spots else f["roles"][role] is not None and any(
                        s[0] <= f["roles"][role][1] and f["roles"][role][0] <= s[1] for s in spots)
    best = (0, 0, 0, 0)
    for t in [x / 50 for x in range(5, 46)]:
        hit = sum(s >= t and w == "hit" for s, w in scored)
        said = sum(s >= t and w != "optional" for s, w in scored)
        if hit:
            p, r = hit / said, hit / gold_total
            best = max(best, (round(200 * p * r / (p + r), 1), t, round(100 * p, 1), round(100 * r, 1)))
    return {"F": best[0], "at": best[1], "P": best[2], "R": best[3], "matched": matched,
            **{k: round(100 * v / max(1, matched), 1) for k, v in right.items()}}
