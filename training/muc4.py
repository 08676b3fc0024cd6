"""MUC-4: from what the program says of a report to the templates of 1992. Bench code; nothing of it ships, and no text of the set is kept.

    python training/muc4.py write ../shared/data/muc4/dev.jsonl.gz cases                reports only, a case each
    attest score cases --predictions out
    python training/muc4.py plain ../shared/data/muc4/dev.jsonl.gz out view              view/official.jsonl and view/roles.jsonl, nothing learnt
    python training/muc4.py learnt ../shared/data/muc4 runs view out                     learnt on train; what is learnt is kept in runs

    cd ../shared/score && python3 muc4_official.py --key ../data/muc4/dev.jsonl.gz --response VIEW/official.jsonl
    cd ../shared/score && python3 muc4_ceaf.py --gold ../data/muc4/simple_dev.jsonl.gz --pred VIEW/roles.jsonl

A template here is {"type", "date", "place", "category", and for each of ROLES a list of fills}; a fill is {"text", "type", "effect", "number",
"of"}, as far as the role has them.
"""
import collections
import datetime
import json
import pathlib
import pickle
import re
import sys

import numpy as np

from tagger import Words, mark, records, runs

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
    slots |= {"INCIDENT: TYPE": [kind], "INCIDENT: STAGE OF EXECUTION": [template.get("stage", "ACCOMPLISHED")], "INCIDENT: DATE": [template["date"]],
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
                {"incident_type": t["type"].lower()} | {five: [[words.lower() for words in [fill["text"], *fill.get("also", [])]] for fill in t[role]] for five, role in FIVE.items()} for t in some]}) + "\n")


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


PRONOUN = re.compile(r"THEY|THEM|HE|HIM|HIS|SHE|HER|IT|WHO|THOSE|THESE|WE|I|YOU")


def claimed(claim, kidnapping):
    """(role, words, more) that a claim fills in: its actor, target and weapon."""
    actor, target = (clean((claim.get(role) or {}).get("text") or "") for role in ("actor", "target"))
    hurt, title = {"deaths": "DEATH", "injuries": "INJURY"}.get(claim["kind"]), bare(target)
    fills = [(ORG if ORGANISATION.search(actor) else IND, actor, {}), (TOOL, claim.get("weapon") or "", {})]
    if THINGS.search(target):
        fills.append((PHYS, target, {"type": "OTHER", "number": number("", title)}))
    elif hurt or kidnapping or PEOPLE.search(target):
        fills.append((DESC if PEOPLE.search(title) and len(title.split()) < 3 else NAME, target, {"type": "CIVILIAN", "number": number("", title), "effect": hurt}))
    return [(role, bare(words), more) for role, words, more in fills if words and not PRONOUN.fullmatch(bare(words))]


def plain(source, predicted, out):
    """Each incident of the program that is not a fight of soldiers becomes a template of one type, its claims' words the fills."""
    found = {}
    for record in records(source):
        case = json.loads((pathlib.Path(predicted) / f"{record['id']}.json").read_text())
        found[record["id"]] = []
        for incident in case["incidents"]:
            claims = [c for c in case["claims"] if c["incident"] == incident["id"] and c["polarity"] == "positive"]
            kind, victims = kind_of(claims), {c["victims"] for c in claims if c["victims"]}
            if kind is None or {c["kind"] for c in claims} & {"clash", "airstrike"} or victims and victims <= {"armed-group", "military"}:
                continue
            date, place = incident["date"] or {}, incident["place"] or {}
            country, sort = COUNTRIES.get(place.get("country")), {"exact": "CITY", "near": "CITY", "admin1": "DEPARTMENT"}.get(place.get("precision"))
            template = {"type": kind, "category": "TERRORIST ACT", "date": day(datetime.date.fromisoformat(date["start"])) if date.get("start") else None,
                        "place": country and country + (f": {clean(place['name'])} ({sort})" if sort and place.get("name") else "")} | {role: [] for role in ROLES}
            for claim in claims:
                for role, words, more in claimed(claim, kind == "KIDNAPPING"):
                    if words not in [fill["text"] for fill in template[role]]:
                        effect = {"effect": "SOME DAMAGE"} if role == PHYS and kind in ("BOMBING", "ARSON") else {}
                        template[role].append({"text": words} | more | effect)
            found[record["id"]].append(template)
    view(found, out)


# ---- learnt on train

TYPES = ["ATTACK", "BOMBING", "KIDNAPPING", "ARSON", "ROBBERY"]
PLACE = "INCIDENT: LOCATION"
LEAST = {"type": 0.2, "span": 0.25, "fill": 0.4, "share": 0.6, "of": 0.3, "told": 0.1, "claim": 0.6}    # chosen on the training records kept out
ASKED = [("type", "PHYS TGT: TYPE", (PHYS,)), ("type", "HUM TGT: TYPE", (NAME, DESC)), ("type", "INCIDENT: INSTRUMENT TYPE", (TOOL,)),
         ("type", "PERP: ORGANIZATION CONFIDENCE", (ORG,)), ("effect", "PHYS TGT: EFFECT OF INCIDENT", (PHYS,)), ("effect", "HUM TGT: EFFECT OF INCIDENT", (NAME, DESC))]


def choices(fill):
    fill = fill.get("fill", fill)
    return fill.get("any_of", [fill])


def own(fill):
    """The words, each of which is right, of a fill itself."""
    return [x["string"] for x in choices(fill) if "string" in x and x["string"].strip("- ")]


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


def sentences(text):
    """(start, end) of the sentences of a text."""
    ends = [m.end() for m in re.finditer(r"[.?!]\"?\s+(?=\S)|\n\s*\n", text)]
    return list(zip([0, *ends], [*ends, len(text)]))


def sentence(text, at):
    """The sentence in which a character stands."""
    return next(text[a:b] for a, b in sentences(text) if a <= at < b)


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
    """What the tagger learns of a record: tags [n, roles and place]; of several names of one thing the longest that stands there."""
    spans = {role: [] for role in [*ROLES, PLACE]}
    for template in record["templates"]:
        for role in spans:
            for fill in template["slots"][role]:
                for words in [x["value"] for x in names(fill)] if role == PLACE else own(fill):
                    spans[role] += spots(record["text"], words)
    return np.stack([mark(at, sorted(set(some), key=lambda s: s[0] - s[1])) for some in spans.values()], 1)


def lessons(train):
    """Classifiers for all that is not words of the text, by what they are asked; the locations that a place's name stood for; other names of organisations."""
    pairs, places, aliases = collections.defaultdict(list), collections.defaultdict(collections.Counter), collections.defaultdict(set)
    for record in train:
        text, kinds, told = record["text"], set(), collections.defaultdict(set)
        for template in record["templates"]:
            slots, kind = template["slots"], choices(template["slots"]["INCIDENT: TYPE"][0])[0].get("value")
            kinds.add(kind)
            for role in (PHYS, NAME, DESC, TOOL):
                for at, _ in (spot for fill in slots[role] for words in own(fill) for spot in spots(text, words)):
                    told[next(a for a, b in sentences(text) if a <= at < b)].add(kind)
            for fill in slots[ORG]:
                for words in own(fill):
                    aliases[words] |= set(own(fill))
            for key, slot, roles in ASKED:
                rest = [own(fill)[0] for role in roles for fill in slots[role] if own(fill) and not fill.get("of")]
                for fill in slots[slot]:
                    value = choices(fill)[0].get("value")
                    for words in strings(fill)[:2]:
                        rest = [w for w in rest if w not in strings(fill)]
                        if value and (here := spots(text, words)):
                            pairs[key, roles].append((signs(words, sentence(text, here[0][0]), kind), value))
                for words in rest if key == "effect" else []:    # that none is given is an answer too
                    if here := spots(text, words):
                        pairs[key, roles].append((signs(words, sentence(text, here[0][0]), kind), "-"))
            if slots["PERP: INCIDENT CATEGORY"]:
                who = " ".join(words for role in (IND, ORG) for fill in slots[role] for words in own(fill))
                pairs["category"].append((signs(who, "", kind), choices(slots["PERP: INCIDENT CATEGORY"][0])[0].get("value", "TERRORIST ACT")))
            pairs["stage"].append((signs("", " ".join(text[a:b] for a, b in sentences(text) if a in told), kind), choices(slots["INCIDENT: STAGE OF EXECUTION"][0])[0]["value"]))
            for fill in slots[PLACE]:
                path = choices(fill)[0].get("place") or choices(fill)
                if "value" in path[0]:
                    pairs["country"].append((signs("", text, ""), path[0]["value"]))
                for i, part in enumerate(path):
                    if i and all("value" in x for x in path):
                        places[part["value"]][": ".join(f"{x['value']} ({x['kind']})" if isinstance(x.get("kind"), str) else x["value"] for x in path[:i + 1])] += 1
        for kind in TYPES:
            pairs["text", kind].append((signs("", text, ""), kind in kinds))
            pairs["sentence", kind] += [(signs("", text[a:b], ""), kind in told[a]) for a, b in sentences(text)]
    return {key: sorter(some) for key, some in pairs.items()}, places, aliases


def assemble(record, claims, at, tags, judges, places, aliases, least):
    """Templates of a text from the tags of its words and the program's claims: one of each type that is likely enough, with the fills of its sentences."""
    text = record["text"]
    judge = lambda key, words="", around="", kind="": judges[key].predict([signs(words, around, kind)])[0]
    told = np.array([judges["sentence", kind].predict_proba([signs("", text[a:b], "") for a, b in sentences(text)])[:, 1] for kind in TYPES])
    believed = {kind: (told[i].max() * judges["text", kind].predict_proba([signs("", text, "")])[0, 1]) ** 0.5 for i, kind in enumerate(TYPES)}
    kinds = [kind for kind in TYPES if believed[kind] >= least["type"]]
    fills = {role: {} for role in [*ROLES, PLACE]}
    found = [(role, *run) for role, column in zip(fills, tags.swapaxes(0, 1)) for run in runs(column, at, least["span"])]
    for claim in (c for c in claims if c["polarity"] == "positive" and c["kind"] != "clash"):
        here = spots(text, claim["quote"])
        for role, words, _ in claimed(claim, claim["kind"] == "abduction"):
            if near := min(spots(text, words), key=lambda s: abs(s[0] - here[0][0]) if here else s[0], default=None):
                found.append((role, *near, least["claim"]))
    for role, start, end, p in found:
        where = next(i for i, (a, b) in enumerate(sentences(text)) if a <= start < b)
        said = fills[role].setdefault(clean(text[start:end]).strip(" ,.;:"), {"p": 0.0, "at": start, "told": []})
        said["told"].append(told[:, where])
        said["p"] = 1 - (1 - said["p"]) * (1 - p)
    out = []
    for kind in kinds:
        mine = {role: {} for role in fills}
        for role, some in fills.items():
            for words, said in some.items():
                of = np.max(said["told"], 0)
                if of[TYPES.index(kind)] < least["told"]:
                    continue
                if said["p"] >= least["fill"] and kind == max(kinds, key=lambda k: of[TYPES.index(k)]) or said["p"] >= least["share"] and of[TYPES.index(kind)] >= least["of"]:
                    mine[role][words] = said
            for words in [w for w in mine[role] if any(w != other and f" {w} " in f" {other} " for other in mine[role])]:
                del mine[role][words]
        order = sorted((said["at"] for role in ROLES for said in mine[role].values()))
        near = " ".join(dict.fromkeys(sentence(text, i) for i in order))
        template = {"type": kind} | {role: [] for role in ROLES}
        template |= {"stage": judge("stage", "", near, kind), "category": judge("category", " ".join([*mine[IND], *mine[ORG]]), "", kind),
                     "date": when([clean(sentence(text, i)) for i in order], record["date"])}
        country, named = judge("country", "", text), []
        for words, said in mine[PLACE].items():
            known = {path: n for path, n in places[words].items() if path.startswith(country)}
            path = max(known, key=known.get) if known else f"{country}: {words} (CITY)"
            named.append((said["p"] * (1 + 0.5 * path.count(":")), path))
        template["place"] = max(named)[1] if named else country
        for role in ROLES:
            for words, said in sorted(mine[role].items(), key=lambda x: x[1]["at"]):
                if same := next((f for f in template[role] if role == ORG and (words in aliases[f["text"]] or f"{f['text']} [{words}]" in clean(text))), None):
                    same["also"] = [*same.get("also", []), words]
                    continue
                fill = {"text": words, "number": "1" if role == NAME else number(text[max(0, said["at"] - 30):said["at"]], words)}
                for key, _, roles in ASKED:
                    if role in roles and (got := judge((key, roles), words, sentence(text, said["at"]), kind)) != "-":
                        fill[key] = got
                if role == DESC:
                    end = said["at"] + len(words)
                    fill["of"] = next((name for name, other in mine[NAME].items() if 0 <= other["at"] - end <= 3 or 0 <= said["at"] - other["at"] - len(name) <= 8), None)
                template[role].append(fill)
        out.append(template)
    return out


def learnt(folder, keep, out, predicted=None):
    """Learns on train and writes the view of dev, with the claims `predicted` for it; without them, of the training records kept out: one in seven, to choose by."""
    train, dev = records(f"{folder}/train.jsonl.gz"), records(f"{folder}/dev.jsonl.gz")
    kept, path = [r for i, r in enumerate(train) if i % 7], pathlib.Path(keep) / "muc4-learnt.pickle"
    if not path.exists():
        tagged = [r for i, r in enumerate(kept) if r["templates"] or i % 3 == 0]
        path.write_bytes(pickle.dumps((Words().fit([r["text"] for r in tagged], lambda i, at: targets(tagged[i], at)), *lessons(kept))))
    tagger, *known = pickle.loads(path.read_bytes())
    found = {}
    for record in dev if predicted else [r for i, r in enumerate(train) if i % 7 == 0]:
        claims = json.loads((pathlib.Path(predicted) / f"{record['id']}.json").read_text())["claims"] if predicted else []
        found[record["id"]] = assemble(record, claims, *tagger(record["text"]), *known, LEAST)
    view(found, out)


def write(source, out):
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    for record in records(source):
        report = {"id": "r", "published": record["date"] or "1989-06-01", "outlet": record["dateline_source"] or "News", "kind": "wire", "language": "en", "title": "",
                  "text": record["text"].strip(), "copy_of": None}
        (pathlib.Path(out) / f"{record['id']}.json").write_text(json.dumps({"reports": [report]}))


if __name__ == "__main__":
    {"write": write, "plain": plain, "learnt": learnt}[sys.argv[1]](*sys.argv[2:])
