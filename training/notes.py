"""Turns compact case notes (*.case, easy to write by hand) into gold cases (*.json).

    python training/notes.py tests/cases/*.case          writes NAME.json beside each

The format, line by line ("|" parts fields, so no quote may contain it):

    case: short-kebab-name
    about: one line
    ## r1 | 2021-11-14 | Radio Nayala | broadcast | fr | -          report: published, outlet, kind, language, copy_of
    # Headline
    First paragraph.

    Second paragraph.
    -- place=Inata:BF date=2021-11-14 incident=i1                   defaults for this report's claims
    deaths | Au moins vingt personnes ont été tuées | s=le ministre de la Sécurité:government | n=Au moins vingt:20/ | v=mixed
    == incidents
    i1 | armed clash | 2021-11-14..2021-11-14 day | Inata; Sahel; BF; 14.35; -1.33; exact | corroborated
      party: JNIM; attacker; attributed
      deaths: total 49/53/57
      dispute: c35 c37 deaths

Claim fields: s=name:kind (again for each link, outermost first), st=stance, ce=certainty, po=neg, sc=scope, i=incident
(- for none), a=text>name, t=text>name, p=text:CC or p=text>name:CC, d=words:start..end (words may be empty), n=words:low/high
(~ before the words: approximate), v=victims, side=, w=weapon, o=occurrence, title (words stand in the headline), opt.
A claim's id is c1, c2 … in order. Incident of a claim: i=, else the default when scope is `incident`.
"""
import json
import pathlib
import sys


def span(text):
    start, _, end = text.partition("..")
    return start, end or start


def party(text):
    printed, _, name = text.partition(">")
    return {"text": printed, "name": name or printed}


def place(text):
    names, _, country = text.rpartition(":")
    printed, _, name = names.partition(">")
    return {"text": printed, "name": name or printed, "country": country}


def claim(line, number, report, defaults):
    parts = [p.strip() for p in line.split("|")]
    c = {"id": f"c{number}", "report": report, "quote": parts[1]}
    rest = {"source": [], "stance": "states", "certainty": "certain", "polarity": "positive", "kind": parts[0],
            "scope": "incident", "incident": "default", "actor": None, "target": None, "place": None, "date": None,
            "count": None, "victims": None, "side": None, "weapon": None}
    if defaults.get("place"):
        rest["place"] = place(defaults["place"])
    if defaults.get("date"):
        start, end = span(defaults["date"])
        rest["date"] = {"text": None, "start": start, "end": end}
    for part in parts[2:]:
        key, _, value = part.partition("=")
        key, value = key.strip(), value.strip()
        if key == "title":
            c["in"] = "title"
        elif key == "opt":
            rest["optional"] = True
        elif key == "o":
            c["occurrence"] = int(value)
        elif key == "s":
            name, _, kind = value.rpartition(":")
            rest["source"].append({"name": name, "kind": kind})
        elif key == "st":
            rest["stance"] = value
            if value == "denies":
                rest["polarity"] = "negative"
        elif key == "ce":
            rest["certainty"] = value
        elif key == "po":
            rest["polarity"] = "negative"
        elif key == "sc":
            rest["scope"] = value
        elif key == "i":
            rest["incident"] = None if value == "-" else value
        elif key in "at":
            rest["actor" if key == "a" else "target"] = party(value)
        elif key == "p":
            rest["place"] = None if value == "-" else place(value)
        elif key == "d":
            words, _, days = value.rpartition(":")
            start, end = span(days)
            rest["date"] = None if value == "-" else {"text": words or None, "start": start, "end": end}
        elif key == "n":
            words, _, bounds = value.rpartition(":")
            low, _, high = bounds.partition("/")
            approx = words.startswith("~")
            rest["count"] = {"text": words.lstrip("~"), "low": int(low) if low else None, "high": int(high) if high else None}
            if approx:
                rest["count"]["approx"] = True
        elif key == "v":
            rest["victims"] = value
        elif key == "side":
            rest["side"] = value
        elif key == "w":
            rest["weapon"] = value
        else:
            raise ValueError(f"unknown field {part!r} in: {line}")
    if rest["incident"] == "default":
        rest["incident"] = defaults.get("incident") if rest["scope"] == "incident" else None
    return c | rest


def read(path):
    case = {"case": "", "about": "", "reports": [], "claims": [], "incidents": []}
    state, body, defaults = "head", [], {}
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.rstrip()
        try:
            if line.startswith("## "):
                rid, published, outlet, kind, language, copy = [p.strip() for p in line[3:].split("|")]
                case["reports"].append({"id": rid, "published": published, "outlet": outlet, "kind": kind, "language": language,
                                        "title": "", "text": "", "copy_of": None if copy == "-" else copy})
                state, body = "text", []
            elif line == "== incidents":
                state = "incidents"
            elif state == "head" and ":" in line:
                key, _, value = line.partition(":")
                case[key] = value.strip()
            elif state == "text" and line.startswith("# "):
                case["reports"][-1]["title"] = line[2:]
            elif state == "text" and line.startswith("--"):
                case["reports"][-1]["text"] = "\n\n".join(p.replace("\n", " ").strip() for p in "\n".join(body).strip().split("\n\n"))
                defaults, key = {}, None
                for word in line[2:].split():
                    if word.partition("=")[0] in ("place", "date", "incident"):
                        key, _, defaults[key] = word.partition("=")
                    else:
                        defaults[key] += " " + word
                state = "claims"
            elif state == "text":
                body.append(line)
            elif state == "claims" and line.strip():
                case["claims"].append(claim(line, len(case["claims"]) + 1, case["reports"][-1]["id"], defaults))
            elif state == "incidents" and line.startswith(" "):
                key, _, value = line.strip().partition(":")
                incident = case["incidents"][-1]
                if key == "party":
                    name, role, basis = [p.strip() for p in value.split(";")]
                    incident["parties"].append({"name": name, "role": role, "basis": basis})
                elif key == "deaths":
                    side, _, bounds = value.strip().rpartition(" ")
                    low, best, high = bounds.split("/")
                    incident["deaths"].append({"side": side, "low": int(low), "best": int(best), "high": int(high)})
                elif key == "dispute":
                    one, two, over = value.split()
                    incident["disputes"].append({"claims": [one, two], "over": over})
                else:
                    raise ValueError(f"unknown line {line!r}")
            elif state == "incidents" and line.strip():
                iid, kind, when, where, status = [p.strip() for p in line.split("|")]
                days, _, precision = when.partition(" ")
                start, end = span(days)
                name, admin1, country, lat, lon, near = [p.strip() for p in where.split(";")]
                case["incidents"].append({
                    "id": iid, "type": kind, "date": {"start": start, "end": end, "precision": precision},
                    "place": {"name": name, "admin1": admin1, "country": country, "lat": float(lat) if lat else None,
                              "lon": float(lon) if lon else None, "precision": near},
                    "parties": [], "deaths": [], "status": status, "disputes": [], "claims": []})
        except (ValueError, KeyError, IndexError) as error:
            raise SystemExit(f"{path}:{number}: {error}")
    for incident in case["incidents"]:
        incident["claims"] = [c["id"] for c in case["claims"] if c["incident"] == incident["id"]]
    return case


def main():
    for name in sys.argv[1:]:
        path = pathlib.Path(name)
        path.with_suffix(".json").write_text(json.dumps(read(path), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
