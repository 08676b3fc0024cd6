#!/usr/bin/env python3
"""General news: which mentions of ECB+ are one event, by the linking of this program, scored by the shared scorer.

    ecbplus.py --shared ../shared --gold-example target/release/examples/gold [--set dev] [--work FOLDER]

Mentions are given. Each becomes a claim: its words, the nearest participants before and behind it as actor and target, the
place of its sentence or else of its document. A mention has no coded kind, count or day; words of harm give it a kind, the rest is an
`operation`. The claims are reconciled as they are in the program. Printed: CoNLL F1 of mentions with the same words (the baseline), of
our incidents, and of the same words within one of our incidents, over the whole corpus and cut at subtopics.
"""
import argparse
import collections
import gzip
import json
import pathlib
import re
import subprocess
import tempfile

KINDS = [
    ("deaths", r"kill|dead|death|die[sd]?\b|dying|murder|slain|slay|fatal|assassin|homicide|suicide"),
    ("injuries", r"injur|wound|hurt"),
    ("explosion", r"bomb|blast|explo"),
    ("attack", r"attack|shoot|shot|fire[ds]?\b|gunfire|stab|assault|rampage|raid|ambush|violen"),
    ("airstrike", r"air ?strike|airstrike"),
    ("arrest", r"arrest|detain|custody|captur|jail|imprison"),
    ("abduction", r"kidnap|abduct|hijack|hostage"),
    ("destruction", r"destr|damag|burn|collaps|wreck"),
    ("looting", r"steal|stole|theft|rob|heist|loot|smuggl"),
]


def kind(words):
    return next((name for name, pattern in KINDS if re.search(pattern, words.lower())), "operation")


def documents(folder):
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def case(documents):
    """A gold case of documents: what is checked for coreference becomes claims."""
    reports, claims = [], []
    for d in documents:
        starts, text = [], ""
        for token in d["tokens"]:
            starts.append(len(text))
            text += token + " "
        reports.append(dict(id=d["id"], published=None, outlet=d["id"], kind="newspaper", language="en", title="", text=text, copy_of=None))
        places = [x for x in d["entities"] if x["kind"] == "location"]
        usual = collections.Counter(x["text"] for x in places).most_common(1)
        for x in d["events"]:
            if x["sentence"] not in d["checked_sentences"]:
                continue
            first, last = min(x["tokens"]), max(x["tokens"])
            own = [e for e in d["entities"] if e["sentence"] == x["sentence"]]
            people = sorted((e for e in own if e["kind"] == "participant"), key=lambda e: min(e["tokens"]))
            before, behind = [e for e in people if max(e["tokens"]) < first], [e for e in people if min(e["tokens"]) > last]
            party = lambda e: dict(text=e["text"], name=e["text"])
            where = next((e["text"] for e in own if e["kind"] == "location"), usual[0][0] if usual else None)
            # Words that belong together may stand apart ("turned … down"): the quote is the first stretch of them.
            while any(t not in x["tokens"] for t in range(first, last)):
                last = next(t for t in range(first, last) if t + 1 not in x["tokens"])
            quote = text[starts[first]: starts[last] + len(d["tokens"][last])]
            what = kind(x["text"])
            claims.append({
                "id": f"{d['id']}:{x['m']}", "report": d["id"], "quote": quote, "in": "text", "occurrence": text[: starts[first]].count(quote),
                "source": [], "stance": "states", "certainty": "certain", "polarity": "positive", "kind": what, "scope": "incident",
                "incident": None, "actor": party(before[-1]) if before else None, "target": party(behind[0]) if behind else None,
                "place": dict(text=where, name=where, country=None) if where else None, "date": None, "count": None, "victims": None, "side": None,
                "weapon": None,
            })
    return dict(reports=reports, claims=claims, incidents=[])


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    args.add_argument("--gold-example", type=pathlib.Path, required=True)
    args.add_argument("--set", default="dev", choices=["train", "dev"])
    args.add_argument("--work", type=pathlib.Path)
    a = args.parse_args()
    folder = a.shared / "data" / "ecbplus" / a.set
    work = a.work or pathlib.Path(tempfile.mkdtemp())
    docs = list(documents(folder))
    for scope, key in (("corpus", lambda d: "all"), ("subtopic", lambda d: d["subtopic"])):
        cases, out = work / scope, work / (scope + "-out")
        cases.mkdir(parents=True, exist_ok=True)
        groups = collections.defaultdict(list)
        for d in docs:
            groups[key(d)].append(d)
        for name, own in groups.items():
            (cases / f"{name}.json").write_text(json.dumps(case(own)), encoding="utf-8")
        subprocess.run([a.gold_example, cases, out], check=True, stdout=subprocess.DEVNULL)
        words, of = {}, {}
        for name in groups:
            for claim in json.loads((out / f"{name}.json").read_text(encoding="utf-8"))["claims"]:
                of[claim["id"]] = f"{name} {claim['incident']}" if claim.get("incident") else claim["id"]
            for claim in json.loads((cases / f"{name}.json").read_text(encoding="utf-8"))["claims"]:
                words[claim["id"]] = claim["quote"].lower()
        ways = {"the same words": words, "our incidents": of, "the same words in one of our incidents": {m: f"{of[m]} {words[m]}" for m in words}}
        for what, clusters in ways.items():
            told = work / "told.json"
            told.write_text(json.dumps(clusters), encoding="utf-8")
            scored = subprocess.run(["python3", a.shared / "score" / "coref.py", "--gold", folder, "--pred", told, "--scope", scope], check=True, capture_output=True, text=True)
            print(scope, "|", what, "|", " ".join(scored.stdout.split()))


if __name__ == "__main__":
    main()
