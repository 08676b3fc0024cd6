"""Makes outlines.tsv from Natural Earth country polygons (GeoJSON, 1:50m, public domain).

    python3 outlines.py admin0.geojson > outlines.tsv

One line a country: ISO 3166 alpha-2 (several lines where a code has several records, "--" where it has none), then its
rings parted by ";". A ring is whole hundredths of a degree, longitude and latitude in turn, the first point from zero and
each other from the one before. Borders are simplified as arcs between the points where three outlines meet, so that
neighbours still fit one another.
"""

import json
import sys
from collections import defaultdict

TOLERANCE = 0.035  # degrees, about four kilometres: finer than a pixel on any map the program draws of a whole country
LEAST_AREA = 0.004  # square degrees; smaller islands go, unless a country has nothing else


def rings(geometry):
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [tuple(point[:2]) for point in ring[:-1]]


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))) / 2


def simplified(points):
    """Douglas and Peucker, without recursion; both ends stay."""
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (x1, y1), (x2, y2) = points[first], points[last]
        dx, dy = x2 - x1, y2 - y1
        length = (dx * dx + dy * dy) ** 0.5
        far, at = 0.0, None
        for n in range(first + 1, last):
            x, y = points[n]
            off = abs(dx * (y - y1) - dy * (x - x1)) / length if length else ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5
            if off > far:
                far, at = off, n
        if at is not None and far > TOLERANCE:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [points[n] for n in sorted(keep)]


def main():
    features = json.load(open(sys.argv[1], encoding="utf-8"))["features"]
    outlines = []
    for feature in features:
        found = sorted(rings(feature["geometry"]), key=area, reverse=True)
        outlines.append((feature["properties"]["iso_a2"], [r for n, r in enumerate(found) if n == 0 or area(r) >= LEAST_AREA]))
    beside = defaultdict(set)
    for _, found in outlines:
        for ring in found:
            for a, b in zip(ring, ring[1:] + ring[:1]):
                beside[a].add(b)
                beside[b].add(a)
    for code, found in sorted(outlines, key=lambda outline: outline[0] or "--"):
        done = []
        for ring in found:
            corners = [n for n, point in enumerate(ring) if len(beside[point]) > 2]
            if len(corners) < 2:
                start = ring.index(min(ring))
                corners = [start, (start + len(ring) // 2) % len(ring)]
                corners.sort()
            whole = []
            for first, last in zip(corners, corners[1:] + corners[:1]):
                arc = ring[first : last + 1] if first < last else ring[first:] + ring[: last + 1]
                forward = (arc[0], arc[1]) <= (arc[-1], arc[-2])
                arc = simplified(arc if forward else arc[::-1])
                whole += (arc if forward else arc[::-1])[:-1]
            at, out = (0, 0), []
            for x, y in whole:
                point = (round(x * 100), round(y * 100))
                if point != at or not out:
                    out += [point[0] - at[0], point[1] - at[1]]
                    at = point
            if len(out) >= 6:
                done.append(" ".join(map(str, out)))
        # What is too small for an outline is no more than its marks.
        if done:
            print(code or "--", ";".join(done), sep="\t")


main()
