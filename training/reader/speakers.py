"""Trains what sort of speaker some words name: a linear model over their words and pairs of words.

    python training/reader/speakers.py models/speakers.tsv --shared ../shared --extra tests/cases

The encoder's own head sees the same words in their context, but has too little to learn the vocabulary of offices from. Writes one line a
feature: a word or two (folded: small letters, no accents), then a weight for each kind, in the order of the first line; the line
without words is the bias. Prints how often it is right on the cases held out.
"""
import argparse
import collections
import pathlib
import re
import unicodedata

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

import data
from labels import CLASSES

KINDS = CLASSES["source"][1:]
TIMES = 2           # a feature seen less often is left out
LEAST = 0.15        # and one all of whose weights are smaller


def features(words):
    plain = "".join(c for c in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(c))
    tokens = re.findall(r"[^\W_]+", plain)
    return sorted(set(tokens) | {f"{a} {b}" for a, b in zip(tokens, tokens[1:])} | ({f"^ {tokens[0]}"} if tokens else set()))


def speakers(folders, want):
    """Every speaker's (words, kind) of every report, once."""
    out = []
    for name, case in data.cases(folders):
        if want(name):
            out += sorted({(c["report"], s["name"], s["kind"]) for c in case["claims"] for s in c["source"] if s["kind"] in KINDS})
    return [(name, kind) for _, name, kind in out]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("out"), args.add_argument("--shared", default="../shared"), args.add_argument("--extra", nargs="*", default=[])
    args.add_argument("--strength", type=float, default=3.0)
    a = args.parse_args()
    folders = [pathlib.Path(a.shared) / "cases/train", pathlib.Path(a.shared) / "cases/train-real", *a.extra]
    train, held = speakers(folders, lambda n: not data.held_out(n)), speakers(folders, data.held_out)
    seen = collections.Counter(f for words, _ in train for f in features(words))
    names = sorted(f for f, n in seen.items() if n >= TIMES)
    at = {f: i for i, f in enumerate(names)}

    def matrix(pairs):
        rows, columns = zip(*[(r, at[f]) for r, (words, _) in enumerate(pairs) for f in features(words) if f in at])
        return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(pairs), len(at)))

    model = LogisticRegression(C=a.strength, max_iter=500).fit(matrix(train), [KINDS.index(k) for _, k in train])
    weights, bias = np.zeros((len(KINDS), len(at))), np.full(len(KINDS), -6.0)
    weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    kept = [i for i in range(len(at)) if np.abs(weights[:, i]).max() >= LEAST]
    small = np.zeros_like(weights)
    small[:, kept] = np.round(weights[:, kept], 1)
    right = lambda w, pairs: np.mean((matrix(pairs) @ w.T + bias).argmax(1) == [KINDS.index(k) for _, k in pairs])
    print(f"{len(train)} speakers, {len(at)} features, {len(kept)} kept; held out {len(held)}: right {100 * right(weights, held):.1f}, as written {100 * right(small, held):.1f}")
    lines = ["\t".join(["", *KINDS]), "\t".join(["", *(f"{b:.1f}" for b in bias)])]
    lines += ["\t".join([names[i], *(f"{w + 0:g}" for w in small[:, i])]) for i in kept]
    pathlib.Path(a.out).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
