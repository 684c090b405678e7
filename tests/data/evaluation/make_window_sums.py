# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes window_sums.json: what each window of a real measurement adds to the mean dNLL.

    kvloupe-cli perplexity .../stories260k --file .../tinystories/eval.txt \\
        --calibration .../tinystories/calibration.txt -c 128 --compress v:rank=5 --json --per-token > stories.json
    kvloupe-cli perplexity demo:gqa -c 128 --calibration-tokens 8192 --compress k:rank=40 \\
        --json --per-token > gqa.json
    python3 make_window_sums.py stories260k=stories.json demo:gqa=gqa.json > window_sums.json
"""
import json
import sys

out = {}
for argument in sys.argv[1:]:
    name, path = argument.split("=", 1)
    with open(path, encoding="utf-8") as f:
        run = json.load(f)
    tokens = run["context"] - 1  # protocol papers: every token but a window's first is scored
    delta = [a - b for a, b in zip(run["nll"], run["baseline_nll"])]
    assert len(delta) == tokens * run["windows"]
    sums = [sum(delta[i : i + tokens]) for i in range(0, len(delta), tokens)]
    out[name] = {"compress": run["compress"], "tokens": tokens, "sums": [round(s, 5) for s in sums]}
print(json.dumps(out))
