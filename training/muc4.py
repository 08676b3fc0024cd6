"""MUC-4: from what the program says of a report to the templates of 1992. Bench code; nothing of it ships, and no text of the set is kept.

    python training/muc4.py write ../shared/data/muc4/dev.jsonl.gz cases                reports only, a case each
    attest score cases --predictions out
    python training/muc4.py plain ../shared/data/muc4/dev.jsonl.gz out view              view/official.jsonl and view/roles.jsonl, nothing learnt
    for set in train dev; do python training/tagger.py ../shared/data/muc4/$set.jsonl.gz runs/muc4-$set; done
    python training/muc4.py learnt ../shared/data/muc4 runs view                         learnt on train over the same encoder

    cd ../shared/score && python3 muc4_official.py --key ../data/muc4/dev.jsonl.gz --response VIEW/official.jsonl
    cd ../shared/score && python3 muc4_ceaf.py --gold ../data/muc4/simple_dev.jsonl.gz --pred VIEW/roles.jsonl

A template here is {"type", "date", "place", "category", and for each of ROLES a list of fills}; a fill is {"text", "type", "effect", "number",
"of"}, as far as the role has them.
"""
import collections
import datetime
import json
import math
import pathlib
import re
import sys

from tagger import records

IND, ORG, PHYS, NAME, DESC, TOOL = ROLES = ["PERP: INDIVIDUAL ID", "PERP: ORGANIZATION ID", "PHYS TGT: ID", "HUM TGT: NAME", "HUM TGT: DESCRIPTION",
                                            "INCIDENT: INSTRUMENT ID"]
FIVE = {"PerpInd": IND, "PerpOrg": ORG, "Target": PHYS, "Victim": NAME, "Weapon": TOOL}
COUNTRIES = {"SV": "EL SALVADOR", "CO": "COLOMBIA", "GT": "GUATEMALA", "CL": "CHILE", "PE": "PERU", "HN": "HONDURAS", "BO": "BOLIVIA", "PA": "PANAMA",
             "EC": "ECUADOR", "AR": "ARGENTINA", "BR": "BRAZIL", "NI": "NICARAGUA"}
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
DAYS = "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY".split()
NUMBERS = dict(zip("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE".split(), range(1, 13)))
ARTICLE = re.compile(r"^(?:(?:A|AN|THE|SOME|SEVERAL|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|OTHER|ANOTHER|MORE|THAN|AT|LEAST|ABOUT|[\d,]+) )+")
ORGANISATION = re.compile(r"\b(?:FMLN|ELN|FARC|URNG|ERP|MRTA|M-19|EPL|FPMR|CPM|EGP|EXTRADITABLES|SHINING PATH|SENDERO|FRONT|ARMY|MOVEMENT|CARTEL|MAFIA|"
                          r"ARMED FORCES|AIR FORCE|NATIONAL GUARD|GOVERNMENT|BATTALION|BRIGADE|ARENA|PARTY)\b")


def clean(text):
    return " ".join(text.upper().split())


def bare(text):
    return ARTICLE.sub("", clean(text)).strip(" ,.;:") or clean(text)


# ---- writing templates down

def quoted(text):
    return '"' + text.replace('"', '\\"') + '"'


def official(template):
    """A template as the key of 1992 has it, each fill a string."""
    kind, slots = template["type"], collections.defaultdict(list)
    slots |= {"INCIDENT: TYPE": [kind], "INCIDENT: STAGE OF EXECUTION": ["ACCOMPLISHED"], "INCIDENT: DATE": [template["date"]],
              "INCIDENT: LOCATION": [template["place"]], "PERP: INCIDENT CATEGORY": [template["category"]]}
    for fill in template[IND]:
        slots[IND].append(quoted(fill["text"]))
    for fill in template[ORG]:
        slots[ORG].append(quoted(fill["text"]))
        slots["PERP: ORGANIZATION CONFIDENCE"].append(f"{fill.get('type', 'REPORTED AS FACT')}: {quoted(fill['text'])}")
    for fill in template[TOOL]:
        slots[TOOL].append(quoted(fill["text"]))
        if fill.get("type"):
            slots["INCIDENT: INSTRUMENT TYPE"].append(f"{fill['type']}: {quoted(fill['text'])}")
    for role, name in ((PHYS, "PHYS TGT"), (NAME, "HUM TGT"), (DESC, "HUM TGT")):
        for fill in template[role]:
            slots[role].append(quoted(fill["text"]) + (f": {quoted(fill['of'])}" if fill.get("of") else ""))
            if fill.get("of"):
                continue
            for slot, key in (("TYPE", "type"), ("NUMBER", "number"), ("EFFECT OF INCIDENT", "effect")):
                if fill.get(key):
                    slots[f"{name}: {slot}"].append(f"{fill[key]}: {quoted(fill['text'])}")
    return {slot: [x for x in fills if x] for slot, fills in slots.items()}


def view(templates, out):
    """Writes {id: [template]} for both scorers."""
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    with open(f"{out}/official.jsonl", "w") as full, open(f"{out}/roles.jsonl", "w") as roles:
        for name, some in templates.items():
            full.write(json.dumps({"id": name, "templates": [{"template": str(i + 1), "slots": official(t)} for i, t in enumerate(some)]}) + "\n")
            roles.write(json.dumps({"docid": name, "templates": [
                {"incident_type": t["type"].lower()} | {five: [[fill["text"].lower()] for fill in t[role]] for five, role in FIVE.items()} for t in some]}) + "\n")


# ---- dates and numbers in words

def day(date):
    return f"{date.day:02} {MONTHS[date.month - 1]} {date.year % 100:02}"


def when(sentences, published):
    """The day that sentences about an incident name, or else any day up to the report's."""
    if not published:
        return None
    today = datetime.date.fromisoformat(published)
    for text in sentences:
        if m := re.search(r"\b(\d{1,2}) (" + "|".join(MONTHS) + r")[A-Z]*\b(?:,? (?:19)?(\d\d)\b)?", text):
            try:
                date = datetime.date(1900 + int(m[3]) if m[3] else today.year, MONTHS.index(m[2]) + 1, int(m[1]))
            except ValueError:
                continue
            return day(date if date <= today or m[3] else date.replace(year=today.year - 1))
        if re.search(r"\bLAST NIGHT\b", text):
            return f"{day(today - datetime.timedelta(1))} - {day(today)}"
        if re.search(r"\bYESTERDAY\b", text):
            return day(today - datetime.timedelta(1))
        if re.search(r"\b(?:TODAY|THIS MORNING|THIS AFTERNOON|TONIGHT|EARLY THIS)\b", text):
            return day(today)
        if m := re.search(r"\b(?:ON|LAST) (" + "|".join(DAYS) + r")\b", text):
            return day(today - datetime.timedelta((today.weekday() - DAYS.index(m[1])) % 7 or 7))
    return "- " + day(today)


def number(before, text):
    """How many a noun phrase is of: the numeral in or just before it, else by its last word."""
    words = re.findall(r"[\w,.'-]+", before.upper())[-3:] + text.split()[:2]
    for word in reversed(words):
        if word in NUMBERS:
            return str(NUMBERS[word])
        if re.fullmatch(r"[\d,]+", word):
            return word.replace(",", "")
    return "PLURAL" if re.search(r"(?:[^S]S|MEN|PEOPLE|CHILDREN|PERSONNEL|POLICE|TROOPS)$", text.split(" OF ")[0]) else "1"


# ---- nothing learnt: the program's incidents as templates

PEOPLE = re.compile(r"PRIEST|JESUIT|MAYOR|GOVERNOR|MINISTER|PRESIDENT|JUDGE|SOLDIER|POLICEM|OFFICER|PEASANT|CIVILIAN|PEOPLE|PERSON|WORKER|LEADER|STUDENT|CHILD|WOM[AE]N|"
                    r"\bM[AE]N\b|MEMBER|CANDIDATE|GUARD|AMBASSADOR|GENERAL|COL\b|COLONEL|BISHOP|TEACHER|JOURNALIST|DEPUTY|SENATOR|LAWYER|MAGISTRATE|\b(?:DR|MR|GEN)\b")
THINGS = re.compile(r"OFFICE|BUILDING|HOUSE|HOME|HEADQUARTERS|STATION|BUS|VEHICLE|TRUCK|\bCAR\b|BRIDGE|PIPELINE|TOWER|PYLON|EMBASSY|BANK|PLANT|FARM|HOTEL|"
                    r"INSTALLATION|FACILIT|POST\b|LINES?$|SUBSTATION|STORE|SCHOOL|CHURCH|CONSULATE|RESIDENCE|PLANE|HELICOPTER|AIRPORT|GARRISON|BARRACKS|COMPAN|TOWN|VILLAGE")
KINDS = [("KIDNAPPING", {"abduction"}), ("BOMBING", {"explosion"}), ("ARSON", set()), ("ROBBERY", {"looting"}), ("ATTACK", {"attack", "deaths", "injuries"})]


def kind_of(claims):
    kinds = {c["kind"] for c in claims}
    words = " ".join(f"{c['quote']} {c.get('weapon')}".upper() for c in claims if c["kind"] in ("attack", "destruction", "explosion", "deaths", "injuries"))
    for name, mine in KINDS:
        if kinds & mine or name == "BOMBING" and re.search(r"BOMB|DYNAMIT|EXPLO|BLAST", words) or name == "ARSON" and re.search(r"BURN|SET FIRE|ARSON", words):
            return name
    return None


def plain(source, predicted, out):
    """Each incident of the program that is not a fight of soldiers becomes a template of one type, its claims' words the fills."""
    found = {}
    for record in records(source):
        case = json.loads((pathlib.Path(predicted) / f"{record['id']}.json").read_text())
        found[record["id"]] = []
        for incident in case["incidents"]:
            claims = [c for c in case["claims"] if c["incident"] == incident["id"] and c["polarity"] == "positive"]
            kind = kind_of(claims)
            if kind is None or {c["kind"] for c in claims} & {"clash", "airstrike"} or all(c["victims"] in ("armed-group", "military") for c in claims if c["victims"]) and any(
                    c["victims"] for c in claims):
                continue
            template = {"type": kind, "category": "TERRORIST ACT"} | {role: [] for role in ROLES}
            date = incident["date"] or {}
            template["date"] = day(datetime.date.fromisoformat(date["start"])) if date.get("start") else None
            place = incident["place"] or {}
            country = COUNTRIES.get(place.get("country"))
            sort = {"exact": "CITY", "near": "CITY", "admin1": "DEPARTMENT"}.get(place.get("precision"))
            template["place"] = country and country + (f": {clean(place['name'])} ({sort})" if sort and place.get("name") else "")

            def add(role, text, **more):
                text = text and bare(text)
                if text and text not in [fill["text"] for fill in template[role]] and not re.fullmatch(r"THEY|THEM|HE|HIM|HIS|SHE|IT|WHO|THOSE|THESE", text):
                    template[role].append({"text": text} | more)
            for c in claims:
                actor, target = (c.get("actor") or {}).get("text"), (c.get("target") or {}).get("text")
                add(ORG if actor and ORGANISATION.search(actor.upper()) else IND, actor)
                add(TOOL, c.get("weapon"))
                hurt = {"deaths": "DEATH", "injuries": "INJURY"}.get(c["kind"])
                if target and (hurt or kind == "KIDNAPPING" or PEOPLE.search(target.upper())) and not THINGS.search(target.upper()):
                    title = bare(target)
                    role = DESC if PEOPLE.search(title) and len(title.split()) < 3 else NAME
                    add(role, target, type="CIVILIAN", number=number("", title), effect=hurt)
                elif target and THINGS.search(target.upper()):
                    add(PHYS, target, type="OTHER", number=number("", bare(target)), effect="SOME DAMAGE" if kind in ("BOMBING", "ARSON") else None)
            found[record["id"]].append(template)
    view(found, out)


# ---- learnt on train, over the program's encoder

TYPES = ["ATTACK", "BOMBING", "KIDNAPPING", "ARSON", "ROBBERY"]
PLACE = "INCIDENT: LOCATION"
LEAST = {"type": 0.4, "span": 0.4, "fill": 0.5, "of": 0.4}    # chosen on the training records kept out
ASKED = {"type": [("PHYS TGT: TYPE", (PHYS,)), ("HUM TGT: TYPE", (NAME, DESC)), ("INCIDENT: INSTRUMENT TYPE", (TOOL,)), ("PERP: ORGANIZATION CONFIDENCE", (ORG,))],
         "effect": [("PHYS TGT: EFFECT OF INCIDENT", (PHYS,)), ("HUM TGT: EFFECT OF INCIDENT", (NAME, DESC))]}


def choices(fill):
    fill = fill.get("fill", fill)
    return fill.get("any_of", [fill])


def strings(fill):
    """The words, each of which is right, of a fill, or of what a fill such as an effect is of."""
    return [x["string"] for of in [fill.get("fill", fill)] for x in choices(of.get("of", of)) if "string" in x and x["string"].strip("- ")]


def names(fill):
    """The places that a location is made of, and the kind and what is around each."""
    for choice in choices(fill):
        path = choice.get("place") or []
        yield from (x for x in path[1:] if "value" in x)


def spots(text, words):
    """Where words stand in a text, over whatever line breaks."""
    return [m.span() for m in re.finditer(r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)", text)]


def sentence(text, at):
    first = max(text.rfind(". ", 0, at), text.rfind("\n\n", 0, at)) + 1
    ends = [i for i in (text.find(". ", at), text.find("\n\n", at)) if i >= 0]
    return text[first:min(ends, default=len(text))]


def signs(words, around, kind):
    """What a fill is judged by: its words, its last word, the words around, the type of incident."""
    return " ".join([f"w:{w}" for w in words.split()] + [f"last:{(words.split() or ['-'])[-1]}"] + [f"s:{w}" for w in re.findall(r"\w+", around)] + [f"t:{kind}"])


def sorter(pairs):
    """A linear classifier from strings of signs to labels; pairs are (signs, label)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    return make_pipeline(TfidfVectorizer(analyzer=str.split, sublinear_tf=True), LogisticRegression(C=20, max_iter=300)).fit(*zip(*pairs))


def targets(record, at):
    """What the tagger learns of a record: tags [n, roles and place], its types, and of which types the words in fills are (-1: not asked)."""
    import numpy as np
    from tagger import mark
    text, spans, whole = record["text"], {role: [] for role in [*ROLES, PLACE]}, np.zeros(len(TYPES), np.float32)
    asked = np.full((len(at), len(TYPES)), -1, np.float32)
    for template in record["templates"]:
        types = [TYPES.index(x["value"]) for x in choices(template["slots"]["INCIDENT: TYPE"][0]) if x.get("value") in TYPES]
        whole[types] = 1
        for role in spans:
            for fill in template["slots"][role]:
                for words in [x["value"] for x in names(fill)] if role == PLACE else [x["string"] for x in choices(fill) if "string" in x]:
                    here = spots(text, words)
                    spans[role] += here
                    covered = mark(at, here) > 0
                    asked[covered] = np.maximum(asked[covered], 0)
                    for kind in types:
                        asked[covered, kind] = 1
    tags = np.stack([mark(at, sorted(set(spans[role]), key=lambda s: s[0] - s[1])) for role in spans], 1)
    return tags, whole, asked


def lessons(train):
    """Classifiers for all that is not words of the text: {"type" and "effect" by role, "category", "country", "types"}, and {name: location} of places."""
    asked, category, country, places = collections.defaultdict(list), [], [], collections.defaultdict(collections.Counter)
    for record in train:
        text = record["text"]
        for template in record["templates"]:
            slots, kind = template["slots"], choices(template["slots"]["INCIDENT: TYPE"][0])[0].get("value")
            for key, rows in ASKED.items():
                for slot, roles in rows:
                    given = set()
                    for fill in slots[slot]:
                        value = choices(fill)[0].get("value") or choices(fill.get("fill", fill))[0].get("value")
                        for words in strings(fill)[:2]:
                            here = spots(text, words)
                            given.add(words)
                            if value and here:
                                asked[key, roles].append((signs(words, sentence(text, here[0][0]), kind), value))
                    if key == "effect":    # none given is an answer too
                        for words in {w for role in roles for fill in slots[role] for x in choices(fill) if "string" in x for w in [x["string"]]} - given:
                            here = spots(text, words)
                            if here and not any(fill.get("of") for fill in slots[DESC] if words in strings(fill) or words in str(fill)):
                                asked[key, roles].append((signs(words, sentence(text, here[0][0]), kind), "-"))
            if slots["PERP: INCIDENT CATEGORY"]:
                who = " ".join(w for role in (IND, ORG) for fill in slots[role] for x in choices(fill) if "string" in x for w in [x["string"]])
                category.append((signs(who, "", kind), choices(slots["PERP: INCIDENT CATEGORY"][0])[0].get("value", "TERRORIST ACT")))
            for fill in slots[PLACE]:
                path = choices(fill)[0].get("place") or choices(fill)
                top = path[0].get("value")
                if top:
                    country.append((signs("", text, ""), top))
                for i, part in enumerate(path[1:], 1):
                    if "value" in part and all("value" in x for x in path):
                        places[part["value"]][": ".join(f"{x['value']} ({x['kind']})" if isinstance(x.get("kind"), str) else x["value"] for x in path[:i + 1])] += 1
    learnt = {key: sorter(pairs) for key, pairs in asked.items()} | {"category": sorter(category), "country": sorter(country)}
    for kind in TYPES:
        learnt["types", kind] = sorter([(signs("", r["text"], ""), any(choices(t["slots"]["INCIDENT: TYPE"][0])[0].get("value") == kind for t in r["templates"])) for r in train])
    return learnt, places


def assemble(record, at, tags, topics, learnt, places, least):
    """Templates of a text from the tagger's scores of it; `least` are the least probabilities of a type, a fill, and a fill's type."""
    from tagger import decode
    text = record["text"]
    judge = lambda key, s: learnt[key].predict([s])[0]
    own, whole = topics.sigmoid().numpy(), (topics.logsumexp(0) - 0.5 * math.log(len(at))).sigmoid().tolist()
    believed = {kind: (whole[i] * learnt["types", kind].predict_proba([signs("", text, "")])[0][1]) ** 0.5 for i, kind in enumerate(TYPES)}
    kinds = [kind for kind in TYPES if believed[kind] >= least["type"]]
    fills = {role: {} for role in [*ROLES, PLACE]}
    for number_, role in enumerate(fills):
        for start, end, p, i, j in decode(tags[:, number_], at, least["span"]):
            words = clean(text[start:end]).strip(" ,.;:")
            said = fills[role].setdefault(words, {"p": 0.0, "at": start, "of": []})
            said["of"].append(own[i:j].mean(0))
            if p > said["p"]:
                said.update(p=p, at=start)
    out = []
    for kind in kinds:
        mine = {role: {} for role in fills}
        for role, some in fills.items():
            for words, said in some.items():
                of = sum(said["of"]) / len(said["of"])
                best = max(kinds, key=lambda k: of[TYPES.index(k)])
                if said["p"] >= least["fill"] and (best == kind or of[TYPES.index(kind)] >= least["of"]):
                    mine[role][words] = said
            for words in [w for w in mine[role] if any(w != other and f" {w} " in f" {other} " for other in mine[role])]:
                del mine[role][words]
        template = {"type": kind} | {role: [] for role in ROLES}
        near = [sentence(text, said["at"]) for role in ROLES for said in sorted(mine[role].values(), key=lambda s: s["at"])]
        template["date"] = when([clean(s) for s in near], record["date"])
        country = judge("country", signs("", text, ""))
        named = [(said["p"] * (1 + path.count(":")), path) for words, said in mine[PLACE].items() for path, _ in
                 [max(((p, n) for p, n in places[words].items() if p.startswith(country)), key=lambda x: x[1], default=(f"{country}: {words} (CITY)", 0))]]
        template["place"] = max(named)[1] if named else country
        template["category"] = judge("category", signs(" ".join(w for role in (IND, ORG) for w in mine[role]), "", kind))
        for role in ROLES:
            for words, said in mine[role].items():
                fill = {"text": words}
                for key, rows in ASKED.items():
                    for slot, roles in rows:
                        if role in roles and (got := judge((key, roles), signs(words, sentence(text, said["at"]), kind))) != "-":
                            fill[key] = got
                fill["number"] = "1" if role == NAME else number(text[max(0, said["at"] - 30):said["at"]], words)
                if role == DESC:
                    fill["of"] = next((name for name, other in mine[NAME].items() if -3 <= other["at"] - said["at"] - len(words) <= 6 or 0 <= said["at"] - other["at"] - len(name) <= 8), None)
                template[role].append(fill)
        out.append(template)
    return out


def learnt(folder, runs, out, held=None):
    """Learns on train and writes dev's view, or with `held` that of the training records kept out: one in seven, to choose by."""
    import pickle
    import torch
    from tagger import Tagger, fit, load
    train, dev = records(f"{folder}/train.jsonl.gz"), records(f"{folder}/dev.jsonl.gz")
    kept, states = [r for i, r in enumerate(train) if i % 7], {name: rest for name, *rest in load(f"{runs}/muc4-train") + load(f"{runs}/muc4-dev")}
    path = pathlib.Path(runs) / "muc4-learnt.pickle"
    if not path.exists():
        torch.manual_seed(1)
        texts = [(states[r["id"]][0], *targets(r, states[r["id"]][1])) for r in kept]
        path.write_bytes(pickle.dumps((fit(Tagger([*ROLES, PLACE], len(TYPES)), texts, epochs=6), *lessons(kept))))
    model, judges, places = pickle.loads(path.read_bytes())
    found = {}
    for record in [r for i, r in enumerate(train) if i % 7 == 0] if held else dev:
        rows, at = states[record["id"]]
        with torch.no_grad():
            tags, topics = model(torch.from_numpy(rows.astype("float32")))
        found[record["id"]] = assemble(record, at, tags, topics, judges, places, LEAST)
    view(found, out)


def write(source, out):
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    for record in records(source):
        report = {"id": "r", "published": record["date"] or "1989-06-01", "outlet": record["dateline_source"] or "News", "kind": "wire", "language": "en", "title": "",
                  "text": record["text"].strip(), "copy_of": None}
        (pathlib.Path(out) / f"{record['id']}.json").write_text(json.dumps({"reports": [report]}))


if __name__ == "__main__":
    {"write": write, "plain": plain, "learnt": learnt}[sys.argv[1]](*sys.argv[2:])
