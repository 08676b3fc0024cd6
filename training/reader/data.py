"""Gold cases to tensors: one example a report, every claim with its words, labels and the words that fill its roles."""
import csv
import gzip
import hashlib
import io
import json
import pathlib
import random
import re

import torch

from labels import CLASSES, KINDS, ROLES, WIDTH

csv.field_size_limit(1 << 24)
LIMIT = 512          # tokens the encoder has positions for


class Text:
    """A report as tokens: [CLS] kind : outlet [SEP] title [SEP] text [SEP], with where each token stands."""

    def __init__(self, tokenizer, report, head=True):
        def ids(text):
            e = tokenizer.encode(text, add_special_tokens=False)
            return e.ids, e.offsets
        cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        if cls is None:
            cls, sep = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
        self.ids, self.field, self.at = [cls], [0], [(0, 0)]
        title, text = report.get("title") or "", report["text"]
        meta = f"{report['kind']} : {report['outlet']}" if head else report["kind"]
        for number, part in ((0, meta), (1, title), (2, text)):
            got, offsets = ids(part)
            if number == 0:
                got, offsets = got[:24], offsets[:24]
            self.ids += got + [sep]
            self.field += [number] * len(got) + [0]
            self.at += offsets + [(0, 0)]
        self.ids, self.field, self.at = self.ids[:LIMIT], self.field[:LIMIT], self.at[:LIMIT]

    def span(self, field, start, end):
        """First and last token that cover characters start..end of a field, or None."""
        hit = [i for i, (f, (a, b)) in enumerate(zip(self.field, self.at)) if f == field and a < end and b > start]
        return (hit[0], hit[-1]) if hit else None


def places(words, report):
    """(field, start, end) of every whole-word occurrence in title and text."""
    out = []
    for field, body in ((1, report.get("title") or ""), (2, report["text"])):
        for m in re.finditer(re.escape(words), body):
            before, after = body[m.start() - 1:m.start()], body[m.end():m.end() + 1]
            if not (before.isalnum() and words[0].isalnum()) and not (after.isalnum() and words[-1].isalnum()):
                out.append((field, m.start(), m.end()))
    return out


def sentence(body, start, end):
    """Rough bounds of the sentence around start..end; only to prefer a mention in the claim's own sentence."""
    left = max(body.rfind(". ", 0, start), body.rfind("\n", 0, start)) + 1
    ends = [i for i in (body.find(". ", end), body.find("\n", end)) if i >= 0]
    return left, min(ends) if ends else len(body)


def example(tokenizer, report, claims, head=True):
    text = Text(tokenizer, report, head)
    out = {"text": text, "claims": [], "report": report}
    for c in claims:
        field = 1 if c.get("in") == "title" else 2
        body = report["title"] if field == 1 else report["text"]
        at = -1
        for _ in range(c.get("occurrence", 0) + 1):
            at = body.find(c["quote"], at + 1)
        tokens = text.span(field, at, at + len(c["quote"]))
        if not tokens or tokens[1] - tokens[0] >= WIDTH:
            continue
        left, right = sentence(body, at, at + len(c["quote"]))
        source = c["source"]
        fields = {"stance": c["stance"], "certainty": c["certainty"], "polarity": c["polarity"], "scope": c["scope"],
                  "victims": c["victims"] or "", "source": source[-1]["kind"] if source else "",
                  "outer": source[0]["kind"] if len(source) > 1 else ""}
        words = {"source": source[-1]["name"] if source else None, "outer": source[0]["name"] if len(source) > 1 else None,
                 "actor": c["actor"] and c["actor"]["text"], "target": c["target"] and c["target"]["text"],
                 "place": c["place"] and c["place"]["text"], "date": c["date"] and c["date"]["text"],
                 "count": c["count"] and c["count"]["text"], "weapon": c["weapon"]}
        roles = {}
        for role in ROLES:
            spots = places(words[role], report) if words[role] else []
            if role == "count":
                spots = [s for s in spots if s[0] == field and s[1] >= at and s[2] <= at + len(c["quote"])] or spots[:1]
            elif role in ("date", "weapon", "actor", "target"):
                near = [s for s in spots if s[0] == field and s[1] >= left and s[2] <= right]
                spots = near or spots
            tokens_of = [text.span(*s) for s in spots]
            tokens_of = [t for t in tokens_of if t]
            # Words that are there but were cut off by the token limit say nothing about the role.
            roles[role] = tokens_of if tokens_of or not words[role] else None
        out["claims"].append({"span": tokens, "kind": KINDS.index(c["kind"]), "optional": bool(c.get("optional")),
                              "classes": {k: CLASSES[k].index(v) for k, v in fields.items()}, "roles": roles,
                              "incident": c["incident"] if c["incident"] else None, "scope": c["scope"]})
    return out


def cases(folders):
    for folder in folders:
        for path in sorted(pathlib.Path(folder).glob("*.json")):
            yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def held_out(name):
    """Whether a training case is kept for calibration: about one in ten, by its name."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10 == 0


def gold(tokenizer, folders, want, head=True):
    out = []
    for name, case in cases(folders):
        if not want(name):
            continue
        for report in case["reports"]:
            out.append(example(tokenizer, report, [c for c in case["claims"] if c["report"] == report["id"]], head) | {"case": name})
    return out


WAR = re.compile(r"gunm[ae]n|militant|insurg|soldier|troops|air ?strike|\bbomb|rebel|jihad|massacre|terror|hostage|warlord|genocid|ukrain|gaza|"
                 r"soldat|djihad|attentat|bombard|rebelle|otage|guerre", re.I)


def controls(tokenizer, folder, half):
    """Articles of other subjects, in which nothing is claimed: half of MasakhaNEWS dev, by the hash of the address.

    Their deaths are of illness, accident or age, their attacks and injuries those of sport: what must be learnt. Politics and religion are
    left out, and so is what uses words of war.
    """
    out = []
    for path, language in (("eng-dev.tsv.gz", "en"), ("fra-dev.tsv.gz", "fr")):
        rows = csv.DictReader(io.StringIO(gzip.open(pathlib.Path(folder) / path, "rt", encoding="utf-8").read()), delimiter="\t")
        for row in rows:
            if int(hashlib.sha256(row["url"].encode()).hexdigest(), 16) % 2 != half:
                continue
            body = row["text"]
            if row["category"] in ("politics", "religion") or WAR.search(body + row["headline"]):
                continue
            report = {"kind": "newspaper", "outlet": "", "title": row["headline"], "text": " ".join(body.split()[:220]), "language": language}
            out.append(example(tokenizer, report, []) | {"case": "control"})
    return out


def part(tokenizer, report, claims, rng: random.Random):
    """A short version of a report: one paragraph, often without headline or outlet, and the claims that stand in it.

    People paste a paragraph; a reader that has seen whole stories only is lost in one. None when no paragraph will do.
    """
    paragraphs, at = [], 0
    for text in report["text"].split("\n\n"):
        paragraphs.append((at, text))
        at += len(text) + 2
    choice = [p for p in paragraphs if len(p[1]) > 40]
    if not choice:
        return None
    start, text = rng.choice(choice)
    title = report.get("title") or ""
    short = report | {"text": text, "title": title if rng.random() < 0.3 else "", "outlet": report["outlet"] if rng.random() < 0.5 else ""}
    kept = []
    for c in claims:
        if c.get("in") == "title":
            if short["title"]:
                kept.append(c)
            continue
        where = -1
        for _ in range(c.get("occurrence", 0) + 1):
            where = report["text"].find(c["quote"], where + 1)
        if start <= where and where + len(c["quote"]) <= start + len(text):
            kept.append(c | {"occurrence": text[:where - start + len(c["quote"]) - 1].count(c["quote"])})
    made = example(tokenizer, short, kept)
    for c, claim in zip(kept, made["claims"]):
        # Words that stand outside the paragraph say nothing about the role here.
        words = {"source": c["source"] and c["source"][-1]["name"], "place": c["place"] and c["place"]["text"], "actor": c["actor"] and c["actor"]["text"],
                 "target": c["target"] and c["target"]["text"], "outer": len(c["source"]) > 1 and c["source"][0]["name"]}
        for role, given in words.items():
            if given and not claim["roles"][role]:
                claim["roles"][role] = None
    return made


PRONOUNS = set("he she they it i we you who which that his her their him them one".split())


def quotations(tokenizer, path, rng: random.Random, most=24):
    """Windows of PolNeAR, whose words belong to whom: stretches of what is attributed, pointing at the source, and of what is not.

    What kind of claim they are, or whether they are one, is not said: kind len(KINDS), and of the roles only the source is known. A pronoun
    tells that somebody speaks, not which words name him.
    """
    nobody = {role: None for role in ROLES}
    out = []
    for line in gzip.open(path, "rt", encoding="utf-8"):
        row = json.loads(line)
        report = {"kind": "newspaper", "outlet": row["publisher"], "title": row["title"], "text": ""}
        at = 0
        for paragraph in re.split(r"\n+", row["text"]):
            at = row["text"].index(paragraph, at)
            # Windows of about 300 words, at paragraph bounds.
            if report["text"] and (at + len(paragraph) - begin > 1900):
                out.append((report, begin, row))
                report = report | {"text": ""}
            if not report["text"]:
                begin = at
            report["text"] = row["text"][begin:at + len(paragraph)]
        out.append((report, begin, row))
    examples = []
    for report, begin, row in out:
        text = Text(tokenizer, report)
        taken, claims = set(), []
        for a in row["attributions"]:
            around = [text.span(2, s - begin, e - begin) for part in ("source", "cue", "content") for s, e in a[part] if s >= begin]
            taken.update(i for span in around if span for i in range(span[0], span[1] + 1))
        def add(span, spots):
            claims.append({"span": span, "kind": len(KINDS), "optional": False, "roles": nobody | {"source": spots}})
        for a in row["attributions"]:
            if a["no_source"] or len(a["source"]) != 1:
                continue
            named = text.span(2, *(x - begin for x in a["source"][0])) if a["source"][0][0] >= begin else None
            if not named or named[1] - named[0] > 7:
                continue
            pronoun = row["text"][slice(*a["source"][0])].lower() in PRONOUNS
            inner = [c for b in row["attributions"] if b is not a for c in b["content"]]
            for s, e in a["content"]:
                if any(s <= c[0] and c[1] <= e for c in inner) or s < begin:
                    continue
                whole = text.span(2, s - begin, e - begin)
                if not whole or whole[1] - whole[0] < 2:
                    continue
                width = min(rng.randint(3, 16), whole[1] - whole[0] + 1)
                first = rng.randint(whole[0], whole[1] - width + 1)
                add((first, first + width - 1), [(i, i) for i, f in enumerate(text.field) if f] if pronoun else [named])
        said = len(claims)
        for _ in range(40):
            first, width = rng.randrange(len(text.ids)), rng.randint(3, 16)
            span = (first, first + width - 1)
            if span[1] < len(text.ids) and all(text.field[i] == 2 for i in range(first, span[1] + 1)) and not taken & set(range(first, span[1] + 1)):
                add(span, [])
                if len(claims) >= said * 1.6 + 3:
                    break
        if claims:
            examples.append({"text": text, "claims": rng.sample(claims, min(most, len(claims))), "report": report, "case": "polnear"})
    return examples


def batches(examples, size, rng: random.Random):
    """Groups of examples of like length, in random order."""
    order = sorted(range(len(examples)), key=lambda i: len(examples[i]["text"].ids) + rng.random() * 40)
    groups = [order[i:i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    for group in groups:
        yield [examples[i] for i in group]


def tensors(batch):
    n = max(len(e["text"].ids) for e in batch)
    ids, mask, field = (torch.zeros(len(batch), n, dtype=torch.long) for _ in range(3))
    for row, e in enumerate(batch):
        k = len(e["text"].ids)
        ids[row, :k] = torch.tensor(e["text"].ids)
        mask[row, :k] = 1
        field[row, :k] = torch.tensor(e["text"].field)
    return ids, mask, field
