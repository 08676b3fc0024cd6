"""Articles of nothing that happened, as JSON Lines: events told by several outlets that contradict one another, later tolls, news of
other things, and agency copy, a third of all, as an archive of news has it: whole, with the agency's name, or cut short. Villages and people
have made-up names, so that two texts share no more than texts do. The same number, words and seed give the same bytes.

    python crates/python/tests/generate.py 500 > articles.jsonl             # of a hundred words on average
    python crates/python/tests/generate.py 500 --words 40 --seed 2
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import html
import itertools
import json
import random
import sys
from typing import Iterable, Iterator

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
DEEDS = {
    "attack on army post": [
        "Gunmen under {person} attacked {village}, an army post near {place}",
        "An army post in {village} by the {river} outside {place} came under attack from {other}",
        "Armed men of {person} overran the camp of {village} on the {river} road to {place}",
    ],
    "roadside bomb": [
        "A bomb hidden in {village} beside the {river} road killed {person} on a lorry to {place}",
        "A lorry of {person} drove over a mine between {village} and {other} near {place}",
        "An explosive device at {village} destroyed a {river} bus on its way to {place}",
    ],
    "village raid": [
        "Fighters of {group} stormed {village} and {other} near {place}",
        "{village} on the {river}, not far from {place}, was raided by {group} under {person}",
        "Men of {group} led by {person} entered {village} near {place} and opened fire on {other}",
    ],
    "clash": [
        "Soldiers and {group} fought for {village} and {other} in the {river} hills near {place}",
        "Fighting between {person} and {group} was reported from {village} near {place}",
        "Troops under {person} clashed with {group} at {village}, close to {place}",
    ],
    "air strike": [
        "An air strike hit {village} and the {river} market on the edge of {place}",
        "Aircraft bombed {village} near {place} and killed {person}",
        "A drone fired on {village}, the {river} suburb of {place}, and on {other}",
    ],
    "shelling": [
        "Mortar shells fell on {village} and {other} in the east of {place}",
        "{village} on the {river} east of {place} was shelled, {person} wrote",
        "Rockets struck {person}'s house at {village} near {place}",
    ],
}
"""What happened, in a headline, and in the words of three outlets. Names stand close, so that two events share few runs of words."""

WHEN = ["{deed} in {country} on {weekday}.", "{deed} on {weekday}.", "{deed}, {country}, on {weekday}."]
LINES = [
    "{Speaker} said {n} {whom} were killed and {m} others of {village} wounded.",
    "At least {n} {whom} died, {speaker} told {person}, and {m} were hurt.",
    "{Speaker} put the dead {whom} of {village} at {n}.",
    "{n} {whom} lost their lives, according to {speaker} and {person}.",
]
SPEAKERS = [
    "the army", "a local official", "residents", "a hospital worker", "the governor's office", "a spokesman for {group}", "two witnesses",
    "{person}, a teacher", "the mayor, {person}", "{person}, who heads the clinic of {village}",
]  # fmt: skip
WHOM = ["soldiers", "civilians", "villagers", "fighters"]
COLOUR = [
    "Shops stayed shut and the road to {village} was closed until the evening.",
    "{person}, who lives near the bridge of {village}, said that she had counted {n} vehicles from her roof.",
    "Families left for {village} with what they could carry; some slept in a school.",
    "Telephone lines were down for most of the day.",
    "{village} has seen little of the state since the rains began {n} weeks ago.",
    "A convoy with food had passed there {n} days before, {person} of the transport union said.",
    "People who fled said they had walked through the night to reach {village}.",
    "{person} of the governor's office promised an inquiry and asked for calm.",
    "{person}, the mayor of {village}, called on both sides to let ambulances through.",
    "Traders from {village} said that prices in the market had doubled.",
    "The district of {village} has {n} schools, of which most are closed.",
    "{person} and {other} had warned in a letter that this would come.",
]
OTHER = [
    "The river rose by {n} centimetres in a night and carried off the footbridge at {place}, the water office said.",
    "Farmers around {place} expect a harvest of {n} tonnes of onions, more than in any year that they can remember.",
    "The football club of {place} beat its neighbours by two goals to one before a crowd of {n} hundred.",
    "A new clinic with {n} beds opened in {place} after three years of work, the health department said.",
]


HEADS = ["Ba", "Do", "Ga", "Ke", "Lu", "Ma", "Ndi", "O", "Sa", "Ta", "Wa", "Ye", "Zin", "Kou", "Bir", "Fa"]
MIDDLES = ["la", "ro", "ndu", "mbe", "si", "ga", "te", "wo", "ko", "dou", "ri", "na"]
TAILS = ["ra", "go", "lo", "mba", "dé", "ni", "ssa", "tou", "kro", "ya", "len", "du"]
GIVEN = ["Awa", "Moussa", "Ibrahim", "Fatou", "Daniel", "Grace", "Omar", "Rosa", "Luis", "Amina", "Joseph", "Halima"]


def articles(count: int, seed: int = 1, words: int = 100) -> Iterator[dict[str, str]]:
    """So many articles of so many words on average, thirty at least; an event has four on average, and an archive as many days as its
    size needs."""
    dice = random.Random(seed)
    first = datetime.date(2021, 1, 1)
    days = max(30, count // 8)
    made = 0
    while made < count:
        for article in _event(dice, first + datetime.timedelta(days=dice.randrange(days)), words):
            if made < count:
                yield article
                made += 1


def _village(dice: random.Random) -> str:
    return dice.choice(HEADS) + "".join(dice.sample(MIDDLES, dice.randrange(1, 3))) + dice.choice(TAILS)


def _names(dice: random.Random) -> dict[str, str]:
    person, other = (f"{dice.choice(GIVEN)} {_village(dice)}" for _ in range(2))
    return {"village": _village(dice), "river": _village(dice), "person": person, "other": other}


def _colour(dice: random.Random) -> Iterator[str]:
    """Sentences that tell nothing, without end."""
    while True:
        for sentence in dice.sample(COLOUR, len(COLOUR)):
            yield sentence.format(n=dice.randrange(3, 90), **_names(dice))


def _filled(dice: random.Random, sentences: list[str], words: int) -> str:
    """The text of some sentences: the first two, and as many as there is room for, then colour; in three paragraphs."""
    room = dice.gauss(words, words / 3)
    out = sentences[:2]
    for sentence in itertools.chain(sentences[2:], _colour(dice)):
        have = sum(len(told.split()) for told in out)
        if have + len(sentence.split()) / 2 > room:
            break
        out.append(sentence)
    ends = 2, max(3, len(out) - 3)
    paragraphs = [out[: ends[0]], out[ends[0] : ends[1]], out[ends[1] :]]
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs if paragraph)


def _event(dice: random.Random, day: datetime.date, words: int) -> list[dict[str, str]]:
    country = dice.choice(sorted(PLACES))
    place, group, village = dice.choice(PLACES[country]), dice.choice(GROUPS), _village(dice)
    if dice.random() < 0.2:
        other = dice.choice(OTHER).format(place=place, n=dice.randrange(12, 300))
        return [_article(dice, day, f"News from {place}", _filled(dice, [other], words))]
    title = dice.choice(sorted(DEEDS))
    dead, whom = dice.randrange(2, 40), dice.choice(WHOM)
    out = []
    for n in range(dice.randrange(1, 5)):
        when = day + datetime.timedelta(days=n if dice.random() < 0.3 else 0)
        weekday = day.strftime("%A")
        names = _names(dice) | {"village": village, "group": group}
        deed = dice.choice(DEEDS[title]).format(place=place, **names)
        sentences = [dice.choice(WHEN).format(deed=deed, country=country, weekday=weekday)]
        for speaker in dice.sample(SPEAKERS, 2):
            names |= _names(dice) | {"village": village}
            speaker = speaker.format(**names)
            said = max(1, dead + dice.choice([0, 0, 0, 1, 2, -1, 5, 12]))
            line = dice.choice(LINES).format(speaker=speaker, Speaker=speaker[0].upper() + speaker[1:], n=said, m=dice.randrange(2, 30), whom=whom, **names)
            sentences.append(line)
        if dice.random() < 0.3:
            sentences.append(f"{group[0].upper() + group[1:]} denied that its men had been there.")
        article = _article(dice, when, f"{place}: {title}", _filled(dice, sentences, words))
        out.append(article)
        for _ in range(dice.choice([0, 0, 0, 1, 2])):
            out.append(_copy(dice, article, when, f"{title.capitalize()} near {place}"))
    return out


def _copy(dice: random.Random, article: dict[str, str], when: datetime.date, title: str) -> dict[str, str]:
    """Agency copy: as it came, with the agency's name at its end, or without the last sentence."""
    outlet, kind = dice.choice(OUTLETS)
    published = (when + datetime.timedelta(days=dice.randrange(2))).isoformat()
    copy = dict(article, outlet=outlet, kind=kind, title=title, url=_url(dice, outlet), published=published)
    done = dice.random()
    if done < 0.4:
        copy["text"] += f" (With {article['outlet']})"
    elif done < 0.6:
        whole, _, last = copy["text"].rstrip(".").rpartition(". ")
        copy["text"] = f"{whole}." if whole.count(". ") > 1 else copy["text"]
    return copy


def _article(dice: random.Random, day: datetime.date, title: str, text: str) -> dict[str, str]:
    outlet, kind = dice.choice(OUTLETS)
    return {"title": title, "text": text, "published": day.isoformat(), "outlet": outlet, "kind": kind, "language": "en", "url": _url(dice, outlet)}


def _url(dice: random.Random, outlet: str) -> str:
    return f"https://{outlet.lower().replace(' ', '-')}.example/{dice.getrandbits(40):010x}"


STANDING = [
    "Armed men on motorcycles attacked {village} on Monday and {n} people were killed, the army said in a statement.",
    "Nobody has claimed responsibility for the attack.",
    "The region has seen a rise in violence since the beginning of the year, and thousands have fled their homes.",
    "{person}, who lives in {village}, said by telephone that {n} houses had been burnt and that cattle had been taken.",
    "A spokesman of the army, {person}, put the dead at {n} and promised an inquiry into what had happened at {village}.",
    "Shops stayed shut and the road to {village} was closed until the evening.",
    "{n} dead.",
    "Residents of {village} told a correspondent that soldiers had come only on the next day, when {n} bodies had been buried.",
]


def nasty(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Articles whose copies are hard to tell: standing phrases that very many share, copies of copies, abridged and tagged, some with other
    figures or more to tell, equal texts, texts of two words, days missing, two languages."""
    dice = random.Random(seed)
    made: list[dict[str, str]] = []
    names = [_names(dice) for _ in range(40)]
    for _ in range(count):
        sentences = [sentence.format(n=dice.randrange(2, 12), **dice.choice(names)) for sentence in dice.sample(STANDING, dice.randrange(1, 7))]
        text = " ".join(sentences)
        if made and dice.random() < 0.6:
            # Of the first or the last: many copies of one, and long chains.
            source = dice.choice(made[:3] if dice.random() < 0.3 else made[-8:])["text"]
            text = dice.choice([
                source, f"{source} (With Agence Nord)", f"{source.rpartition('. ')[0] or source}.", f"{source} {text}", source.replace("killed", "slain"),
                source.replace("3", "5"),
            ])  # fmt: skip
        article = {"text": text[:3000], "title": dice.choice(["", "Attack"]), "outlet": dice.choice(OUTLETS)[0], "kind": "newspaper"}
        article["language"] = "fr" if dice.random() < 0.1 else "en"
        if dice.random() < 0.8:
            article["published"] = f"2025-06-0{dice.randrange(1, 5)}"
        made.append(article)
        yield article


def web_archive(told: Iterable[dict[str, str]]) -> bytes:
    """Articles as pages of a web archive in gzip, a member a record, with what else a crawl leaves between them."""
    out = _record("warcinfo", "", b"software: made by hand\r\n")
    for article in told:
        paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in article["text"].split("\n\n"))
        page = (
            f'<!DOCTYPE html><html lang="{article["language"]}"><head><title>{html.escape(article["title"])}</title>'
            f'<meta property="article:published_time" content="{article["published"]}"/></head><body>'
            f'<nav><a href="/">Home</a></nav><article><h1>{html.escape(article["title"])}</h1>\n{paragraphs}</article></body></html>'
        )
        out += _record("request", article["url"], b"GET / HTTP/1.1\r\n\r\n")
        out += _record("response", article["url"], b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode())
        out += _record("response", article["url"] + ".png", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG")
    return out


def _record(kind: str, url: str, content: bytes) -> bytes:
    kinds = "application/warc-fields" if kind == "warcinfo" else f"application/http; msgtype={kind}"
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: {kinds}\r\nContent-Length: {len(content)}\r\n\r\n"
    return gzip.compress(head.encode() + content + b"\r\n\r\n", mtime=0)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Articles of nothing that happened, as JSON Lines.")
    asked.add_argument("count", type=int)
    asked.add_argument("--words", type=int, default=100, help="of an article on average")
    asked.add_argument("--seed", type=int, default=1)
    asked = asked.parse_args()
    for article in articles(asked.count, asked.seed, asked.words):
        sys.stdout.write(json.dumps(article, ensure_ascii=False) + "\n")
