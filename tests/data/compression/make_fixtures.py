#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference figures for tests/compression: pip install numpy gguf ml_dtypes.

quantize.json: what is read back of values stored in each format, as bits of float32. q*_* by
gguf-py's reference rounding, fp8 and nvfp4 by ml_dtypes' casts, integers by numpy.
bases.json: error metrics and reconstructions by the formulas, every rotation a matrix."""

import json
import pathlib

import gguf
import ml_dtypes
import numpy as np

HERE = pathlib.Path(__file__).parent
F32 = np.float32


def bits(values):
    return np.ascontiguousarray(values, dtype=F32).view(np.uint32).ravel().tolist()


def awkward(rng):
    """[tokens, groups, n] with outliers, tiny values, a block of zeros, a constant one, ties."""
    x = rng.standard_normal((40, 2, 32)).astype(F32)
    x[1] *= F32(1e-3)
    x[2, 0, 7] = 60
    x[3, 0, :32] = 0
    x[3, 1] = 0
    x[4, 1] = F32(0.7)
    x[5, 0, :32] = np.resize(np.array([2, -2, 1, -1, 0.5, 1.5], F32), 32)
    x[6] += 9
    x[7] *= F32(3e-6)
    return x


def symmetric(x, bits_, axes, absmax=None):
    limit = F32(2 ** (bits_ - 1) - 1)
    if absmax is None:
        absmax = np.abs(x).max(axis=axes, keepdims=True)
    s = (absmax / limit).astype(F32)
    safe = np.where(s == 0, F32(1), s)
    return np.clip(np.rint(x / safe), -limit, limit) * s


def asymmetric(x, bits_, axes, low=None, high=None):
    limit = F32(2**bits_ - 1)
    if low is None:
        low, high = x.min(axis=axes, keepdims=True), x.max(axis=axes, keepdims=True)
    s = ((high - low) / limit).astype(F32)
    safe = np.where(s == 0, F32(1), s)
    return low + np.clip(np.rint((x - low) / safe), 0, limit) * s


def by_groups(x, group, sink, how):
    out = x.copy()
    for start in range(0, len(x), group):
        first = max(start, sink)
        if first < start + group:
            out[first : start + group] = how(x[first : start + group])
    return out


def e4m3(x):
    return np.clip(x, -448, 448).astype(ml_dtypes.float8_e4m3fn).astype(F32)


def fp8(x):
    s = (np.abs(x).max(axis=-1, keepdims=True) / F32(448)).astype(F32)
    safe = np.where(s == 0, F32(1), s)
    return e4m3(x / safe) * s


def nvfp4(x, absmax):
    g = (absmax / F32(448 * 6)).astype(F32)  # [groups]
    blocks = x.reshape(*x.shape[:-1], -1, 16)
    g = g.reshape(1, -1, 1, 1)
    wanted = np.abs(blocks).max(axis=-1, keepdims=True) / F32(6)
    s = e4m3(wanted / g) * g
    safe = np.where(s == 0, F32(1), s)
    codes = np.clip(blocks / safe, -6, 6).astype(ml_dtypes.float4_e2m1fn).astype(F32)
    return (codes * s).reshape(x.shape)


def quantize():
    x = awkward(np.random.default_rng(5))
    low = x[8:].min(axis=(0, 2))  # values beyond these saturate
    high = x[8:].max(axis=(0, 2))
    absmax = np.maximum(np.abs(low), np.abs(high))
    cases = []

    def case(format_, values, scale="token", group=32, sink=0):
        cases.append(
            {"format": format_, "scale": scale, "group": group, "sink": sink, "bits": bits(values)}
        )

    few = slice(0, 9)  # rows are independent of each other there
    for b in (2, 3, 4, 5, 6, 7, 8):
        case(f"int{b}", symmetric(x, b, -1)[few])
        case(f"uint{b}", asymmetric(x, b, -1)[few])
    shape = (1, 2, 1)
    case("int4", symmetric(x, 4, None, absmax.reshape(shape))[few], "tensor")
    case(
        "uint4",
        asymmetric(x, 4, None, low.reshape(shape), high.reshape(shape))[few],
        "tensor",
    )
    case("int4", by_groups(x, 32, 0, lambda g: symmetric(g, 4, 0)), "channel")
    case("uint3", by_groups(x, 16, 3, lambda g: asymmetric(g, 3, 0)), "channel", 16, 3)
    case("fp8", fp8(x)[few])
    case("nvfp4", nvfp4(x, absmax)[few])
    for name in ("Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0"):
        kind = gguf.GGMLQuantizationType[name]
        stored = gguf.quants.quantize(x[few].reshape(-1, 32), kind)
        case(name.lower(), gguf.quants.dequantize(stored, kind))
    rng = np.random.default_rng(6)
    single = np.concatenate(
        [
            rng.standard_normal(200) * 10.0 ** rng.integers(-4, 3, 200),
            np.array([0, 2**-9, 2**-10, 3 * 2**-10, 0.0175, 447, 448, 464, 500, 17, 18, 19, 1e9]),
        ]
    ).astype(F32)
    return {
        "shape": list(x.shape),
        "values": bits(x),
        "low": bits(low),
        "high": bits(high),
        "cases": cases,
        "e4m3_values": bits(single),
        "e4m3": bits(e4m3(single)),
    }


def rope(delta, dim, theta, interleaved, turning):
    """x R for row vectors x: pairs (i, i + turning / 2), or (2i, 2i + 1)."""
    r = np.eye(dim)
    for i in range(turning // 2):
        a, b = (2 * i, 2 * i + 1) if interleaved else (i, i + turning // 2)
        angle = delta * theta ** (-2 * i / turning)
        r[a, a] = r[b, b] = np.cos(angle)
        r[a, b], r[b, a] = np.sin(angle), -np.sin(angle)
    return r


def regularised(a2):
    return a2 + 1e-6 * np.trace(a2) / len(a2) * np.eye(len(a2))


def reconstruct(x, fresh, a2, rank):
    mu, sigma = x.mean(0), np.cov(x.T)
    values, vectors = np.linalg.eigh(a2)
    a = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    _, u = np.linalg.eigh(a @ sigma @ a)
    u = u[:, ::-1][:, :rank]
    return mu + (fresh - mu) @ a @ u @ u.T @ np.linalg.inv(a)


def flat(x):
    return np.round(np.asarray(x, dtype=np.float64), 12).ravel().tolist()


def bases():
    rng = np.random.default_rng(8)
    tokens, heads, kv, dim, hidden, context = 60, 4, 2, 8, 12, 24
    q = rng.standard_normal((tokens, heads, dim)) @ rng.standard_normal((dim, dim)) + 0.3
    k = rng.standard_normal((tokens, kv, dim)) @ rng.standard_normal((dim, dim)) + 1
    q, k = q.astype(F32), k.astype(F32)
    q64, k64 = q.astype(np.float64), k.astype(np.float64)
    out = rng.standard_normal((hidden, heads * dim)).astype(F32)
    shared = heads // kv
    second = [
        sum(q64[:, h].T @ q64[:, h] / tokens for h in range(g * shared, (g + 1) * shared)) / shared
        for g in range(kv)
    ]
    weights = np.arange(context, 0, -1) / np.arange(context, 0, -1).sum()
    averaged = {}
    for name, interleaved, turning in (("halves", 0, dim), ("pairs", 1, dim), ("partial", 0, 4)):
        averaged[name] = flat(
            sum(
                w * rope(d, dim, 100.0, interleaved, turning).T
                @ second[0]
                @ rope(d, dim, 100.0, interleaved, turning)
                for d, w in enumerate(weights)
            )
        )
    o64 = out.astype(np.float64)
    w_o = [o64[:, h * dim : (h + 1) * dim].T for h in range(heads)]  # [dim, hidden]
    output = [
        sum(w_o[h] @ w_o[h].T for h in range(g * shared, (g + 1) * shared)) for g in range(kv)
    ]
    nope, latent = dim, 10
    expand = rng.standard_normal((heads * (nope + dim), latent)).astype(F32)
    e64 = expand.astype(np.float64).reshape(heads, nope + dim, latent)
    absorbed = [q64[:, h] @ e64[h, :nope] for h in range(heads)]  # [tokens, latent]
    values = [e64[h, nope:].T @ w_o[h] for h in range(heads)]  # [latent, hidden]
    fresh = k64[:5] + 0.5
    block = np.zeros((kv * dim, kv * dim))
    for g in range(kv):
        block[g * dim : (g + 1) * dim, g * dim : (g + 1) * dim] = regularised(second[g])
    return {
        "tokens": tokens,
        "heads": heads,
        "kv_heads": kv,
        "dim": dim,
        "hidden": hidden,
        "context": context,
        "latent": latent,
        "theta": 100.0,
        "q": bits(q),
        "k": bits(k),
        "fresh": bits(fresh),
        "output_weight": bits(out),
        "expand_weight": bits(expand),
        "query_metric": [flat(m) for m in second],
        "averaged": averaged,
        "output_metric": [flat(m) for m in output],
        "latent_query_metric": flat(sum(a.T @ a / tokens for a in absorbed) / heads),
        "latent_output_metric": flat(sum(v @ v.T for v in values)),
        "rank": 3,
        "query_head": [
            flat(reconstruct(k64[:, g], fresh[:, g], regularised(second[g]), 3)) for g in range(kv)
        ],
        "query_layer": flat(
            reconstruct(k64.reshape(tokens, -1), fresh.reshape(len(fresh), -1), block, 3)
        ),
    }


if __name__ == "__main__":
    for name, figures in (("quantize", quantize()), ("bases", bases())):
        (HERE / f"{name}.json").write_text(json.dumps(figures, separators=(",", ":")) + "\n")
