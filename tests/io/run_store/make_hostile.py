#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make_hostile.py GOOD.kvl.h5 FOLDER: one file a thing that must be refused, each made from the good
one, and FOLDER/expected.json: for each file what its refusal must name."""
import json
import os
import shutil
import sys

import h5py
import numpy as np

good, folder = sys.argv[1:]
expected = {}


def hostile(name, *words):
    """Decorates a function that damages an open file."""
    def run(damage):
        path = os.path.join(folder, name + ".kvl.h5")
        shutil.copy(good, path)
        with h5py.File(path, "r+") as f:
            damage(f)
        expected[name] = words
    return run


def replace(group, name, *arguments, **options):
    del group[name]
    return group.create_dataset(name, *arguments, **options)


NLL = "a/evaluation/baseline/nll"
SIGMA = "a/analysis/k/sigma"


@hostile("newer_schema", "schema_version", "found 3", "expected 2", "A newer KV Loupe wrote it")
def _(f):
    f.attrs["schema_version"] = np.int64(3)


@hostile("older_schema", "schema_version", "found 1", "expected 2", "An older KV Loupe wrote it")
def _(f):
    f.attrs["schema_version"] = np.int64(1)
    del f["a/analysis/summary"]  # what version 1 did not have is not what is missed


@hostile("not_a_run", "/@format", "found nothing")
def _(f):
    del f.attrs["format"]


@hostile("other_format", "no run file", "found another")
def _(f):
    f.attrs["format"] = np.bytes_("another")


@hostile("negative_window", "window_tokens", "found -1", "expected 0 to 512")
def _(f):
    f["a/evaluation/baseline/window_tokens"][0] = -1


@hostile("position_beyond", "window_first", "found 400", "a position outside its window")
def _(f):
    f["a/evaluation/baseline/window_first"][0] = 400


@hostile("windows_before_the_first", "windows", "found -1", "more windows than the text has")
def _(f):
    moments = f["a/analysis/moments"]
    moments[next(name for name in moments if name != "window_measured")]["windows"][0] = -1


@hostile("soft_link", "/a/alias", "a soft link", "a hard link")
def _(f):
    f["a/alias"] = h5py.SoftLink("/a/model")


@hostile("external_link", "/a/model/away", "an external link")
def _(f):
    f["a/model/away"] = h5py.ExternalLink("/etc/passwd", "/")


@hostile("cycle", "/a/model/up", "cycle")
def _(f):
    f["a/model/up"] = f["a"]


@hostile("virtual", "/" + NLL, "virtual dataset")
def _(f):
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", shape=(4,))
    del f[NLL]
    f.create_virtual_dataset(NLL, layout)


@hostile("external_storage", "/" + NLL, "external storage")
def _(f):
    replace(f, NLL, (4,), "<f4", external=[("/etc/passwd", 0, 16)])


@hostile("fletcher32", "/" + NLL, "found filter 3", "shuffle or deflate")
def _(f):
    replace(f, NLL, data=np.zeros(4, "<f4"), fletcher32=True)


@hostile("lzf", "/" + NLL, "found filter 32000")
def _(f):
    replace(f, NLL, data=np.zeros(4, "<f4"), compression="lzf")


@hostile("variable_length", "/a/model/notes", "variable-length type")
def _(f):
    f["a/model"].create_dataset("notes", (2,), h5py.vlen_dtype(np.int64))


@hostile("variable_string", "/a@note", "variable-length string")
def _(f):
    f["a"].attrs["note"] = "text"


@hostile("reference", "/a/model/pointer", "found reference")
def _(f):
    f["a/model"].create_dataset("pointer", data=f.ref, dtype=h5py.ref_dtype)


@hostile("compound", "/a/model/pairs", "compound type")
def _(f):
    f["a/model"].create_dataset("pairs", (2,), np.dtype([("x", "<f8"), ("y", "<f8")]))


@hostile("named_type", "/a/model/type", "a named type")
def _(f):
    f["a/model/type"] = np.dtype("<f8")


@hostile("wrong_type", "/" + SIGMA, "found float32", "expected float64")
def _(f):
    replace(f, SIGMA, data=f[SIGMA][()].astype("<f4"))


@hostile("big_endian", "/" + SIGMA, "64-bit float in another format")
def _(f):
    replace(f, SIGMA, data=f[SIGMA][()].astype(">f8"))


@hostile("wrong_rank", "/" + SIGMA, "found 1 in [", "expected 3")
def _(f):
    replace(f, SIGMA, data=f[SIGMA][()].ravel())


@hostile("wrong_shape", "/a/analysis/k/mean", "wrong shape", "found [3, 2, 64]")
def _(f):
    replace(f, "a/analysis/k/mean", data=f["a/analysis/k/mean"][:3])


@hostile("missing_dataset", "/" + SIGMA, "no such dataset")
def _(f):
    del f[SIGMA]


@hostile("missing_group", "/a/model", "no such group")
def _(f):
    del f["a/model"]


@hostile("missing_attribute", "/a/model@num_layers", "no such attribute")
def _(f):
    del f["a/model"].attrs["num_layers"]


@hostile("group_for_dataset", "/" + SIGMA, "cannot be opened")
def _(f):
    del f[SIGMA]
    f.create_group(SIGMA)


@hostile("dataset_for_group", "/a/model", "cannot be opened")
def _(f):
    replace(f, "a/model", data=np.zeros(3))


@hostile("dimension_overflow", "/" + NLL, "declared size is too large")
def _(f):
    replace(f, NLL, (2**40, 2**40), "<f8", chunks=(1, 1024))


@hostile("declared_only", "/" + NLL, "more is declared than is stored")
def _(f):
    replace(f, NLL, (10**8,), "<f4", chunks=(1024,))


@hostile("declared_contiguous", "/" + NLL, "more is declared than is stored")
def _(f):
    replace(f, NLL, (10**8,), "<f4")


@hostile("bomb", "/" + NLL, "more is declared than is stored")
def _(f):
    replace(f, NLL, data=np.zeros(60_000_000, "<f4"), chunks=(10**6,), compression="gzip",
            compression_opts=9)


@hostile("large_chunk", "/" + NLL, "a chunk is too large")
def _(f):
    replace(f, NLL, (10,), "<f4", chunks=(10**8,), maxshape=(None,))


@hostile("negative_count", "/a/analysis@tokens", "negative", "found -5")
def _(f):
    f["a/analysis"].attrs["tokens"] = np.int64(-5)


@hostile("out_of_range", "/a/model@num_heads", "found 5000000000")
def _(f):
    f["a/model"].attrs["num_heads"] = np.int64(5 * 10**9)


@hostile("no_such_layer", "/a/analysis/k@layer", "found 77")
def _(f):
    f["a/analysis/k/layer"][-1] = 77


@hostile("too_many_heads", "/a/analysis/k@heads", "found 3")
def _(f):
    f["a/analysis/k/heads"][0] = 3


@hostile("long_vector", "/a/analysis/v@sigma_length", "found 1000")
def _(f):
    f["a/analysis/v/sigma_length"][0, 0] = 1000


@hostile("unknown_tap", "unknown tap", "found w")
def _(f):
    f["a/model/taps"][0] = b"w"


@hostile("many_plans", "/a/evaluation/plans/0003", "no such group")
def _(f):
    f["a/evaluation/plans"].attrs["count"] = np.int64(2**62)


@hostile("layer_range", "/a/evaluation/plans/0000/specs/0000@layers", "found -2000000000 to 3")
def _(f):
    f["a/evaluation/plans/0000/specs/0000"].attrs["layers"] = np.array([[-2000000000, 3]], "<i8")


@hostile("unknown_ruling", "/a/sweep/verdict@ruling", "unknown ruling", "found perhaps")
def _(f):
    f["a/sweep/verdict/ruling"][0] = b"perhaps"


@hostile("short_texts", "/a/sweep/curves/0000/points@format", "differ in length", "expected 3")
def _(f):
    replace(f, "a/sweep/curves/0000/points/format", data=np.array([b"int4"]))


WINDOW, SENTENCE = "a/passages/0000", "a/passages/0001"


@hostile("passage_token", "/a/passages/0000@token", "no such token", "found 1024", "0 to 1023")
def _(f):
    f[WINDOW + "/token"][0] = 1024


@hostile("passage_likely_token", "/a/passages/0000@likeliest", "no such token", "found -7")
def _(f):
    f[WINDOW + "/likeliest"][0, 0] = -7


@hostile("passage_probability", "/a/passages/0000@likeliest_probability", "found nan", "0 to 1")
def _(f):
    f[WINDOW + "/likeliest_probability"][1, 0] = np.nan


@hostile("passage_probability_over_1", "/a/passages/0000@baseline_likeliest_probability", "found 1.5")
def _(f):
    f[WINDOW + "/baseline_likeliest_probability"][1, 0] = 1.5


@hostile("passage_nan", "/a/passages/0000@nll", "no number", "found nan")
def _(f):
    f[WINDOW + "/nll"][2] = np.nan


@hostile("passage_infinite", "/a/passages/0000@kl", "no number", "found inf")
def _(f):
    f[WINDOW + "/kl"][2] = np.inf


@hostile("passage_window", "/a/passages/0000@window", "no such window", "found 3", "under 3")
def _(f):
    f[WINDOW].attrs["window"] = np.int64(3)


@hostile("passage_long", "/a/passages/0000@token", "more tokens than a window has", "at most 512",
         "found 513")
def _(f):
    replace(f, WINDOW + "/token", data=np.zeros(513, "<i8"))


@hostile("passage_shape", "/a/passages/0000/kl", "wrong shape", "found [3]", "expected [7]")
def _(f):
    replace(f, WINDOW + "/kl", data=np.zeros(3, "<f4"))


@hostile("passage_many_candidates", "/a/passages/0000@likeliest", "at most 5", "found 6")
def _(f):
    replace(f, WINDOW + "/likeliest", data=np.zeros((7, 6), "<i8"))


@hostile("passage_no_candidates", "/a/passages/0000/likeliest_probability", "wrong shape")
def _(f):
    replace(f, WINDOW + "/likeliest_probability", data=np.zeros((7, 0), "<f4"))


@hostile("passage_flag", "/a/passages/0000@scored", "not a flag", "found 2")
def _(f):
    f[WINDOW + "/scored"][0] = 2


@hostile("passage_words", "/a/passages/0000/words/id", "wrong shape")
def _(f):
    replace(f, WINDOW + "/words/text", data=np.array([b"one"]))


@hostile("passage_count", "/a/passages/0002", "no such group")
def _(f):
    f["a/passages"].attrs["count"] = np.int64(2**62)


@hostile("attention_layer", "/a/passages/0001/attention@layer", "found 6", "under 6")
def _(f):
    f[SENTENCE + "/attention"].attrs["layer"] = np.int64(6)


@hostile("attention_head", "/a/passages/0001/attention@head", "found 4", "under 4")
def _(f):
    f[SENTENCE + "/attention"].attrs["head"] = np.int64(4)


@hostile("attention_shape", "/a/passages/0001/attention/baseline", "wrong shape", "found [9, 8]",
         "expected [9, 9]")
def _(f):
    replace(f, SENTENCE + "/attention/baseline", data=np.zeros((9, 8), "<f4"))


@hostile("attention_weight", "/a/passages/0001/attention@compressed", "no probability", "found -1")
def _(f):
    f[SENTENCE + "/attention/compressed"][8, 0] = -1


@hostile("attention_rows", "/a/passages/0001/attention@row_kl", "no number", "found nan")
def _(f):
    f[SENTENCE + "/attention/row_kl"][0] = np.nan


@hostile("attention_layers", "/a/passages/0001/attention/layers@kl", "expected 6", "found 5")
def _(f):
    layers = f[SENTENCE + "/attention/layers"]
    for name in layers:
        replace(layers, name, data=layers[name][:5])


@hostile("attention_heads", "/a/passages/0001/attention/layers@kl_heads", "expected 4", "found 3")
def _(f):
    layers = f[SENTENCE + "/attention/layers"]
    replace(layers, "kl_heads", data=layers["kl_heads"][:, :3])


@hostile("attention_declared", "/a/passages/0001/attention/baseline",
         "more is declared than is stored")
def _(f):
    replace(f, SENTENCE + "/attention/baseline", (10000, 10000), "<f4", chunks=(64, 64))


@hostile("flag", "/a/model@qkv_bias", "found 7")
def _(f):
    f["a/model"].attrs["qkv_bias"] = np.uint8(7)


@hostile("deep", "nested too deeply")
def _(f):
    f.create_group("a/" + "/".join(["x"] * 40))


@hostile("many_dimensions", "/a/model/cube", "too many dimensions", "found 12")
def _(f):
    f["a/model"].create_dataset("cube", (1,) * 12, "<f8")


@hostile("null_space", "/a/model/void", "a null dataspace")
def _(f):
    f["a/model"].create_dataset("void", data=h5py.Empty("<f8"))


with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as out:
    json.dump(expected, out, indent=1)
