#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference values for tests/analysis and tests/compression/low_rank, from numpy and scipy alone.

Writes moments.json, spread.json, noise_floor.json and low_rank.json beside itself.
"""
import json
import pathlib

import numpy as np
from scipy import integrate, optimize, stats

HERE = pathlib.Path(__file__).parent


def write(name, value):
    (HERE / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def listed(array):
    """Nested lists; None where a float is not finite."""
    return [listed(a) for a in array] if np.ndim(array) else (
        None if isinstance(array, float) and not np.isfinite(array) else np.asarray(array).item())


def statistics(x):
    """x is [tokens, heads, dim] float32; everything in float64, non-finite values left out."""
    x = x.astype(np.float64)
    finite = np.isfinite(x)
    masked = np.where(finite, x, np.nan)
    rows = [x[:, h][finite[:, h].all(axis=1)] for h in range(x.shape[1])]
    flat = x.reshape(len(x), -1)
    return {
        "mean": listed(np.nanmean(masked, axis=0)),
        "sigma": listed(np.nanstd(masked, axis=0, ddof=1)),
        "min": listed(np.nanmin(masked, axis=0)),
        "max": listed(np.nanmax(masked, axis=0)),
        "nonfinite": listed((~finite).sum(axis=0)),
        "covariance": [listed(np.cov(r, rowvar=False)) for r in rows],
        "joined_covariance": listed(np.cov(flat[np.isfinite(flat).all(axis=1)], rowvar=False)),
    }


def moments(rng):
    tokens, heads, dim = 300, 2, 4  # more than one block of 256 rows
    plain = rng.standard_normal((tokens, heads, dim)) @ rng.standard_normal((dim, dim))
    # Rounded, so that the file stays small; a float32 is exact as JSON.
    cases = {"plain": np.round(plain * 64) / 64}
    cases["large_mean"] = np.round((1e4 + rng.standard_normal((tokens, heads, dim))) * 1024) / 1024
    broken = cases["plain"].copy()
    broken[3, 0, 1] = np.nan
    broken[3, 1, 1] = np.inf
    broken[200, 1, 1] = -np.inf
    broken[299, 1, 3] = np.nan
    cases["nonfinite"] = broken
    out = {}
    for name, x in cases.items():
        x = x.astype(np.float32)
        flat = x.ravel()
        out[name] = {"shape": list(x.shape),
                     "values": [float(v) if np.isfinite(v) else 0.0 for v in flat],
                     "nan": np.flatnonzero(np.isnan(flat)).tolist(),
                     "positive_infinity": np.flatnonzero(np.isposinf(flat)).tolist(),
                     "negative_infinity": np.flatnonzero(np.isneginf(flat)).tolist(),
                     "expected": statistics(x)}
    write("moments.json", out)


def spread(rng):
    """A jackknife by brute force: every group's windows really left out."""
    windows, tokens, heads, dim, groups = 23, 24, 2, 3, 20
    scale = np.array([[1.0, 2.5, 6.0], [0.5, 3.0, 4.0]])
    x = np.round(rng.standard_normal((windows, tokens, heads, dim)) * scale * 64) / 64
    x = x.astype(np.float32)
    everything = x.reshape(-1, heads, dim).astype(np.float64)
    left_out = []
    for g in range(groups):
        keep = [w for w in range(windows) if w % groups != g]
        left_out.append(np.log(x[keep].reshape(-1, heads, dim).astype(np.float64)
                               .std(axis=0, ddof=1)))
    left_out = np.array(left_out)  # [groups, heads, dim]

    def variance(values):
        return (groups - 1) / groups * ((values - values.mean(axis=0)) ** 2).sum(axis=0)

    def figures(sigma, logs):
        log_spread = np.log(sigma.max() / sigma.min())
        reach = stats.t.ppf(0.975, groups - 1) * np.sqrt(
            variance(logs.max(axis=1) - logs.min(axis=1)))
        return {"spread": sigma.max() / sigma.min(),
                "robust": np.percentile(sigma, 95) / np.percentile(sigma, 5),
                "interval": [np.exp(log_spread - reach), np.exp(log_spread + reach)],
                "n_eff": 1 / (2 * np.median(variance(logs)))}

    sigma = everything.std(axis=0, ddof=1)
    eigen = [np.linalg.eigvalsh(np.cov(everything[:, h], rowvar=False))[::-1]
             for h in range(heads)]
    write("spread.json", {
        "windows": windows, "tokens": tokens, "heads": heads, "dim": dim,
        "values": [float(v) for v in x.ravel()],
        "eigenvalues": [e.tolist() for e in eigen],
        "participation": [e.sum() ** 2 / (e ** 2).sum() for e in eigen],
        "rank95": [int(np.argmax(np.cumsum(e) / e.sum() >= 0.95)) + 1 for e in eigen],
        "by_head": [figures(sigma[h], left_out[:, h]) for h in range(heads)],
        "joined": figures(sigma.ravel(), left_out.reshape(groups, -1))})


def noise_floor(rng):
    """Monte Carlo with its standard errors, and scipy's adaptive quadrature."""
    out = []
    for dims, tokens in [(2, 2), (8, 3), (64, 10), (128, 60), (128, 256), (128, 4096), (64, 33.7),
                         (1024, 500), (32, 100000)]:
        freedom = tokens - 1

        def cdf(log_ratio):
            # In t = log x, from where F is 1e-16 / dims upwards.
            def integrand(t):
                x = np.exp(t)
                inside = stats.chi2.cdf(freedom * x * np.exp(2 * log_ratio), freedom) - \
                    stats.chi2.cdf(freedom * x, freedom)
                return dims * stats.chi2.pdf(freedom * x, freedom) * freedom * x * \
                    max(inside, 0) ** (dims - 1)
            low = np.log(stats.chi2.ppf(1e-16 / dims, freedom) / freedom)
            high = np.log(stats.chi2.isf(1e-16, freedom) / freedom)
            cuts = np.linspace(low, high, 41)
            return sum(integrate.quad(integrand, a, b, epsabs=1e-12, epsrel=1e-10)[0]
                       for a, b in zip(cuts[:-1], cuts[1:]))

        exact = []
        for p in (0.5, 0.975):
            scale = 1 / np.sqrt(freedom)
            root = optimize.brentq(lambda y: cdf(np.exp(y)) - p, np.log(0.1 * scale),
                                   np.log(40 * scale), xtol=1e-10)
            exact.append(float(np.exp(np.exp(root))))
        draws, ratios = 40000, []
        for _ in range(20):
            sigma = np.sqrt(rng.chisquare(freedom, (draws // 20, dims)) / freedom)
            ratios.append(sigma.max(axis=1) / sigma.min(axis=1))
        ratios = np.concatenate(ratios)
        # Order-statistic bounds, 5 standard errors to each side of the quantile.
        bounds = []
        for p in (0.5, 0.975):
            reach = 5 * np.sqrt(p * (1 - p) / draws)
            bounds.append([float(np.quantile(ratios, p - reach)),
                           float(np.quantile(ratios, min(1, p + reach)))])
        out.append({"dims": dims, "tokens": tokens, "median": exact[0], "p97_5": exact[1],
                    "median_bounds": bounds[0], "p97_5_bounds": bounds[1]})
        print(out[-1])
    write("noise_floor.json", out)


def low_rank(rng):
    tokens, heads, dim, rank = 60, 2, 5, 2
    mixing = rng.standard_normal((heads, dim, dim))
    x = np.einsum("thd,hde->the", rng.standard_normal((tokens, heads, dim)), mixing) + \
        10 * rng.standard_normal((heads, dim))
    x = (np.round(x * 64) / 64).astype(np.float32)
    fresh = (np.round(rng.standard_normal((7, heads, dim)) * 64) / 64 + 3).astype(np.float32)

    def project(train, values, r):
        mean = train.mean(axis=0)
        basis = np.linalg.eigh(np.cov(train, rowvar=False))[1][:, ::-1][:, :r]
        return mean + (values - mean) @ basis @ basis.T

    wide, wide_fresh = x.astype(np.float64), fresh.astype(np.float64)
    head = np.stack([project(wide[:, h], wide_fresh[:, h], rank) for h in range(heads)], axis=1)
    layer = project(wide.reshape(tokens, -1), wide_fresh.reshape(7, -1), 3)
    write("low_rank.json", {
        "shape": [tokens, heads, dim], "values": [float(v) for v in x.ravel()],
        "fresh_shape": [7, heads, dim], "fresh": [float(v) for v in fresh.ravel()],
        "head_rank": rank, "head": head.ravel().tolist(),
        "layer_rank": 3, "layer": layer.ravel().tolist()})


if __name__ == "__main__":
    moments(np.random.default_rng(1))
    spread(np.random.default_rng(2))
    low_rank(np.random.default_rng(4))
    noise_floor(np.random.default_rng(3))
