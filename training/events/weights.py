#!/usr/bin/env python3
"""Train models/events/weights.toml: whether two claims of a report are about one event.

    cargo run -r -p reader --example pairs -- CASES > CASES.jsonl         # for each folder of cases
    weights.py --out models/events --shared ../shared --unseen A.jsonl --seen B.jsonl C.jsonl --gold A B C

Features come from the reader itself, so that what is trained is what runs; its claims are matched to the coders' by the shared scorer, and two
that were matched are one event if the coders' incident is one. Unseen are cases that the network was not trained on. It knows the others'
events too well, so their column `vectors` is spoilt to what it is worth on unseen ones, and they count less. Figures are of eight folds over the
unseen cases that never part one.
"""
import argparse
import collections
import json
import pathlib
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

SEEN = 0.3     # what a case counts that the network was trained on
SPOIL = (0.9, 1.0)  # factor and noise on its vectors


def rows(path, gold, match, skip=()):
    cases = {}
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        if row["case"] in skip:
            continue
        if row["case"] not in cases:
            cases[row["case"]] = json.loads((pathlib.Path(gold) / (row["case"] + ".json")).read_text(encoding="utf-8"))
        case = cases[row["case"]]
        reports = {r["id"]: r for r in case["reports"]}
        own = [c for c in case["claims"] if c["report"] == row["report"]]
        pairs = match(own, row["claims"], reports)
        incident = {b: next(c for c in own if c["id"] == a).get("incident") for a, b in pairs.items()}
        ids = [c["id"] for c in row["claims"]]
        for (i, j), features in row["pairs"]:
            a, b = ids[i], ids[j]
            if a in incident and b in incident and (incident[a] or incident[b]):
                yield row["case"], incident[a] == incident[b], features


def table(data, names):
    x = np.zeros((len(data), len(names)))
    column = {name: n for n, name in enumerate(names)}
    for n, (_, _, features) in enumerate(data):
        for name, value in features.items():
            x[n, column[name]] = value
    cases = np.array([d[0] for d in data])
    size = collections.Counter(cases)
    return x, np.array([d[1] for d in data], dtype=int), cases, np.array([size[c] ** -0.5 for c in cases])


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--out", type=pathlib.Path, required=True)
    args.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    args.add_argument("--unseen", required=True), args.add_argument("--seen", nargs="*", default=[])
    args.add_argument("--gold", nargs="+", required=True, help="a folder of cases for each of the files")
    a = args.parse_args()
    sys.path.insert(0, str(a.shared / "score"))
    from cases import match
    fresh = list(rows(a.unseen, a.gold[0], match))
    known = {d[0] for d in fresh}
    seen = [d for path, gold in zip(a.seen, a.gold[1:]) for d in rows(path, gold, match, known)]
    names = sorted({name for d in fresh + seen for name in d[2]})
    x, y, cases, weight = table(fresh, names)
    extra, extra_y, _, extra_weight = table(seen, names) if seen else (np.zeros((0, len(names))), np.zeros(0, int), None, np.zeros(0))
    rng, vectors = np.random.default_rng(1), names.index("vectors")
    extra[:, vectors] = np.clip(extra[:, vectors] * SPOIL[0] + rng.normal(0, SPOIL[1], len(extra)), -6, 6)

    def fit(rows):
        w = np.concatenate([weight[rows], SEEN * extra_weight])
        return LogisticRegression(C=0.5, max_iter=2000).fit(np.concatenate([x[rows], extra]), np.concatenate([y[rows], extra_y]), sample_weight=w / w.mean())

    guess = np.zeros(len(y))
    for train, test in GroupKFold(8).split(x, y, cases):
        guess[test] = fit(train).decision_function(x[test])
    said = lambda s, t: 2 * ((s > t) & (y == 1)).sum() / ((s > t).sum() + y.sum())
    print(f"{len(y)} pairs unseen, {len(extra_y)} seen; ROC area {roc_auc_score(y, guess):.3f}, vectors alone {roc_auc_score(y, x[:, vectors]):.3f}; "
          f"F1 at 0 {said(guess, 0):.3f}")
    model = fit(np.arange(len(y)))
    lines = ["# Made by training/events/weights.py; see card.md. Not written by hand.", f"bias = {model.intercept_[0]:.3f}", "", "[weights]"]
    lines += [f"{name} = {value:.3f}" for name, value in zip(names, model.coef_[0])]
    (a.out / "weights.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
