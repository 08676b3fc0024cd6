"""Slims the shared place tables down to what the program carries.

    python3 prepare.py TABLES OUT

TABLES holds places.tsv.gz, admin1.tsv, admin2.tsv, countries.tsv and regions.tsv with the columns described in
README.md. Left out: alternate names in other scripts than Latin, Arabic and Cyrillic, spellings that differ from a
kept one only in case, accents, spaces or punctuation, three-letter codes of towns, and columns nobody looks up.
Standard library only; the output is the same bytes every time.
"""

import gzip
import io
import pathlib
import re
import sys
import unicodedata

CODE = re.compile(r"[A-Z]{2,3}\Z")


def folded(name):
    """Rough equality of spellings; the crate folds more, so nothing that it could tell apart is lost."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def readable(name):
    """Whether every letter is Latin, Arabic or Cyrillic."""
    for c in name:
        if not c.isalpha():
            continue
        script = unicodedata.name(c, "").split(" ")[0]
        if script not in ("LATIN", "ARABIC", "CYRILLIC", "MODIFIER"):
            return False
    return any(c.isalpha() for c in name)


def spellings(name, alternates, town):
    seen, kept = {folded(name)}, []
    for other in alternates:
        other = other.strip()
        key = folded(other)
        if not other or not key or key in seen or len(other) > 60 or not readable(other) or (town and CODE.match(other)):
            continue
        seen.add(key)
        kept.append(other)
    return kept


def rows(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as lines:
        head = next(lines).rstrip("\n").split("\t")
        for line in lines:
            yield dict(zip(head, line.rstrip("\n").split("\t")))


def write(path, head, lines):
    raw = io.BytesIO()
    for fields in [head, *lines]:
        raw.write(("\t".join(fields) + "\n").encode())
    if path.suffix == ".gz":
        with open(path, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
            packed.write(raw.getvalue())
    else:
        path.write_bytes(raw.getvalue())


def main(tables, out):
    tables, out = pathlib.Path(tables), pathlib.Path(out)

    def places():
        for r in rows(tables / "places.tsv.gz"):
            names = spellings(r["name"], [r["asciiname"], *r["alternatenames"].split(",")], r["feature_class"] != "A")
            yield [r["id"], r["name"], ",".join(names), f"{float(r['lat']):.4f}", f"{float(r['lon']):.4f}",
                   r["feature_class"] + r["feature_code"], r["country"], r["admin1"], r["admin2"],
                   "" if r["population"] == "0" else r["population"]]

    write(out / "places.tsv.gz", "id name names lat lon feature country admin1 admin2 population".split(), places())
    for level in ("admin1", "admin2"):
        write(out / f"{level}.tsv.gz", ["code", "geonameid", "name"],
              ([r["code"], r["geonameid"], r["name"]] for r in rows(tables / f"{level}.tsv")))
    keep = ("iso2 iso3 geonameid name formal_name aliases capital lat lon population neighbours demonyms_en "
            "name_fr name_es name_pt name_ar name_ru name_uk name_de name_it").split()
    write(out / "countries.tsv", keep, ([r[k] for k in keep] for r in rows(tables / "countries.tsv")))
    (out / "regions.tsv").write_bytes((tables / "regions.tsv").read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:3])
