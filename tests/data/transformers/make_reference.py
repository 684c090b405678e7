#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes reference.json: perplexities that transformers (float32) gives under exported plans.

    make_reference.py KVLOUPE_CLI SHARED_DATA [OUT]

For each model and plan `kvloupe-cli perplexity --export-plan` writes plan.json and
plan.safetensors; resources/transformers/apply_plan.py applies them to the model as transformers
computes it, over the same windows (protocol papers). tests/cli/plan_export_test.cpp holds the
command line's figures against these, within 0.1 %. Stops where the two differ by more.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import transformers
from transformers import AutoModelForCausalLM

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "resources" / "transformers"))
from apply_plan import apply_plan  # noqa: E402

CONTEXT, TOKENS, CALIBRATION = 256, 4096, 8192
KV = [["kv:rank=8"], ["k:rank=8,basis=query", "v:rank=8,basis=output"],
      ["k:rank=8,basis=query,tap=k"], ["v:rank=16,scope=layer,basis=output"],
      ["kv:rank=8,basis=random,seed=3"], ["kv:rank=8,basis=axis"],
      ["kv:bits=4"], ["kv:bits=4,rotate=hadamard"], ["kv:bits=3,rotate=random,seed=5"],
      ["kv:rank=8,bits=4,rotate=hadamard"], ["kv:format=uint4,scale=tensor"],
      ["k:bits=4,scale=channel,sink=4", "v:bits=4"]]
PLANS = {
    "stories260k": [[spec.replace("rank=8", "rank=6") for spec in plan] for plan in KV
                    if "rank=8,bits" not in plan[0]],
    "demo:gqa": [[spec.replace("rank=8", "rank=24") for spec in plan] for plan in KV] +
                [["k:rank=32,tap=k_prebias"], ["kv:format=q8_0"], ["k:format=q8_0", "v:format=q4_0"],
                 ["kv:format=nvfp4"], ["kv:format=fp8"]],
    "demo:mla": [["latent:rank=48"], ["latent:rank=48,basis=query"],
                 ["latent:rank=48,basis=output", "rope_key:rank=16"], ["latent:bits=4"],
                 ["latent:bits=4,rotate=hadamard"], ["latent:format=q8_0", "rope_key:format=q8_0"],
                 ["kv:rank=32"], ["k:rank=32,basis=query", "v:rank=32,basis=output"]],
}


def perplexity(model, windows):
    total, count = 0.0, 0
    with torch.inference_mode():
        for window in windows:
            ids = torch.tensor(window)[None]
            logits = model(ids, use_cache=False).logits[0, :-1].float()
            total += torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum").item()
            count += len(window) - 1
    return torch.tensor(total / count).double().exp().item()


def main():
    cli, shared = sys.argv[1], pathlib.Path(sys.argv[2])
    out = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else pathlib.Path(__file__).parent / "reference.json")
    torch.set_num_threads(1)
    demo, stories = ROOT / "resources" / "demo", shared / "text" / "tinystories"
    entries = []
    with tempfile.TemporaryDirectory() as temporary:
        path = pathlib.Path(temporary) / "plan.json"
        for name, plans in PLANS.items():
            small = name == "stories260k"
            folder = shared / "models" / name if small else demo / name.removeprefix("demo:")
            where = str(folder) if small else name
            texts = ["--file", str((stories / "eval.txt") if small else demo / "evaluation.txt"),
                     "--calibration", str((stories / "calibration.txt") if small else demo / "calibration.txt")]
            ids = json.loads(subprocess.run([cli, "tokenize", where, *texts[:2], "--json"], check=True,
                                            capture_output=True).stdout)[:TOKENS]
            windows = [ids[i:i + CONTEXT] for i in range(0, len(ids) - CONTEXT + 1, CONTEXT)]
            for plan in plans:
                command = [cli, "perplexity", where, *texts, "-c", str(CONTEXT), "--tokens", str(TOKENS),
                           "--calibration-tokens", str(CALIBRATION), "--json", "--quiet",
                           "--export-plan", str(path)]
                for spec in plan:
                    command += ["--compress", spec]
                ours = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                weights = json.loads(path.read_text())["model"]["weights"][0]["sha256"]
                model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
                baseline = perplexity(model, windows)
                theirs = perplexity(apply_plan(model, path), windows)
                error = abs(theirs / ours["ppl"] - 1)
                print(f"{name:12} {' '.join(plan):45} {ours['ppl']:9.5f} {theirs:9.5f} "
                      f"{100 * (theirs / baseline - 1):+8.3f} % apart {100 * error:.5f} %", flush=True)
                if error > 1e-3 or abs(baseline / ours["baseline_ppl"] - 1) > 1e-3:
                    sys.exit("more than 0.1 % apart")
                entries.append({"model": name, "weights": weights, "specs": plan,
                                "baseline_ppl": baseline, "ppl": theirs})
    out.write_text(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__,
                               "context": CONTEXT, "tokens": TOKENS, "calibration_tokens": CALIBRATION,
                               "entries": entries}, indent=1) + "\n")


main()
