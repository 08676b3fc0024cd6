"""Trains what some words say by themselves: what sort of speaker they name, or whose the victims are in a claim's quote.

    python training/reader/words.py speakers models/speakers/weights.tsv --shared ../shared --extra tests/cases --phrases training/speakers/*.tsv
    python training/reader/words.py victims models/victims/weights.tsv --shared ../shared --extra tests/cases --phrases training/victims/*.tsv

A linear model over words, how these begin and end, and pairs of them. The encoder's own heads see the same words in their context, but have too
little to learn the vocabulary of offices, trades and units from: gold cases name few, so phrases written for the purpose are read beside
them (value, language, words). Writes one line a feature: a word or two (folded: small letters, no accents), then a weight for each value, in
the order of the first line; the line without words is the bias. Prints how often it is right on the cases held out.
"""
import argparse
import collections
import pathlib
import re
import tomllib
import unicodedata

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

import data
from labels import CLASSES

LEXICON = pathlib.Path(__file__).parents[2] / "data/lexicon/wording.toml"       # the program takes words apart by it too
LINKS = set(tomllib.loads(LEXICON.read_text(encoding="utf-8"))["links"])
TIMES = 2           # a feature seen less often is left out
SHARE = 0.3         # what a phrase written for the purpose counts beside words of a report
STRENGTH = {"speakers": 3.0, "victims": 0.2}        # inverse of the penalty on weights; chosen, as SHARE, on the cases held out
DIGITS = {"speakers": 1, "victims": 2}              # of a weight that are kept; a feature all of whose weights are below 1.5 of the last is left out


def features(words):
    plain = "".join(c for c in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(c))
    tokens = re.findall(r"[^\W_]+", plain)
    office = next((i for i, t in enumerate(tokens) if i and t in LINKS), len(tokens))
    parts = {f"{t[:5]}-" for t in tokens if len(t) > 5} | {f"-{t[-4:]}" for t in tokens if len(t) > 4} | {f"{t} $" for t in tokens[office - 1:office]}
    return sorted(set(tokens) | parts | {f"{a} {b}" for a, b in zip(tokens, tokens[1:])} | ({f"^ {tokens[0]}"} if tokens else set()))


def speakers(case):
    """Every speaker of every report, once."""
    said = {(c["report"], s["name"], s["kind"]) for c in case["claims"] for s in c["source"]}
    return [(name, kind) for _, name, kind in sorted(said)]


def victims(case):
    """The words of every claim that has victims."""
    return [(c["quote"], c["victims"]) for c in case["claims"] if c["victims"] and not c.get("optional")]


WHAT = {"speakers": (speakers, CLASSES["source"][1:]), "victims": (victims, [v for v in CLASSES["victims"] if v])}


def phrases(files):
    """(words, value) of files of phrases."""
    rows = [line.rstrip("\n").split("\t") for file in files for line in open(file, encoding="utf-8")]
    return [(words, value) for value, _, words in rows]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("what", choices=WHAT), args.add_argument("out")
    args.add_argument("--shared", default="../shared"), args.add_argument("--extra", nargs="*", default=[]), args.add_argument("--phrases", nargs="*", default=[])
    a = args.parse_args()
    examples, values = WHAT[a.what]
    every = list(data.cases([pathlib.Path(a.shared) / "cases/train", pathlib.Path(a.shared) / "cases/train-real", *a.extra]))
    known = lambda pairs: [(words, value) for words, value in pairs if value in values]
    told = known(pair for name, case in every if not data.held_out(name) for pair in examples(case))
    held = known(pair for name, case in every if data.held_out(name) for pair in examples(case))
    train = told + phrases(a.phrases)
    weigh = [1.0] * len(told) + [SHARE] * (len(train) - len(told))
    seen = collections.Counter(f for words, _ in train for f in features(words))
    names = sorted(f for f, n in seen.items() if n >= TIMES)
    at = {f: i for i, f in enumerate(names)}

    def matrix(pairs):
        found = [(r, at[f]) for r, (words, _) in enumerate(pairs) for f in features(words) if f in at]
        rows, columns = zip(*found)
        return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(pairs), len(at)))

    model = LogisticRegression(C=STRENGTH[a.what], max_iter=500).fit(matrix(train), [values.index(v) for _, v in train], sample_weight=weigh)
    weights, bias = np.zeros((len(values), len(at))), np.full(len(values), -6.0)
    weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    digits = DIGITS[a.what]
    kept = [i for i in range(len(at)) if np.abs(weights[:, i]).max() >= 1.5 * 0.1 ** digits]
    small = np.zeros_like(weights)
    small[:, kept] = np.round(weights[:, kept], digits)
    right = lambda w, pairs: np.mean((matrix(pairs) @ w.T + bias).argmax(1) == [values.index(v) for _, v in pairs])
    print(f"{len(told)} of reports, {len(train) - len(told)} phrases, {len(at)} features, {len(kept)} kept; held out {len(held)}: "
          f"right {100 * right(weights, held):.1f}, as written {100 * right(small, held):.1f}")
    lines = ["\t".join(["", *values]), "\t".join(["", *(f"{b:.{digits}f}" for b in bias)])]
    lines += ["\t".join([names[i], *(f"{w + 0:g}" for w in small[:, i])]) for i in kept]
    pathlib.Path(a.out).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
