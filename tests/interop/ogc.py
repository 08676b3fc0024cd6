"""GDAL reads OGC API – Features in full: as many features as there are incidents, whatever the length of a page."""

import re
import subprocess

from served import demo, folder, get_json, large, needs, program, served

attest, ogrinfo = program(), needs("ogrinfo", "apt-get install gdal-bin")


def features(address, *options):
    """Ids of the features that GDAL lists, and how many it was told of."""
    told = subprocess.run([ogrinfo, "-ro", "-al", *options, f"OAPIF:{address}/ogc"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^  incident_id \(String\) = (\S+)", told, re.M), int(re.search(r"Feature Count: (\d+)", told).group(1)), told


def check(name, ledger):
    with served(attest, ledger, "--read-only") as address:
        total = get_json(f"{address}/api/v1/incidents?limit=1")["total"]
        for options in [(), ("-oo", "PAGE_SIZE=3"), ("-oo", "PAGE_SIZE=10000")]:
            if total > 500 and "PAGE_SIZE=3" in options:
                continue
            ids, count, told = features(address, *options)
            assert count == total == len(ids) == len(set(ids)), f"{name} {options}: {total} incidents, count {count}, {len(ids)} listed"
            assert "deaths_high (Integer)" in told and "POINT" in told, told[:2000]
            print(f"{name} {' '.join(options)}: {len(ids)} features, each once")
        some = get_json(f"{address}/ogc/collections/incidents/items?limit=1")["features"][0]["properties"]
        ids, _, _ = features(address, "-where", f"date_start = '{some['date_start']}'")
        assert some["incident_id"] in ids, (some, ids)


with folder() as here:
    check("demo", demo(attest, here))
with folder() as here:
    check("large", large(attest, here, 2_500))
