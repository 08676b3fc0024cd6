#!/usr/bin/env python3
"""Train the weights of data/rules/{links,sorts,disputes}.toml from features of coded cases.

    weights.py --out data/rules FEATURES... [--noisy FEATURES...]

FEATURES are folders written by `cargo run -r -p reconcile --example gold -- --features CASES FOLDER`; those after
--noisy were made with `--noise RATE` too and train only the links, so that they hold for a reader's claims as well as
for a coder's. A row is case, answer, then name=value for each feature that is not 0. Every model is a logistic
regression; figures printed are of five folds that never part a case. Thresholds of links and disputes are chosen
afterwards by whole scores and given by hand (see README.md).
"""
import argparse
import collections
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

RARE = 3  # sorts seen fewer times are left to the codebook's other names


def read(folders, table):
    rows = []
    for folder in folders:
        path = pathlib.Path(folder) / f"{table}.tsv"
        for line in path.read_text(encoding="utf-8").splitlines():
            case, answer, *features = line.split("\t")
            values = (feature.rsplit("=", 1) for feature in features)
            rows.append((case, answer, {name: float(value) for name, value in values}))
    return rows


def matrix(rows, names):
    column = {name: n for n, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)), dtype=np.float32)
    for n, (_, _, features) in enumerate(rows):
        for name, value in features.items():
            if name in column:
                x[n, column[name]] = value
    return x


def names_of(rows, least=1):
    seen = collections.Counter(name for _, _, features in rows for name in features)
    return sorted(name for name, n in seen.items() if n >= least)


def folds(x, y, cases):
    return GroupKFold(5).split(x, y, cases)


def shares(rows):
    """Weight of each row, so that a case of many pairs does not outshout the others."""
    size = collections.Counter(case for case, _, _ in rows)
    return np.array([size[case] ** -0.5 for case, _, _ in rows])


def pairs(rows, what, strength, names=None):
    names = names or names_of(rows)
    x, cases = matrix(rows, names), [r[0] for r in rows]
    y, weight = np.array([r[1] == "1" for r in rows]), shares(rows)
    weight = weight / weight.mean()
    guess = np.zeros(len(rows))
    for train, test in folds(x, y, cases):
        model = LogisticRegression(C=strength, max_iter=1000).fit(x[train], y[train], sample_weight=weight[train])
        guess[test] = model.decision_function(x[test])
    best = max(((f1(y, guess > t), t) for t in np.arange(-4, 3, 0.1)), key=lambda p: p[0])
    print(f"{what}: {len(rows)} pairs, {y.sum()} the same, F1 at 0 {f1(y, guess > 0):.3f}, best {best[0]:.3f} at {best[1]:.1f}")
    model = LogisticRegression(C=strength, max_iter=1000).fit(x, y, sample_weight=weight)
    return float(model.intercept_[0]), dict(zip(names, map(float, model.coef_[0])))


def f1(y, said):
    hit = (y & said).sum()
    return 2 * hit / max(1, y.sum() + said.sum())


def sorts(rows):
    count = collections.Counter(r[1] for r in rows)
    rows = [r for r in rows if count[r[1]] >= RARE]
    names = names_of(rows, 5)
    x, y, cases = matrix(rows, names), np.array([r[1] for r in rows]), [r[0] for r in rows]
    guess = np.empty(len(rows), dtype=object)
    for train, test in folds(x, y, cases):
        guess[test] = LogisticRegression(C=1.0, max_iter=2000).fit(x[train], y[train]).predict(x[test])
    print(f"sorts: {len(rows)} incidents, {100 * (guess == y).mean():.1f} % right")
    model = LogisticRegression(C=1.0, max_iter=2000).fit(x, y)
    return {name: (float(b), dict(zip(names, map(float, w)))) for name, b, w in zip(model.classes_, model.intercept_, model.coef_)}


def table(name, bias, weights, threshold=None, least=0.0, lone=None):
    head = f"[{name}]\n" if name else ""
    lines = [f"{head}bias = {bias:.3f}"]
    if threshold is not None:
        lines.append(f"threshold = {threshold}")
    if lone is not None:
        lines.append(f"lone = {lone}")
    lines.append(f"\n[{name + '.' if name else ''}weights]")
    lines += [f"{key if key.replace('_', '').isalnum() else chr(34) + key + chr(34)} = {value:.3f}" for key, value in sorted(weights.items()) if abs(value) >= least]
    return "\n".join(lines) + "\n"


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("features", nargs="+")
    args.add_argument("--noisy", nargs="*", default=[])
    args.add_argument("--out", type=pathlib.Path, required=True)
    args.add_argument("--within", type=float, default=0.0, help="threshold of links inside a report")
    args.add_argument("--lone", type=float, default=-1.0, help="threshold of a claim alone joining a group of its report")
    args.add_argument("--across", type=float, default=0.0, help="threshold of links between reports")
    args.add_argument("--disputes", type=float, default=-1.0, help="threshold of disputes")
    a = args.parse_args()
    note = "# Trained by training/reconcile/weights.py; see training/reconcile/README.md. Not written by hand.\n\n"
    links = note
    for name, threshold in (("within", a.within), ("across", a.across)):
        bias, weights = pairs(read(a.features + a.noisy, name), name, 0.5)
        links += table(name, bias, weights, threshold, lone=a.lone if name == "within" else None) + "\n"
    (a.out / "links.toml").write_text(links, encoding="utf-8")
    bias, weights = pairs(read(a.features, "disputes"), "disputes", 1.0)
    (a.out / "disputes.toml").write_text(note + table("", bias, weights, a.disputes), encoding="utf-8")
    found = sorts(read(a.features, "sorts"))
    parts = (table(f'"{name}"', bias, weights, least=0.05) for name, (bias, weights) in found.items())
    (a.out / "sorts.toml").write_text(note + "\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
