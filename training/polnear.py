"""PolNeAR: who said what, as spans of source, cue and content. Bench code; nothing of it ships, and no text of the set is kept.

    python training/polnear.py write ../shared/data/polnear/dev.jsonl.gz cases           articles only, a case each
    attest score cases --predictions out
    python training/polnear.py plain ../shared/data/polnear/dev.jsonl.gz out mine.jsonl  what the program's claims say, nothing learnt
    for set in train dev; do python training/tagger.py ../shared/data/polnear/$set.jsonl.gz runs/polnear-$set; done
    python training/polnear.py learnt ../shared/data/polnear runs mine.jsonl             learnt on train over the same encoder

    cd ../shared/score && python3 attribution.py --gold ../data/polnear/dev.jsonl.gz --pred mine.jsonl
"""
import json
import pathlib
import re
import sys

from tagger import records

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


def targets(record, at):
    import numpy as np
    from tagger import mark
    spans = {role: sorted({tuple(s) for a in record["attributions"] for s in a[role]}, key=lambda s: s[0] - s[1]) for role in ROLES}
    return np.stack([mark(at, spans[role]) for role in ROLES], 1), None, None


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


LEAST = {"source": 0.3, "content": 0.5, "tags": {"source": 0.45, "cue": 0.45, "content": 0.5}}    # chosen on the training records kept out


def learnt(folder, runs, out, held=None):
    """Learns on train and writes dev's attributions, or with `held` those of the training records kept out: one in ten, to choose by."""
    import pickle
    import torch
    from tagger import Tagger, decode, fit, load
    states = {name: rest for name, *rest in load(f"{runs}/polnear-train") + load(f"{runs}/polnear-dev")}
    train, dev = ([r for r in records(f"{folder}/{s}.jsonl.gz") if r["id"] in states] for s in ("train", "dev"))
    kept = [r for i, r in enumerate(train) if i % 10]
    path = pathlib.Path(runs) / "polnear-learnt.pickle"
    if not path.exists():
        torch.manual_seed(1)
        texts = [(states[r["id"]][0], *targets(r, states[r["id"]][1])) for r in kept]
        path.write_bytes(pickle.dumps((fit(Tagger(ROLES), texts, epochs=5, batch=6), linkers(kept))))
    model, links = pickle.loads(path.read_bytes())
    found = {}
    for record in [r for i, r in enumerate(train) if i % 10 == 0] if held else dev:
        rows, at = states[record["id"]]
        with torch.no_grad():
            tags, _ = model(torch.from_numpy(rows.astype("float32")))
        spans = {role: [(a, b) for a, b, *_ in decode(tags[:, i], at, LEAST["tags"][role])] for i, role in enumerate(ROLES)}
        found[record["id"]] = attributions(record["text"], spans, links, LEAST)
    put(out, found)


if __name__ == "__main__":
    {"write": write, "plain": plain, "learnt": learnt}[sys.argv[1]](*sys.argv[2:])
