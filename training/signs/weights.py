#!/usr/bin/env python3
"""Train models/events/weights.toml (which claims are one event) or models/scopes/weights.toml (of what scope a claim is).

    cargo run -r -p reader --example signs -- CASES > CASES.jsonl         # for each folder of cases
    weights.py events --out models/events --shared ../shared --unseen A.jsonl --seen B.jsonl C.jsonl --gold A B C

Features come from the reader itself, so that what is trained is what runs; its claims are matched to the coders' by the shared scorer. Unseen
are cases that the network was not trained on. It knows the answers of the others too well, so the columns that hold its own answers are spoilt
there to what they are worth on unseen ones, and those cases count less. Figures are of eight folds over the unseen cases that never part one.
"""
import argparse
import collections
import json
import pathlib
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.model_selection import GroupKFold

SCOPES = ["incident", "background", "period"]


def matched(path, gold, match, skip):
    """Rows of a file with the coders' claim of each claim, by number."""
    cases = {}
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        if row["case"] in skip:
            continue
        if row["case"] not in cases:
            cases[row["case"]] = json.loads((pathlib.Path(gold) / (row["case"] + ".json")).read_text(encoding="utf-8"))
        case = cases[row["case"]]
        own = {c["id"]: c for c in case["claims"] if c["report"] == row["report"]}
        pairs = match(list(own.values()), row["claims"], {r["id"]: r for r in case["reports"]})
        coded = {b: own[a] for a, b in pairs.items()}
        yield row, {n: coded[c["id"]] for n, c in enumerate(row["claims"]) if c["id"] in coded}


class Events:
    """Two claims, one event or two, as far as the coders have made incidents."""
    spoilt, factor, noise, seen = ["vectors"], 0.9, 1.0, 0.3

    @staticmethod
    def rows(row, coded):
        for (i, j), features in row["pairs"]:
            if i in coded and j in coded and (coded[i].get("incident") or coded[j].get("incident")):
                yield row["case"], int(coded[i].get("incident") == coded[j].get("incident")), features

    @staticmethod
    def say(y, score, x, names):
        said = 2 * ((score[:, 1] > 0) & (y == 1)).sum() / ((score[:, 1] > 0).sum() + y.sum())
        print(f"ROC area {roc_auc_score(y, score[:, 1]):.3f}, vectors alone {roc_auc_score(y, x[:, names.index('vectors')]):.3f}; F1 at 0 {said:.3f}")

    @staticmethod
    def toml(weights):
        return table("", *weights[1])


class Scopes:
    """A claim's scope; what is no incident is leant to, for it is the rarer and an invented incident costs more than a claim of one."""
    spoilt, factor, noise, seen = [f"{a}_{b}" for a in ("net", "near", "before", "all") for b in SCOPES[1:]], 0.8, 1.5, 0.1
    lean = 0.75  # log odds; of 0 to 1.5 right most often on the folds

    @staticmethod
    def rows(row, coded):
        for n, claim in coded.items():
            yield row["case"], SCOPES.index(claim["scope"]), row["scopes"][n]

    @staticmethod
    def say(y, score, x, names):
        score = score + np.array([0, Scopes.lean, Scopes.lean])
        alone = np.stack([np.zeros(len(y))] + [x[:, names.index("net_" + s)] for s in SCOPES[1:]], axis=1)
        for what, values in (("the network alone", alone), ("with all features", score)):
            print(what, classification_report(y, values.argmax(1), target_names=SCOPES, digits=3), sep="\n")

    @staticmethod
    def toml(weights):
        return "\n".join(table(name, bias + Scopes.lean, w) for name, (bias, w) in zip(SCOPES[1:], weights[1:]))


def table(name, bias, weights):
    head = [f"[{name}]"] if name else []
    return "\n".join(head + [f"bias = {bias:.3f}", "", f"[{name + '.' if name else ''}weights]"] + [f"{k} = {v:.3f}" for k, v in weights.items()]) + "\n"


def matrix(data, names):
    x = np.zeros((len(data), len(names)))
    column = {name: n for n, name in enumerate(names)}
    for n, (_, _, features) in enumerate(data):
        for name, value in features.items():
            x[n, column[name]] = value
    cases = np.array([d[0] for d in data])
    size = collections.Counter(cases)
    return x, np.array([d[1] for d in data], dtype=int), cases, np.array([size[c] ** -0.5 for c in cases])


def spoil(task, extra, names):
    """Shrinks the columns of the network's own answers and gives them noise, in place; what is 0 stays so."""
    rng = np.random.default_rng(1)
    for name in task.spoilt:
        column = extra[:, names.index(name)]
        extra[:, names.index(name)] = np.where(column == 0, 0, np.clip(column * task.factor + rng.normal(0, task.noise, len(extra)), -6, 6))


def regress(task, fresh, seen):
    """Trains a logistic regression; prints what it reaches on folds of the unseen cases."""
    names = sorted({name for d in fresh + seen for name in d[2]})
    x, y, cases, weight = matrix(fresh, names)
    extra, extra_y, _, extra_weight = matrix(seen, names) if seen else (np.zeros((0, len(names))), np.zeros(0, int), None, np.zeros(0))
    spoil(task, extra, names)

    def fit(rows):
        w = np.concatenate([weight[rows], task.seen * extra_weight])
        return LogisticRegression(C=0.5, max_iter=5000).fit(np.concatenate([x[rows], extra]), np.concatenate([y[rows], extra_y]), sample_weight=w / w.mean())

    def odds(model):
        """Bias and weights of each answer against the first; a regression of two answers has one row."""
        b, w = (np.r_[0, model.intercept_], np.r_[np.zeros((1, len(names))), model.coef_]) if len(model.classes_) == 2 else (model.intercept_, model.coef_)
        return b - b[0], w - w[0]

    score = np.zeros((len(y), y.max() + 1))
    for train, test in GroupKFold(8).split(x, y, cases):
        b, w = odds(fit(train))
        score[test] = x[test] @ w.T + b
    print(f"{len(y)} rows unseen, {len(extra_y)} seen")
    task.say(y, score, x, names)
    b, w = odds(fit(np.arange(len(y))))
    return [(b[n], dict(zip(names, w[n]))) for n in range(len(b))]


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("what", choices=["events", "scopes"])
    args.add_argument("--out", type=pathlib.Path, required=True)
    args.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    args.add_argument("--unseen", required=True), args.add_argument("--seen", nargs="*", default=[])
    args.add_argument("--gold", nargs="+", required=True, help="a folder of cases for each of the files")
    a = args.parse_args()
    task = {"events": Events, "scopes": Scopes}[a.what]
    sys.path.insert(0, str(a.shared / "score"))
    from cases import match
    read = lambda path, gold, skip=(): [d for row, coded in matched(path, gold, match, skip) for d in task.rows(row, coded)]
    fresh = read(a.unseen, a.gold[0])
    known = {d[0] for d in fresh}
    seen = [d for path, gold in zip(a.seen, a.gold[1:]) for d in read(path, gold, known)]
    weights = regress(task, fresh, seen)
    text = "# Made by training/signs/weights.py; see card.md. Not written by hand.\n" + task.toml(weights)
    (a.out / "weights.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
