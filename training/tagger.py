"""A linear tagger of spans, each word judged by itself and its neighbours: what `muc4.py` and `polnear.py` share. Bench code; nothing of it ships."""
import gzip
import json
import re

import numpy as np

BEGIN, INSIDE = 1, 2

WORD = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")


def records(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def mark(at, spans):
    """BEGIN and INSIDE on the words that the character spans cover, 0 elsewhere; a span that meets an earlier one is left out."""
    out = np.zeros(len(at), np.int64)
    for start, end in spans:
        covered = [i for i, (a, b) in enumerate(at) if a < end and b > start]
        if covered and not out[covered].any():
            out[covered], out[covered[0]] = INSIDE, BEGIN
    return out


def tokens(text):
    return [m.span() for m in WORD.finditer(text)]


def signs(text, at):
    """Of each token what it is judged by: itself, its neighbours by where they stand, pairs of them, and those further off by side."""
    words = [text[a:b].lower() for a, b in at]
    w = ["^"] * 8 + words + ["^"] * 8
    for j in range(8, len(w) - 8):
        own, first = w[j], text[at[j - 8][0]]
        yield [*(f"{k}:{w[j + k]}" for k in range(-3, 4)), f"a:{w[j - 1]}_{own}", f"b:{own}_{w[j + 1]}", f"c:{w[j - 2]}_{w[j - 1]}", f"d:{w[j + 1]}_{w[j + 2]}",
               f"x:{w[j - 1]}_{w[j + 1]}", *(f"L:{x}" for x in w[j - 8:j - 3]), *(f"R:{x}" for x in w[j + 4:j + 9]), f"s:{own[-3:]}",
               "h:" + ("d" if first.isdigit() else "U" if first.isupper() else "l" if first.isalpha() else "p")]


class Words:
    """For each label, whether a word is in a span of it and whether it begins one."""

    def __init__(self):
        from sklearn.feature_extraction import FeatureHasher
        self.hasher = FeatureHasher(2 ** 19, input_type="string", alternate_sign=False)

    def fit(self, texts, targets):
        """texts: strings; targets(i, tokens of text i) gives tags [n, labels]."""
        from sklearn.linear_model import SGDClassifier
        at = [tokens(text) for text in texts]
        tags = np.concatenate([targets(i, a) for i, a in enumerate(at)])
        rows = self.hasher.transform(s for text, a in zip(texts, at) for s in signs(text, a))
        fit = lambda y: SGDClassifier("log_loss", alpha=2e-6, max_iter=6, tol=None, average=True, random_state=1).fit(rows, y)
        self.models = [(fit(column > 0), fit(column == BEGIN)) for column in tags.T]
        return self

    def __call__(self, text):
        """(where the words stand, [n, labels, 2]: of each the probabilities to be in a span and to begin one)."""
        at = tokens(text)
        rows = self.hasher.transform(signs(text, at))
        return at, np.stack([np.stack([m.predict_proba(rows)[:, 1] for m in both], 1) for both in self.models], 1)


def runs(scores, at, least):
    """(start, end, probability) of one label's spans in a text, from the scores [n, 2] that its words are in one and begin one."""
    out, i = [], 0
    while i < len(at):
        j = i + 1
        if scores[i, 0] >= least:
            while j < len(at) and scores[j, 0] >= least and scores[j, 1] < 0.5:
                j += 1
            out.append((at[i][0], at[j - 1][1], float(scores[i:j, 0].mean())))
        i = j
    return out
