"""PolNeAR: who said what, as spans of source, cue and content. Bench code; nothing of it ships, and no text of the set is kept.

    python training/polnear.py write ../shared/data/polnear/dev.jsonl.gz cases           articles only, a case each
    attest score cases --predictions out
    python training/polnear.py plain ../shared/data/polnear/dev.jsonl.gz out mine.jsonl  what the program's claims say, nothing learnt
    python training/polnear.py learnt ../shared/data/polnear runs mine.jsonl             learnt on train; what is learnt is kept in runs

    cd ../shared/score && python3 attribution.py --gold ../data/polnear/dev.jsonl.gz --pred mine.jsonl
"""
import json
import pathlib
import pickle
import re
import sys

import numpy as np

from tagger import BEGIN, Words, mark, records, runs

ROLES = ["source", "cue", "content"]
SAYING = re.compile(r"\b(?:said|says|say|saying|told|tells|tell|according to|announced|added|claimed|claims|argued|argues|insisted|reported|reports|stated|wrote|"
                    r"tweeted|asked|called|warned|noted|explained|declared|admitted|denied|suggested|confirmed|believes?|thinks?|promised|accused)\b", re.I)


def write(source, out):
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    for record in records(source):
        report = {"id": "r", "published": record["date"], "outlet": record["publisher"], "kind": "newspaper", "language": "en", "title": "", "text": record["text"],
                  "copy_of": None}
        (pathlib.Path(out) / f"{record['id']}.json").write_text(json.dumps({"reports": [report]}))


def sentence(text, start, end):
    """Bounds of the sentence, or sentences, that start..end stands in."""
    before = [m.end() for m in re.finditer(r"[.!?][\"”]?\s+|\n", text[:start])]
    after = re.search(r"[.!?][\"”]?(?=\s|$)|\n", text[end:])
    return (before[-1] if before else 0), (end + after.end() if after else len(text))


def put(out, found):
    with open(out, "w") as lines:
        for name, attributions in found.items():
            lines.write(json.dumps({"id": name, "attributions": attributions}) + "\n")


def plain(source, predicted, out):
    """Each claim with a speaker named in its sentence: the name, the verb of speech there, the quote."""
    found = {}
    for record in records(source):
        text, found[record["id"]] = record["text"], []
        for claim in json.loads((pathlib.Path(predicted) / f"{record['id']}.json").read_text())["claims"]:
            at = claim.get("start", text.find(claim["quote"]))
            end = at + len(claim["quote"])
            if at < 0 or not claim["source"]:
                continue
            low, high = sentence(text, at, end)
            name = claim["source"][-1]["name"]
            who = [m.span() for m in re.finditer(re.escape(name), text[low:high])] if name else []
            cue = [m.span() for m in SAYING.finditer(text[low:high])]
            found[record["id"]].append({"source": [[low + a, low + b] for a, b in who[:1]], "cue": [[low + a, low + b] for a, b in cue[:1]], "content": [[at, end]]})
    put(out, found)


# ---- learnt on train: the words of sources and cues by what is near them, then contents by where those stand

def targets(record, at):
    """What the tagger learns of a record: tags [n, roles]; of spans one in another the outer."""
    spans = {role: sorted({tuple(s) for a in record["attributions"] for s in a[role]}, key=lambda s: s[0] - s[1]) for role in ROLES}
    return np.stack([mark(at, spans[role]) for role in ROLES], 1)


def since(marks, breaks, direction):
    """Of each word how many words ago the last mark stood, and how many breaks lie between; -1 where none does. `direction` -1 looks ahead."""
    out, last, count = np.full((len(marks), 2), -1.0), None, 0
    for i in range(len(marks))[::direction]:
        if marks[i]:
            last, count = i, 0
        count += breaks[i]
        if last is not None and count <= 3:
            out[i] = min(abs(i - last), 80), count
    return out


def standing(text, at, scores):
    """[n, features] of where each word stands: in its sentence, in quotation marks, and from the cues and sources that the tagger found."""
    words = [text[a:b] for a, b in at]
    gaps = [text[at[i][1]:at[i + 1][0]] if i + 1 < len(at) else "\n" for i in range(len(at))]
    ends = np.array([bool("\n" in gap or w in ".?!" and gap or w in "”\"" and gap and i and words[i - 1] in ".?!") for i, (w, gap) in enumerate(zip(words, gaps))], float)
    inside, open_ = np.zeros(len(at)), 0.0
    for i, (w, gap) in enumerate(zip(words, gaps)):
        open_ = 1.0 if w == "“" else 0.0 if w == "”" else 1.0 - open_ if w == '"' else open_
        inside[i] = open_
        open_ *= "\n" not in gap
    first, comma = np.r_[True, ends[:-1] > 0], np.array([w in ",;:—" for w in words], float)
    smooth = np.convolve(scores[:, 2, 0], np.ones(7) / 7, "same")
    columns = [scores[:, :, 0].reshape(len(at), -1), scores[:, 2:, 1], smooth[:, None], inside[:, None], ends[:, None], comma[:, None],
               since(first, ends, 1), since(ends > 0, ends, -1)]
    for role in (0, 1):
        found = scores[:, role, 0] > 0.4
        columns += [since(found, ends, 1), since(found, ends, -1), since(found, comma, 1), since(found, comma, -1)]
    return np.concatenate(columns, 1)


# ---- which source and which content go with a cue

def signs(text, cue, span, others):
    """What a cue and a span of one paragraph are judged by: order, distance, what lies between, how many spans lie closer."""
    first, second = sorted((cue, span))
    between = text[first[1]:second[0]]
    far = len(between.split())
    closer = sum(distance(cue, other) < distance(cue, span) for other in others)
    after = span > cue
    side = [float(after), min(far, 30) / 10, float(far == 0), min(closer, 4), float("\n" in between), len(re.findall(r"[.!?][\"”]?\s", between)),
            between.count(","), float(bool(re.search(r"[“”\"]", between))), float(re.search(r"\b(?:that|to)\b", between) is not None)]
    return side + [x * after for x in side[1:]]


def distance(a, b):
    return max(0, max(a[0], b[0]) - min(a[1], b[1]))


REACH = 400    # characters between a cue and what goes with it


def pairs(text, cues, spans):
    for cue in cues:
        near = [s for s in spans if distance(cue, s) <= REACH]
        for span in near:
            yield cue, span, signs(text, cue, span, near)


def linkers(train):
    """For sources and for contents, a classifier of whether a span goes with a cue."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    out = {}
    for role in ("source", "content"):
        rows, labels = [], []
        for record in train:
            every = {r: sorted({tuple(s) for a in record["attributions"] for s in a[r]}) for r in ("cue", role)}
            true = {(tuple(c), tuple(s)) for a in record["attributions"] for c in a["cue"] for s in a[role]}
            for cue, span, row in pairs(record["text"], every["cue"], every[role]):
                rows.append(row)
                labels.append((cue, span) in true)
        out[role] = HistGradientBoostingClassifier(max_iter=80, random_state=1).fit(rows, labels)
    return out


def contents(at, scores):
    """(start, end) of the contents: where the words around agree, from and to the last word that is more likely in than not."""
    out, smooth = [], np.convolve(scores[:, 0], np.ones(5) / 5, "same")
    for start, end, _ in runs(np.stack([smooth, scores[:, 1]], 1), at, 0.5):
        first, after = next(i for i, (a, _) in enumerate(at) if a == start), next(i for i, (_, b) in enumerate(at) if b == end) + 1
        while first > 0 and scores[first - 1, 0] >= 0.5 > scores[first, 1]:
            first -= 1
        while first < after - 1 and scores[first, 0] < 0.5:
            first += 1
        while after < len(at) and scores[after, 0] >= 0.5 > scores[after, 1]:
            after += 1
        while after > first + 1 and scores[after - 1, 0] < 0.5:
            after -= 1
        out.append((at[first][0], at[after - 1][1]))
    return sorted(set(out))


def attributions(text, spans, links, least):
    """Attributions about the cues found: of each, the likeliest source, and the contents that go with it; contents left over go with the likeliest cue."""
    found = {cue: {"source": [], "cue": [list(cue)], "content": []} for cue in spans["cue"]}
    scored = {}
    for role in ("source", "content"):
        some = list(pairs(text, spans["cue"], spans[role]))
        p = links[role].predict_proba([row for *_, row in some])[:, 1].tolist() if some else []
        scored[role] = sorted(((x, cue, span) for x, (cue, span, _) in zip(p, some)), key=lambda t: -t[0])
    for p, cue, span in scored["source"]:
        if p >= least["source"] and not found[cue]["source"]:
            found[cue]["source"] = [list(span)]
    taken = set()
    for p, cue, span in scored["content"]:
        if p >= least["content"] or p >= 0.1 and not found[cue]["content"] and span not in taken:
            found[cue]["content"].append(list(span))
            taken.add(span)
    alone = [{"source": [], "cue": [], "content": [list(span)]} for span in spans["content"] if span not in taken]
    return [a for a in found.values() if a["content"] or a["source"]] + alone


LEAST = {"source": 0.3, "content": 0.3, "tag": 0.2}    # chosen on the training records kept out


def learnt(folder, keep, out, what="dev", most=None):
    """Learns on train, or its first `most` articles, and writes the attributions of dev, or of the training records `held` out: one in ten, to choose by."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    train, dev = records(f"{folder}/train.jsonl.gz")[:most and int(most)], records(f"{folder}/dev.jsonl.gz")
    kept, path = [r for i, r in enumerate(train) if i % 10], pathlib.Path(keep) / "polnear-learnt.pickle"
    if not path.exists():
        one, other = [r for i, r in enumerate(kept) if i % 3], kept[::3]    # contents are learnt on articles whose cues and sources are found, not known
        tagger = Words().fit([r["text"] for r in one], lambda i, at: targets(one[i], at))
        found = [(r, *tagger(r["text"])) for r in other]
        where = np.concatenate([standing(r["text"], at, scores) for r, at, scores in found])
        tags = np.concatenate([targets(r, at)[:, 2] for r, at, _ in found])
        trees = [HistGradientBoostingClassifier(max_iter=150, random_state=1).fit(where, y) for y in (tags > 0, tags == BEGIN)]
        path.write_bytes(pickle.dumps((tagger, trees, linkers(kept))))
    tagger, trees, links = pickle.loads(path.read_bytes())
    found = {}
    for record in [r for i, r in enumerate(train) if i % 10 == 0] if what == "held" else dev:
        at, scores = tagger(record["text"])
        where = standing(record["text"], at, scores)
        spans = {role: [(a, b) for a, b, _ in runs(scores[:, i], at, LEAST["tag"])] for i, role in enumerate(ROLES[:2])}
        spans["content"] = contents(at, np.stack([tree.predict_proba(where)[:, 1] for tree in trees], 1))
        found[record["id"]] = attributions(record["text"], spans, links, LEAST)
    put(out, found)


if __name__ == "__main__":
    {"write": write, "plain": plain, "learnt": learnt}[sys.argv[1]](*sys.argv[2:])
