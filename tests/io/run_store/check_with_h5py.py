#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check_with_h5py.py RUN.kvl.h5 RUN.json: the file holds what the JSON says, bit for bit.

The JSON comes from the test that wrote the file, by a way of its own. Also checked: every dataset has
units, every array axes of its rank; no type, filter or link that the format rules out.
"""
import json
import struct
import sys

import h5py
import numpy as np

ABSENT = 0x7FF80000000007A2


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def bits(value):
    return struct.pack(">d", value).hex()


def float_bits(value):
    return struct.pack(">f", value).hex()


def maybe(value):
    return None if int(bits(value), 16) == ABSENT else bits(value)


def same(found, expected, where):
    if found != expected:
        sys.exit(f"{where}: found {str(found)[:200]}, expected {str(expected)[:200]}")


def interval(attributes, name):
    return [bits(x) for x in attributes[name]] if name in attributes else None


def check_attributes(group, expected, names):
    for name in names:
        value = group.attrs[name] if name in group.attrs else group[name][()]
        want = expected[name]
        if isinstance(want, bool):
            found = bool(value)
        elif isinstance(value, bytes):
            found = text(value)
        elif isinstance(value, np.float64):
            found = bits(value)
        else:
            found = int(value)
        same(found, want, f"{group.name}@{name}")


def texts(dataset):
    return [text(x) for x in dataset[()]]


def check_text(group, expected):
    check_attributes(group, expected, ["name", "path", "sha256", "tokens"])


def check_model(group, expected):
    lists = ("taps", "weight_files", "warnings", "config")
    check_attributes(group, expected, [name for name in expected if name not in lists])
    same(group["config"].asstr()[()], expected["config"], "config")
    same(texts(group["taps"]), expected["taps"], "taps")
    same(texts(group["warnings"]), expected["warnings"], "warnings")
    files = group["weight_files"]
    found = [
        {"name": name, "bytes": int(size), "sha256": "" if sha == "pending" else sha}
        for name, size, sha in zip(texts(files["name"]), files["bytes"], texts(files["sha256"]))
    ]
    same(found, expected["weight_files"], "weight_files")


def vector(group, name, index):
    values = group[name][index]
    if name + "_length" in group:
        values = values[: group[name + "_length"][index]]
    return values


def check_spread(group, prefix, index, expected, where):
    def value(name):
        return group[prefix + name][index]

    same([bits(x) for x in vector(group, prefix + "sigma", index)], expected["sigma"], where)
    same(bits(value("mean_sigma")), expected["mean_sigma"], where)
    same(maybe(value("spread")), expected["spread"], where)
    same(maybe(value("robust_spread")), expected["robust_spread"], where)
    ends = [maybe(value("spread_low")), maybe(value("spread_high"))]
    same(None if ends[0] is None else ends, expected["spread_interval"], where)
    same(bool(value("not_told_from_noise")), expected["not_told_from_noise"], where)
    fields = ("tokens", "median", "p97_5")
    floor = {field: bits(value("noise_floor_" + field)) for field in fields}
    same(floor, expected["noise_floor"], where)
    floor = {field: maybe(value("effective_noise_floor_" + field)) for field in fields}
    floor = None if floor["tokens"] is None else floor
    same(floor, expected["effective_noise_floor"], where)


def check_analysis(group, expected):
    scalars = ["context", "skip", "tokens", "tokens_planned", "windows", "windows_planned"]
    check_attributes(group, expected, scalars)
    check_text(group["text"], expected["text"])
    taps = [name for name in group if name not in ("text", "summary", "moments")]
    stored = sum(len(group[name]["layer"]) for name in taps)
    same(stored, len(expected["taps"]), group.name)
    for tap in expected["taps"]:
        stack = group[tap["tap"]]
        layers = list(stack["layer"][()])
        i = layers.index(tap["layer"])
        where = f"{stack.name} layer {tap['layer']}"
        same(int(stack["tokens"][i]), tap["tokens"], where)
        same(int(stack["layer_nonfinite"][i]), tap["nonfinite"], where)
        same(int(stack["heads"][i]), len(tap["heads"]), where)
        for h, head in enumerate(tap["heads"]):
            check_spread(stack, "", (i, h), head, where)
            for name in ("mean", "min", "max", "eigenvalues"):
                same([bits(x) for x in vector(stack, name, (i, h))], head[name], where)
            same([int(x) for x in vector(stack, "nonfinite", (i, h))], head["nonfinite"], where)
            for name in ("rank_90", "rank_95", "rank_99"):
                same(int(stack[name][i, h]), head[name], where)
            same(bits(stack["participation"][i, h]), head["participation"], where)
        check_spread(stack, "joined_", i, tap["joined"], where)
    same("moments" in group, bool(expected["moments"]), group.name)
    if expected["moments"]:
        same(group["moments/window_measured"][()].tolist(), expected["window_measured"], group.name)
    for moments in expected["moments"]:
        check_moments(group["moments"][moments["tap"]], moments)


def check_moments(stack, expected):
    i = list(stack["layer"][()]).index(expected["layer"])
    heads, dim, groups = expected["shape"]
    same(stack["group_count"].shape[1:], (heads * dim, groups), stack.name)
    same(int(stack["tokens"][i]), expected["tokens"], stack.name)
    for name in ("group_count", "group_mean", "group_m2", "min", "max"):
        same([bits(x) for x in stack[name][i].ravel()], expected[name], stack.name)
    same(stack["nonfinite"][i].tolist(), expected["nonfinite"], stack.name)
    for h, head in enumerate(expected["heads"]):
        same(int(stack["covariance_tokens"][i, h]), head["tokens"], stack.name)
        same([bits(x) for x in stack["covariance_mean"][i, h]], head["mean"], stack.name)
        found = [bits(x) for x in stack["covariance"][i, h].ravel()]
        same(found, head["covariance"], stack.name)


def check_evaluation(group, expected):
    names = ["protocol", "context", "stride", "seed", "calibration_tokens", "forced", "spec"]
    check_attributes(group, expected, names)
    check_text(group["text"], expected["text"])
    same("calibration" in group, expected["calibration"] is not None, group.name)
    if "calibration" in group:
        check_text(group["calibration"], expected["calibration"])
    same(int(group["specs"].attrs["count"]), len(expected["specs"]), group.name)
    for i, spec in enumerate(expected["specs"]):
        attributes = group[f"specs/{i:04}"].attrs
        found = {
            "targets": [text(x) for x in attributes["targets"]],
            "rank": int(attributes["rank"]) if "rank" in attributes else None,
            "keep_percent": bits(attributes["keep_percent"]) if "keep_percent" in attributes else None,
            "tap": text(attributes["tap"]) if "tap" in attributes else None,
            "basis": text(attributes["basis"]),
            "scope": text(attributes["scope"]),
            "centre": bool(attributes["centre"]) if "centre" in attributes else None,
            "rotate": text(attributes["rotate"]),
            "format": text(attributes["format"]) if "format" in attributes else None,
            "scale": text(attributes["scale"]) if "scale" in attributes else None,
            "group": int(attributes["group"]) if "group" in attributes else None,
            "residual": int(attributes["residual"]),
            "sink": int(attributes["sink"]),
            "seed": int(attributes["seed"]),
            "layers": attributes["layers"].tolist() if "layers" in attributes else [],
        }
        same(found, spec, f"{group.name} spec {i}")
    accounting = group["accounting"]
    totals = ["cache_ratio", "baseline_bytes_per_token", "bytes_per_token", "paid_once_bytes"]
    check_attributes(accounting, expected["accounting"], totals)
    targets = accounting["targets"]
    for i, target in enumerate(expected["accounting"]["targets"]):
        found = {"target": text(targets["target"][i])}
        found.update({name: int(targets[name][i]) for name in ("dim", "rank")})
        found["uniform"] = bool(targets["uniform"][i])
        for name in ("kept", "tensor_ratio", "cache_ratio", "bytes_per_token"):
            found[name] = bits(targets[name][i])
        same(found, target, targets.name)
    figures, want = group["figures"], expected["figures"]
    same(interval(figures.attrs, "delta_ppl_ci95"), want["delta_ppl_ci95"], figures.name)
    same(interval(figures.attrs, "kl_mean_ci95"), want["kl_mean_ci95"], figures.name)
    same(interval(figures.attrs, "top1_agreement_ci95"), want["top1_agreement_ci95"], figures.name)
    for prefix, side in (("baseline_", "baseline"), ("", "compressed")):
        same(bits(figures.attrs[prefix + "nll_sum"]), want[side]["nll_sum"], figures.name)
        same(bits(figures.attrs[prefix + "ppl"]), want[side]["ppl"], figures.name)
        found = bits(figures.attrs[prefix + "bits_per_byte"])
        same(found, want[side]["bits_per_byte"], figures.name)
        same(interval(figures.attrs, prefix + "ppl_ci95"), want[side]["ppl_ci95"], figures.name)
    others = ("baseline", "compressed", "delta_ppl_ci95", "kl_mean_ci95", "top1_agreement_ci95")
    check_attributes(figures, want, [name for name in want if name not in others])
    points = group["convergence"]
    found = []
    for i in range(len(points["tokens"])):
        ends = [maybe(points["delta_ppl_low"][i]), maybe(points["delta_ppl_high"][i])]
        found.append({
            "tokens": int(points["tokens"][i]),
            "delta_ppl_percent": bits(points["delta_ppl_percent"][i]),
            "interval": None if ends[0] is None else ends,
        })
    same(found, expected["convergence"], points.name)
    same([float_bits(x) for x in group["nll"]], expected["nll"], group.name)
    same([float_bits(x) for x in group["baseline_nll"]], expected["baseline_nll"], group.name)
    same([float_bits(x) for x in group["kl"]], expected["kl"], group.name)
    for name in ("same_top1", "window_tokens", "window_first", "window_measured"):
        same(group[name][()].tolist(), expected[name], group.name)
    same(group["positions/tokens"][()].tolist(), [p[2] for p in expected["positions"]], group.name)


def check_passage(group, expected):
    check_attributes(group, expected, ["protocol", "context", "spec", "sentence", "window", "windows"])
    tokens = expected["tokens"]
    same(group["token"][()].tolist(), [t["id"] for t in tokens], group.name)
    for name in ("scored", "recalled"):
        same([bool(x) for x in group[name]], [t[name] for t in tokens], group.name)
    scored = [t for t in tokens if t["scored"]]
    for name in ("baseline_nll", "nll", "kl"):
        same([float_bits(x) for x in group[name]], [t[name] for t in scored], group.name)
    same([bool(x) for x in group["same_top1"]], [t["same_top1"] for t in scored], group.name)
    for name in ("baseline_likeliest", "likeliest"):
        found = [[[int(i), float_bits(p)] for i, p in zip(ids, shares) if i >= 0]
                 for ids, shares in zip(group[name], group[name + "_probability"])]
        same(found, [t[name] for t in scored], f"{group.name}/{name}")
    words = group["words"]
    found = {str(i): text(w) for i, w in zip(words["id"], words["text"])}
    same(found, expected["texts"], words.name)
    same("attention" in group, expected["attention"] is not None, group.name)
    if "attention" in group:
        attention, want = group["attention"], expected["attention"]
        check_attributes(attention, want, ["layer", "head", "kv_head"])
        for name in ("baseline", "compressed"):
            same(attention[name].shape, (len(tokens), len(tokens)), attention.name)
            same([float_bits(x) for x in attention[name][()].ravel()], want[name], attention.name)
        same([bits(x) for x in attention["row_kl"]], want["row_kl"], attention.name)
        layers = attention["layers"]
        for i, (heads, mean, interval_of) in enumerate(expected["layers"]):
            same([bits(x) for x in layers["kl_heads"][i]], heads, layers.name)
            same(bits(layers["kl"][i]), mean, layers.name)
            same(maybe(layers["kl_low"][i]), interval_of and interval_of[0], layers.name)
    same("recall" in group, expected["recall"] is not None, group.name)
    if "recall" in group:
        for name, want in zip(("recalled", "others"), expected["recall"]):
            kind = group["recall"][name]
            check_attributes(kind, want, ["tokens", "delta_nll"])
            same(interval(kind.attrs, "delta_nll_ci95"), want["interval"], kind.name)


def check_model_run(group, expected):
    check_model(group["model"], expected["model"])
    same("analysis" in group, expected["analysis"] is not None, group.name)
    if "analysis" in group:
        check_analysis(group["analysis"], expected["analysis"])
    evaluation = group["evaluation"]
    same("baseline" in evaluation, expected["baseline"] is not None, group.name)
    if "baseline" in evaluation:
        check_evaluation(evaluation["baseline"], expected["baseline"])
    cells = group["sensitivity/cells"]
    same([bits(x) for x in cells["delta_nll"]],
         [c[2] for c in expected["sensitivity"]["cells"]], cells.name)
    for i, curve in enumerate(expected["sweep"]["curves"]):
        stored = group[f"sweep/curves/{i:04}"]
        same(text(stored.attrs["name"]), curve["name"], stored.name)
        same([bits(x) for x in stored["points/cache_ratio"]],
             [p[4] for p in curve["points"]], stored.name)
    plans = evaluation["plans"]
    same(int(plans.attrs["count"]), len(expected["plans"]), plans.name)
    same(sorted(plans), [f"{i:04}" for i in range(len(expected["plans"]))], plans.name)
    for i, plan in enumerate(expected["plans"]):
        check_evaluation(plans[f"{i:04}"], plan)
    same(int(group["passages"].attrs["count"]), len(expected["passages"]), group.name)
    for i, passage in enumerate(expected["passages"]):
        check_passage(group[f"passages/{i:04}"], passage)


def check_form(name, item):
    parent, last = item.parent, name.rsplit("/", 1)[-1]
    assert isinstance(parent.get(last, getlink=True), h5py.HardLink), name
    if not isinstance(item, h5py.Dataset):
        return
    allowed = (np.uint8, np.int64, np.float32, np.float64)
    assert item.dtype in allowed or item.dtype.kind == "S", f"{name}: {item.dtype}"
    assert item.compression in (None, "gzip") and not item.fletcher32 and not item.is_virtual, name
    assert text(item.attrs["units"]), name
    if item.shape:
        assert len(item.attrs["axes"]) == len(item.shape), name


def main():
    path, expected_path = sys.argv[1:]
    with open(expected_path, encoding="utf-8") as f:
        expected = json.load(f)
    with h5py.File(path, "r") as f:
        f.visititems(check_form)
        same(text(f.attrs["format"]), "KV Loupe run", "format")
        same(int(f.attrs["schema_version"]), 2, "schema_version")
        check_attributes(f, expected, ["program_version", "created", "command"])
        same(text(f["session"][()]), expected["session"], "session")
        check_model_run(f["a"], expected["a"])
        same("b" in f, expected["b"] is not None, "b")
        if "b" in f:
            check_model_run(f["b"], expected["b"])
    print("same")


main()
