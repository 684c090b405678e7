# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes figures.json: windows of invented per-token values and what numpy and scipy say of them.

    python3 make_figures.py > figures.json        (numpy, scipy)
"""
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(7)
windows = []
for tokens in [31, 31, 31, 17, 31, 31, 5, 31]:
    base = rng.gamma(2.0, 1.2, tokens)
    shift = rng.normal(0.02, 0.1)
    nll = np.maximum(base + rng.normal(shift, 0.3, tokens), 1e-3)
    kl = rng.gamma(0.5, 0.05, tokens)
    top1 = rng.random(tokens) < 0.9
    windows.append([a.astype(np.float32) for a in (base, nll, kl)] + [top1])


def mean_and_half_width(sums, counts):
    sums, counts = np.array(sums, float), np.array(counts, float)
    m = sums.sum() / counts.sum()
    W = len(sums)
    se = np.sqrt(W / (W - 1) * ((sums - counts * m) ** 2).sum()) / counts.sum()
    return m, stats.t.ppf(0.975, W - 1) * se


counts = [len(w[0]) for w in windows]
f64 = [[np.float64(a) for a in w[:3]] + [w[3]] for w in windows]
base, nll, kl, top1 = (np.concatenate([w[i] for w in f64]) for i in range(4))
out = {"windows": [{"baseline_nll": w[0].tolist(), "nll": w[1].tolist(), "kl": w[2].tolist(),
                    "same_top1": w[3].astype(int).tolist()} for w in windows]}
m, h = mean_and_half_width([w[0].sum() for w in f64], counts)
out["baseline"] = {"nll_sum": base.sum(), "ppl": np.exp(m), "low": np.exp(m - h), "high": np.exp(m + h)}
m, h = mean_and_half_width([w[1].sum() for w in f64], counts)
out["compressed"] = {"nll_sum": nll.sum(), "ppl": np.exp(m), "low": np.exp(m - h), "high": np.exp(m + h)}
m, h = mean_and_half_width([(w[1] - w[0]).sum() for w in f64], counts)
out["delta"] = {"percent": 100 * (np.exp(nll.mean()) / np.exp(base.mean()) - 1),
                "low": 100 * (np.exp(m - h) - 1), "high": 100 * (np.exp(m + h) - 1)}
m, h = mean_and_half_width([w[2].sum() for w in f64], counts)
out["kl"] = {"mean": m, "low": m - h, "high": m + h, "median": np.percentile(kl, 50),
             "p99": np.percentile(kl, 99), "max": kl.max()}
m, h = mean_and_half_width([w[3].sum() for w in f64], counts)
out["top1"] = {"mean": m, "low": m - h, "high": m + h}
d = np.exp(-nll) - np.exp(-base)
out["delta_p"] = {"mean": d.mean(), "rms": np.sqrt((d**2).mean())}
# dNLL by position: position p (the first scored token is at 1) is in bin p // width.
width = (32 + 15) // 16
out["positions"] = []
for b in range(16):
    parts = [np.array([x for i, x in enumerate(w[1] - w[0]) if (i + 1) // width == b]) for w in f64]
    parts = [p for p in parts if len(p)]
    m, h = mean_and_half_width([p.sum() for p in parts], [len(p) for p in parts])
    out["positions"].append({"first": b * width, "last": b * width + width - 1,
                             "tokens": sum(map(len, parts)), "mean": m, "low": m - h, "high": m + h})
out["bits_per_byte"] = nll.mean() / np.log(2) * 0.25
print(json.dumps(out))
