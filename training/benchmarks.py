"""Labels of two sets of the ConfliBERT suite, read off the program's claims; nothing was trained on their labels.

    python training/benchmarks.py write ../shared/data/conflibert cases          reports only, as cases of a hundred
    attest score cases --predictions out
    python training/benchmarks.py labels ../shared/data/conflibert out labels     SET.tsv for ../shared/score/classify.py

satp_relevant (paragraphs of incident notes, South Asia) has four columns without names; by the words that go with them they are armed
assault, bombing, abduction, and attacks on things. IndiaPoliceEvents (sentences of newspapers, 2002) asks of the police: did they kill,
arrest, act at all, fail to act, use force.
"""
import csv
import json
import pathlib
import re
import sys

csv.field_size_limit(1 << 24)
SETS = {"satp_relevant": "2015-06-01", "IndiaPoliceEvents_sents": "2002-03-15"}
PER_CASE = 100
POLICE = re.compile(r"polic|constab|\bcops?\b|inspector|commissioner|jawan|security|forces?\b|army|troops|soldier|paramilitar|\bcrpf\b|\brpf\b|\brac\b|\bsrp\b|crime branch", re.I)


def rows(folder, name):
    with open(pathlib.Path(folder) / name / "dev.tsv", encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t"))


def write(folder, out):
    for name, published in SETS.items():
        every = rows(folder, name)
        (pathlib.Path(out) / name).mkdir(parents=True, exist_ok=True)
        for first in range(0, len(every), PER_CASE):
            reports = [{"id": f"r{first + i}", "published": published, "outlet": "News", "kind": "newspaper", "language": "en", "title": "",
                        "text": row[0], "copy_of": None} for i, row in enumerate(every[first:first + PER_CASE]) if row[0].strip()]
            (pathlib.Path(out) / name / f"part-{first:05}.json").write_text(json.dumps({"reports": reports}))


def of(claim, *kinds):
    return claim["kind"] in kinds and claim["polarity"] == "positive"


def by_police(claim, text):
    """Whether the state's forces did it: by the party named, or else by the claim's own sentence."""
    actor = claim.get("actor") or {}
    named = f"{actor.get('text', '')} {actor.get('name', '')}".strip()
    if named:
        return bool(POLICE.search(named))
    return bool(POLICE.search(text))


def satp(claims, text):
    bomb = re.compile(r"bomb|blast|explo|grenade|\bIED\b|mine\b", re.I)
    gun = any(of(c, "attack", "clash", "deaths", "injuries") and not bomb.search(c["quote"] + (c.get("weapon") or "")) for c in claims)
    boom = any(of(c, "explosion", "shelling") or of(c, "attack", "materiel") and bomb.search(c["quote"] + (c.get("weapon") or "")) for c in claims)
    return [gun and (not boom or any(of(c, "clash") for c in claims)), boom,
            any(of(c, "abduction") for c in claims), any(of(c, "destruction", "looting") for c in claims)]


def india(claims, text):
    kill = any(of(c, "deaths") and c.get("actor") and POLICE.search(f"{c['actor'].get('text')} {c['actor'].get('name')}") for c in claims)
    kill |= any(of(c, "deaths") for c in claims) and bool(re.search(r"police (firing|bullet)|firing by (the )?police|killed in (the )?firing|encounter", text, re.I))
    arrest = any(of(c, "arrest") for c in claims)
    force = any(of(c, "attack", "clash", "airstrike", "shelling") and c.get("actor") and by_police(c, text) for c in claims)
    force |= bool(any(of(c, "deaths", "injuries", "attack", "clash", "operation") for c in claims) and re.search(r"police (firing|bullet|opened fire)|lathi|tear ?gas", text, re.I))
    act = arrest or force or kill or any(of(c, "operation", "recapture", "seizure", "materiel", "repelled") and by_police(c, text) for c in claims)
    return [kill, arrest, act, False, force]


def labels(folder, predicted, out):
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    for name, read in (("satp_relevant", satp), ("IndiaPoliceEvents_sents", india)):
        every = rows(folder, name)
        claims = {f"r{i}": [] for i in range(len(every))}
        for path in sorted((pathlib.Path(predicted) / name).glob("*.json")):
            for claim in json.loads(path.read_text())["claims"]:
                claims[claim["report"]].append(claim)
        with open(pathlib.Path(out) / f"{name}.tsv", "w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines, delimiter="\t")
            for i, row in enumerate(every):
                writer.writerow([row[0], *(int(bool(x)) for x in read(claims[f"r{i}"], row[0]))])


if __name__ == "__main__":
    {"write": write, "labels": labels}[sys.argv[1]](*sys.argv[2:])
