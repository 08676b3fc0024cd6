"""The mean of several runs' weights, which reads better than any of them when they went out from one start.

    python training/reader/mean.py OUT RUN RUN …

After Wortsman et al., Model soups (2022), there the uniform soup.
"""
import argparse
import pathlib
import shutil

import torch


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("out", type=pathlib.Path), args.add_argument("runs", nargs="+", type=pathlib.Path)
    a = args.parse_args()
    states = [torch.load(run / "model.pt", map_location="cpu") for run in a.runs]
    mean = {name: sum(state[name].double() for state in states).div(len(states)).to(x.dtype) if x.is_floating_point() else x
            for name, x in states[0].items()}
    a.out.mkdir(parents=True, exist_ok=True)
    torch.save(mean, a.out / "model.pt")
    shutil.copy(a.runs[0] / "tokenizer.json", a.out)


if __name__ == "__main__":
    main()
