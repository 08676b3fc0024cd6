"""Articles of nothing that happened, as JSON Lines: events told by several outlets that contradict one another, copies, later
tolls, weekly round-ups and news of other things. The same number and seed give the same bytes.

    python crates/python/tests/generate.py 500 > articles.jsonl
"""

from __future__ import annotations

import datetime
import json
import random
import sys
from typing import Iterator

PLACES = {
    "Mali": ["Gao", "Ansongo", "Menaka", "Mopti", "Bandiagara", "Douentza", "Kidal", "Timbuktu", "Segou", "Niono"],
    "Burkina Faso": ["Djibo", "Dori", "Fada N'Gourma", "Kaya", "Ouahigouya", "Tougan"],
    "Nigeria": ["Maiduguri", "Damboa", "Monguno", "Gusau", "Jos", "Katsina", "Lafia"],
    "Somalia": ["Beledweyne", "Jowhar", "Kismayo", "Baidoa", "Galkayo"],
    "Sudan": ["Nyala", "Kadugli", "Kosti", "Babanusa"],
    "DR Congo": ["Bunia", "Beni", "Butembo", "Goma", "Uvira"],
    "Colombia": ["Tame", "Saravena", "Tumaco", "Ocana"],
    "Pakistan": ["Bannu", "Tank", "Turbat", "Quetta"],
}
GROUPS = ["the River Front", "the Dawn Brigade", "the Free Hills Movement", "the Northern Column", "the Lantern Group"]
OUTLETS = [
    ("Agence Nord", "wire"), ("Meridian Press", "wire"), ("The Daily Lantern", "newspaper"), ("Harbour Times", "newspaper"),
    ("Radio Oum", "broadcast"), ("Hill Country Voice", "local-media"), ("Civic Monitor", "ngo"), ("Evening Ledger", "newspaper"),
]  # fmt: skip
DEEDS = [
    ("Gunmen on motorcycles attacked an army post near {place}", "attack on army post"),
    ("A bomb hidden beside the road went off under a lorry outside {place}", "roadside bomb"),
    ("Fighters of {group} stormed a village close to {place}", "village raid"),
    ("Soldiers and fighters of {group} fought for hours in the hills around {place}", "clash"),
    ("An air strike hit a market on the edge of {place}", "air strike"),
    ("Mortar shells fell on a quarter in the east of {place}", "shelling"),
]
LINES = [
    "{Speaker} said {n} {whom} were killed and {m} others were wounded.",
    "At least {n} {whom} died, {speaker} told reporters, and {m} were hurt.",
    "{Speaker} put the number of dead {whom} at {n}.",
]
SPEAKERS = ["the army", "a local official", "residents", "a hospital worker", "the governor's office", "a spokesman for {group}", "two witnesses"]
WHOM = ["soldiers", "civilians", "villagers", "fighters"]
COLOUR = [
    "Shops stayed shut and the road to the south was closed until the evening.",
    "A teacher who lives near the bridge said that she had counted the vehicles from her roof.",
    "Families left with what they could carry; some slept in a school.",
    "Telephone lines were down for most of the day.",
    "The area has seen little of the state since the rains began.",
    "A convoy with food had passed there two days before.",
    "People who fled said they had walked through the night.",
    "Officials promised an inquiry and asked for calm.",
    "The mayor called on both sides to let ambulances through.",
    "Traders said that prices in the market had doubled.",
]
OTHER = [
    "The river rose by {n} centimetres in a night and carried off the footbridge at {place}, the water office said.",
    "Farmers around {place} expect a harvest of {n} tonnes of onions, more than in any year that they can remember.",
    "The football club of {place} beat its neighbours by two goals to one before a crowd of {n} hundred.",
    "A new clinic with {n} beds opened in {place} after three years of work, the health department said.",
]


def articles(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """So many articles; an event has four on average, and an archive as many days as its size needs."""
    dice = random.Random(seed)
    first = datetime.date(2021, 1, 1)
    days = max(30, count // 8)
    made = 0
    while made < count:
        for article in _event(dice, first + datetime.timedelta(days=dice.randrange(days))):
            if made < count:
                yield article
                made += 1


def _event(dice: random.Random, day: datetime.date) -> list[dict[str, str]]:
    country = dice.choice(sorted(PLACES))
    place, group = dice.choice(PLACES[country]), dice.choice(GROUPS)
    if dice.random() < 0.2:
        text = dice.choice(OTHER).format(place=place, n=dice.randrange(12, 300)) + "\n\n" + " ".join(dice.sample(COLOUR, 3))
        return [_article(dice, day, f"News from {place}", text)]
    deed, title = dice.choice(DEEDS)
    dead, whom = dice.randrange(2, 40), dice.choice(WHOM)
    out = []
    for n in range(dice.randrange(1, 5)):
        when = day + datetime.timedelta(days=n if dice.random() < 0.3 else 0)
        weekday = day.strftime("%A")
        told = f"{deed.format(place=place, group=group)} in {country} on {weekday}."
        lines = []
        for speaker in dice.sample(SPEAKERS, 2):
            speaker = speaker.format(group=group)
            said = max(1, dead + dice.choice([0, 0, 0, 1, 2, -1, 5, 12]))
            line = dice.choice(LINES).format(speaker=speaker, Speaker=speaker[0].upper() + speaker[1:], n=said, m=dice.randrange(2, 30), whom=whom)
            lines.append(line)
        if dice.random() < 0.3:
            lines.append(f"{group[0].upper() + group[1:]} denied that its men had been there.")
        text = told + " " + lines[0] + "\n\n" + " ".join(lines[1:] + dice.sample(COLOUR, 2)) + "\n\n" + " ".join(dice.sample(COLOUR, 3))
        article = _article(dice, when, f"{place}: {title}", text)
        out.append(article)
        for _ in range(dice.choice([0, 0, 0, 1, 2])):
            outlet, kind = dice.choice(OUTLETS)
            copy = dict(article, outlet=outlet, kind=kind, title=f"{title.capitalize()} near {place}", url=_url(dice, outlet))
            copy["published"] = (when + datetime.timedelta(days=dice.randrange(2))).isoformat()
            if dice.random() < 0.6:
                copy["text"] = text + f" (With {article['outlet']})"
            out.append(copy)
    return out


def _article(dice: random.Random, day: datetime.date, title: str, text: str) -> dict[str, str]:
    outlet, kind = dice.choice(OUTLETS)
    return {"title": title, "text": text, "published": day.isoformat(), "outlet": outlet, "kind": kind, "language": "en", "url": _url(dice, outlet)}


def _url(dice: random.Random, outlet: str) -> str:
    return f"https://{outlet.lower().replace(' ', '-')}.example/{dice.getrandbits(40):010x}"


if __name__ == "__main__":
    for article in articles(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        sys.stdout.write(json.dumps(article, ensure_ascii=False) + "\n")
