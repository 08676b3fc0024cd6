"""Articles of every subject as JSON Lines, to see what the program invents in them; and a count by category of what it found.

    python training/controls.py ../shared/data/masakhanews articles.jsonl [--unseen]
    attest extract --format ndjson articles.jsonl > claims.ndjson
    python training/controls.py --count articles.jsonl claims.ndjson

`--unseen` leaves out the half that training used. In the count, an article is one with an incident when a claim of scope `incident` was
found in it. Every such claim is to be read and judged: some articles do report an attack.
"""
import argparse
import collections
import csv
import gzip
import hashlib
import io
import json
import pathlib
import sys

csv.field_size_limit(1 << 24)


def write(folder, out, unseen):
    with open(out, "w", encoding="utf-8") as lines:
        for name, language in (("eng-dev.tsv.gz", "en"), ("fra-dev.tsv.gz", "fr")):
            text = gzip.open(pathlib.Path(folder) / name, "rt", encoding="utf-8").read()
            for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
                if not row.get("url") or unseen and int(hashlib.sha256(row["url"].encode()).hexdigest(), 16) % 2 == 0:
                    continue
                lines.write(json.dumps({"title": row["headline"], "text": row["text"], "url": row["url"], "outlet": row["category"],
                                        "language": language, "published": "2021-06-01"}, ensure_ascii=False) + "\n")


def count(articles, claims):
    articles = [json.loads(line) for line in open(articles, encoding="utf-8")]
    total = collections.Counter(a["outlet"] for a in articles)
    said, incidents = collections.Counter(), collections.defaultdict(set)
    for line in open(claims, encoding="utf-8"):
        claim = json.loads(line)
        category = claim.get("outlet") or claim.get("report_outlet") or "?"
        said[category] += 1
        if claim["scope"] == "incident":
            incidents[category].add(claim["report"])
    for category in sorted(total):
        print(f"{category:14} {total[category]:4} articles  {said[category]:4} claims  {len(incidents[category]):4} articles with an incident")


if __name__ == "__main__":
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("files", nargs=2)
    args.add_argument("--unseen", action="store_true"), args.add_argument("--count", action="store_true")
    a = args.parse_args()
    sys.exit(count(*a.files) if a.count else write(*a.files, a.unseen))
