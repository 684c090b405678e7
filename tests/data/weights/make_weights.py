#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the folders beside this file with the safetensors library: `single` and `sharded` hold
the same tensors, the second in two shards with an index. Needs torch and safetensors."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

here = Path(__file__).parent
values = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 8 - 0.5
tensors = {
    "f32": values,
    "f16": (values * 1e-4).to(torch.float16),  # among them subnormal ones
    "bf16": (values * 3e38).to(torch.bfloat16),
    "i64": torch.arange(6).reshape(1, 2, 3),
    "empty": torch.zeros(0, 7),
    "rank0": torch.tensor(2.5),
}


def folder(name):
    (here / name).mkdir(exist_ok=True)
    return here / name


save_file(tensors, folder("single") / "model.safetensors", metadata={"format": "pt"})

shards = {"model-00001-of-00002.safetensors": ["f32", "f16", "empty"],
          "model-00002-of-00002.safetensors": ["bf16", "i64", "rank0"]}
for shard, names in shards.items():
    save_file({n: tensors[n] for n in names}, folder("sharded") / shard, metadata={"format": "pt"})
index = {"metadata": {"total_size": sum(t.numel() * t.element_size() for t in tensors.values())},
         "weight_map": {n: shard for shard, names in shards.items() for n in names}}
(folder("sharded") / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")

expected = {n: {"dtype": str(t.dtype).removeprefix("torch."), "shape": list(t.shape),
                "float32": t.to(torch.float32).flatten().tolist()}
            for n, t in tensors.items()}
(here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
