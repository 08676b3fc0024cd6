"""Measures how far scores can be trusted on the held-out cases, and writes the curve into labels.json.

    python training/reader/calibrate.py runs/minilm-1 models/reader --base minilm --layers 6 --shared ../shared --extra tests/cases

A candidate counts as right when it meets a gold claim the way the scorer matches them; optional claims are left out. Isotonic
regression of right on score gives at most twelve points; the threshold is where detection F is best. Prints the reliability table.
"""
import argparse
import hashlib
import json
import pathlib

import numpy as np
import torch
from sklearn.isotonic import IsotonicRegression
from tokenizers import Tokenizer

import bases
import data
from evaluate import decode, overlap, place
from model import Reader


def outcomes(model, examples):
    """[(score, right)] of every candidate, and how many gold claims there are."""
    scored, gold = [], 0
    for e in examples:
        found = decode(model, e)
        gold += sum(not c["optional"] for c in e["claims"])
        options = sorted((-f["p"], -o, g, p) for g, c in enumerate(e["claims"]) for p, f in enumerate(found) if c["kind"] == f["kind"]
                         for o in [overlap(place(e, c["span"]), place(e, f["span"]))] if o >= 0.3)
        taken, of = set(), {}
        for _, _, g, p in options:
            if g not in taken and p not in of:
                taken.add(g)
                of[p] = g
        for p, f in enumerate(found):
            if p not in of:
                scored.append((f["p"], 0))
            elif not e["claims"][of[p]]["optional"]:
                scored.append((f["p"], 1))
    return scored, gold


def main():
    args = argparse.ArgumentParser()
    args.add_argument("run"), args.add_argument("out")
    args.add_argument("--base", default="minilm"), args.add_argument("--layers", type=int, default=6)
    args.add_argument("--shared", default="../shared"), args.add_argument("--extra", nargs="*", default=[])
    a = args.parse_args()
    torch.set_num_threads(1)
    run, out, shared = pathlib.Path(a.run), pathlib.Path(a.out), pathlib.Path(a.shared)
    state = torch.load(run / "model.pt", map_location="cpu")
    model = Reader(bases.Encoder(state["encoder.words.weight"].shape[0], a.layers))
    model.load_state_dict(state)
    model.eval()
    tokenizer = Tokenizer.from_file(str(run / "tokenizer.json"))
    tokenizer.no_truncation(), tokenizer.no_padding()
    held = data.gold(tokenizer, [shared / "cases/train", shared / "cases/train-real", *a.extra], data.held_out)
    scored, gold = outcomes(model, held)
    curve = IsotonicRegression(y_min=0.0, y_max=1.0, increasing=True, out_of_bounds="clip").fit([s for s, _ in scored], [r for _, r in scored])
    grid = sorted({round(x, 3) for x, _ in scored})
    points, last = [], None
    for x in grid[:: max(1, len(grid) // 60)]:
        y = round(float(curve.predict([x])[0]), 3)
        if y != last:
            points.append([x, y])
            last = y
    while len(points) > 12:
        del points[min(range(1, len(points) - 1), key=lambda i: points[i + 1][1] - points[i - 1][1])]
    # As the program bends them: straight between the points.
    bent = np.interp([s for s, _ in scored], [x for x, _ in points], [y for _, y in points])
    tried = []
    for t in [i / 50 for i in range(5, 46)]:
        chosen = [r for y, (_, r) in zip(bent, scored) if y >= t]
        if sum(chosen):
            p, r = sum(chosen) / len(chosen), sum(chosen) / gold
            tried.append((2 * p * r / (p + r), t))
    # The curve is flat near its top: the lowest threshold within a fifth of a point of the best, since a missed claim cannot be reviewed.
    best = min((f for f in tried if f[0] >= max(tried)[0] - 0.002), key=lambda f: f[1])
    print(f"{len(held)} reports, {gold} claims, {len(scored)} candidates; best F {100 * best[0]:.1f} at {best[1]:.2f}")
    print("score      right   n")
    for low in range(10):
        inside = [r for y, (_, r) in zip(bent, scored) if low / 10 <= y < (low + 1) / 10]
        if inside:
            print(f"{low / 10:.1f}-{low / 10 + 0.1:.1f}    {sum(inside) / len(inside):.2f}   {len(inside)}")
    labels = json.loads((out / "labels.json").read_text())
    labels["calibration"], labels["threshold"] = points, round(best[1], 2)
    (out / "labels.json").write_text(json.dumps(labels) + "\n")
    manifest = (out / "manifest.toml").read_text().splitlines()
    new = f'"labels.json" = "{hashlib.sha256((out / "labels.json").read_bytes()).hexdigest()}"'
    (out / "manifest.toml").write_text("\n".join(new if line.startswith('"labels.json"') else line for line in manifest) + "\n")


if __name__ == "__main__":
    main()
