"""Feeds of a filter: well formed, each entry with an id of its own that both forms share, newest first."""

import json
import xml.etree.ElementTree as tree

from served import demo, folder, get, program, served

ATOM = "{http://www.w3.org/2005/Atom}"
attest = program()
with folder() as here, served(attest, demo(attest, here), "--read-only") as address:
    for query in ["", "?country=ML", "?disputed=yes&limit=3", "?text=zzzz"]:
        feed = tree.fromstring(get(f"{address}/incidents.atom{query}"))
        entries = feed.findall(f"{ATOM}entry")
        ids, updated = [e.findtext(f"{ATOM}id") for e in entries], [e.findtext(f"{ATOM}updated") for e in entries]
        assert feed.tag == f"{ATOM}feed" and all(feed.findtext(f"{ATOM}{name}") for name in ["id", "title", "updated"])
        assert len(set(ids)) == len(ids) and updated == sorted(updated, reverse=True), (ids, updated)
        assert all(e.findtext(f"{ATOM}summary") and e.find(f"{ATOM}link").get("href").startswith(address) for e in entries)
        other = json.loads(get(f"{address}/incidents.feed.json{query}"))
        assert [item["id"] for item in other["items"]] == ids and other["feed_url"].startswith(address)
        print(f"{query or 'all'}: {len(ids)} entries")
