#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of the fuzz targets, corpus/TARGET/NAME, and their dictionaries, which hold every
name and word of the seeds. Inputs that once ended a target stand beside the seeds as found-NAME and
are left alone."""
import json
import re
import struct
from pathlib import Path

HERE = Path(__file__).parent
NUMBERS = ["0", "-1", "1e999", "0.5", "2147483647", "2147483648", "1073741824", "4294967296",
           "9223372036854775807", "18446744073709551615", "null", "true", "{}", "[]", '""', "\\u0000"]


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


SAFETENSORS = {
    "types": safetensors({"__metadata__": {"format": "pt"}, "a": tensor("F32", [2, 1], 0, 8),
                          "b": tensor("BF16", [3], 8, 14), "c": tensor("F16", [], 14, 16)},
                         bytes(range(16))),
    "empty": safetensors({"none": tensor("F16", [0, 9], 0, 0)}),
    "nothing": safetensors(b"{}   "),
    "other-types": safetensors({n: tensor(n, [1], i, i + s) for n, i, s in [
        ("BOOL", 0, 1), ("F8_E4M3", 1, 1), ("I16", 2, 2), ("U32", 4, 4), ("F64", 8, 8),
        ("I64", 16, 8), ("C64", 24, 8), ("F8_E5M2", 32, 1), ("F8_E8M0", 33, 1), ("U8", 34, 1),
        ("I8", 35, 1), ("U16", 36, 2), ("I32", 38, 4), ("U64", 42, 8)]}, bytes(50)),
    "hole": safetensors({"a": tensor("U8", [1], 0, 1), "b": tensor("U8", [1], 2, 3)}, b"abc"),
    "overlap": safetensors({"a": tensor("U8", [2], 0, 2), "b": tensor("U8", [2], 1, 3)}, b"abc"),
    "overflow": safetensors({"a": tensor("F64", [1 << 62, 4], 0, 8)}, bytes(8)),
    "long": struct.pack("<Q", 2**64 - 1) + b"{}",
}

WEIGHT_INDEX = {
    "two": {"metadata": {"total_size": 2},
            "weight_map": {"a": "a.safetensors", "b": "b.safetensors"}},
    "wrong-shard": {"weight_map": {"a": "b.safetensors"}},
    "above": {"weight_map": {"a": "../a.safetensors"}},
    "absolute": {"weight_map": {"a": "/etc/passwd", "b": ""}},
    "index": {"weight_map": {"a": "model.safetensors.index.json", "b": "./a.safetensors"}},
}

SIZES = {"vocab_size": 96, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
         "num_attention_heads": 4}
GQA = {**SIZES, "num_key_value_heads": 2, "head_dim": 8}
MLA = {**SIZES, "kv_lora_rank": 12, "q_lora_rank": 14, "qk_nope_head_dim": 8,
       "qk_rope_head_dim": 4, "v_head_dim": 6}
EXPERTS = {"n_routed_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 10,
           "n_shared_experts": 1, "first_k_dense_replace": 1, "n_group": 3, "topk_group": 2}
FACTORS = {"short_factor": [1, 1.1, 1.2, 1.3], "long_factor": [1, 2, 3, 4]}
CONFIG = {
    "gpt2": {"model_type": "gpt2", "vocab_size": 96, "n_embd": 32, "n_layer": 3, "n_head": 4,
             "n_positions": 64, "n_inner": None, "activation_function": "gelu_new",
             "layer_norm_epsilon": 1e-5},
    "llama": {"model_type": "llama", **GQA, "rms_norm_eps": 1e-6, "attention_bias": True,
              "rope_theta": 5e5, "rope_scaling": {
                  "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                  "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}},
    "llama-linear": {"model_type": "llama", **SIZES, "torch_dtype": "bfloat16", "mlp_bias": True,
                     "rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}},
    "mistral": {"model_type": "mistral", **GQA, "sliding_window": 16, "dtype": "float32"},
    "qwen2": {"model_type": "qwen2", **GQA, "use_sliding_window": True, "sliding_window": 8,
              "max_window_layers": 1, "tie_word_embeddings": True,
              "layer_types": ["full_attention", "sliding_attention", "sliding_attention"]},
    "qwen3": {"model_type": "qwen3", **GQA, "quantization_config": {"quant_method": "gptq"}},
    "deepseek_v2": {"model_type": "deepseek_v2", **MLA, **EXPERTS, "moe_layer_freq": 1,
                    "topk_method": "group_limited_greedy", "scoring_func": "softmax",
                    "routed_scaling_factor": 16.0, "norm_topk_prob": False, "rope_scaling": {
                        "type": "yarn", "factor": 40, "beta_fast": 32, "beta_slow": 1,
                        "mscale": 0.707, "mscale_all_dim": 0.707, "attention_factor": 1.0,
                        "truncate": False, "original_max_position_embeddings": 4096}},
    "deepseek_v3": {"model_type": "deepseek_v3", **MLA, **EXPERTS, "rope_interleave": False,
                    "scoring_func": "sigmoid", "auto_map": {"AutoModel": "m.M"}},
    "gpt_neox": {"model_type": "gpt_neox", **SIZES, "rotary_pct": 0.5, "rotary_emb_base": 10000,
                 "use_parallel_residual": False, "hidden_act": "gelu", "layer_norm_eps": 1e-5},
    "phi3": {"model_type": "phi3", **GQA, "max_position_embeddings": 64,
             "original_max_position_embeddings": 32, "rope_scaling": {"type": "su", **FACTORS}},
    "gemma2": {"model_type": "gemma2", **GQA, "attn_logit_softcapping": 50.0,
               "final_logit_softcapping": 30.0, "query_pre_attn_scalar": 8,
               "hidden_activation": "gelu_pytorch_tanh", "sliding_window": 8,
               "use_bidirectional_attention": False},
    "gemma3": {"model_type": "gemma3", "text_config": {
        **GQA, "sliding_window_pattern": 2, "sliding_window": 4, "rope_local_base_freq": 10000.0,
        "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8},
                            "sliding_attention": {"rope_type": "default"}}}},
    "mixtral": {"model_type": "mixtral", **GQA, "num_local_experts": 3, "num_experts_per_tok": 2},
    "qwen2_moe": {"model_type": "qwen2_moe", **GQA, "num_experts": 4, "num_experts_per_tok": 2,
                  "moe_intermediate_size": 10, "shared_expert_intermediate_size": 14,
                  "decoder_sparse_step": 2, "mlp_only_layers": [0], "qkv_bias": False},
    "minicpm3": {"model_type": "minicpm3", **MLA, "scale_emb": 12, "scale_depth": 1.4,
                 "dim_model_base": 256, "partial_rotary_factor": 1.0,
                 "rope_scaling": {"type": "longrope", "factor": 2, "short_factor": [1, 1],
                                  "long_factor": [2, 3]}},
}

VOCAB = {"<unk>": 0, "a": 1, "b": 2, "c": 3, "ab": 4, "abc": 5, "\u2581": 6, "T": 7, "he": 8,
         "h": 9, "e": 10, "\u0120": 11, "1": 12}
MERGES = ["a b", "ab c", "h e"]


def tokenizer(model=None, added=(), **parts):
    base = {"type": "BPE", "unk_token": "<unk>", "fuse_unk": False, "byte_fallback": False,
            "vocab": VOCAB, "merges": MERGES}
    return {"version": "1.0", "added_tokens": list(added), **parts,
            "model": {**base, **(model or {})}}


def added(number, content, **flags):
    return {"id": number, "content": content, "special": False, **flags}


def sequence(kind, *parts):
    return {"type": "Sequence", kind: list(parts)}


BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "use_regex": True,
              "trim_offsets": False}
SPACE = {"String": " "}
TOKENIZER = {
    "bytes": tokenizer(
        {"ignore_merges": True}, [added(13, "<s>", special=True)],
        normalizer={"type": "NFC"}, decoder={"type": "ByteLevel"},
        pre_tokenizer=sequence("pretokenizers", {
            "type": "Split", "behavior": "Isolated", "invert": False, "pattern": {
                "Regex": r"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+(?!\S)|\s+"}},
            {**BYTE_LEVEL, "add_prefix_space": False, "use_regex": False}),
        post_processor=sequence("processors", BYTE_LEVEL, {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [13], "tokens": ["<s>"]}}})),
    "metaspace": tokenizer(
        {"fuse_unk": True, "merges": [["a", "b"], ["ab", "c"]]}, [added(0, "<unk>", special=True)],
        normalizer=sequence("normalizers", {"type": "Prepend", "prepend": "\u2581"},
                            {"type": "Replace", "pattern": SPACE, "content": "\u2581"}),
        decoder=sequence("decoders", {"type": "Replace", "pattern": {"String": "\u2581"},
                                      "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
                         {"type": "Strip", "content": " ", "start": 1, "stop": 0})),
    "old-metaspace": tokenizer(
        normalizer=sequence("normalizers", {"type": "Strip", "strip_left": True,
                                            "strip_right": True}, {"type": "NFKC"},
                            {"type": "StripAccents"}, {"type": "Nmt"}, {"type": "Lowercase"},
                            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}),
        pre_tokenizer={"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first",
                       "split": True, "add_prefix_space": True},
        decoder={"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always"}),
    "pieces": tokenizer(
        {"continuing_subword_prefix": "##", "end_of_word_suffix": "</w>", "merges": []},
        pre_tokenizer=sequence("pretokenizers", {"type": "Digits", "individual_digits": True},
                               {"type": "Punctuation", "behavior": "MergedWithPrevious"},
                               {"type": "WhitespaceSplit"}, {"type": "Whitespace"},
                               {"type": "Split", "pattern": SPACE, "behavior": "Contiguous",
                                "invert": True}),
        post_processor={"type": "RobertaProcessing", "sep": ["b", 2], "cls": ["a", 1]}),
    "added": tokenizer(
        {}, [added(13, "word", single_word=True), added(14, "<s>", lstrip=True, rstrip=True),
             added(15, "the", normalized=True), added(16, " 12", normalized=False)],
        normalizer={"type": "Lowercase"}, pre_tokenizer=BYTE_LEVEL,
        post_processor={"type": "BertProcessing", "sep": ["b", 2], "cls": ["a", 1]}),
    "fallback": tokenizer({"byte_fallback": True, "merges": [], "vocab": {
        "<unk>": 0, **{f"<0x{b:02X}>": b + 1 for b in range(256)}}}),
    "expressions": tokenizer(pre_tokenizer=sequence("pretokenizers", *[
        {"type": "Split", "pattern": {"Regex": e}, "behavior": "Removed", "invert": False}
        for e in (r"\s?[\p{P}\u4e00-\u9fa5&&[^a-z]]+|(?<=a)b|(?>ab)c|\h+|\X",
                  r"[[:alpha:]]+?|(?<n>a)\k<n>|\R|a{,2}|\A\b\G\z|(?m:.)")])),
}


def written(folder, seeds):
    words = set()
    target = HERE / "corpus" / folder
    target.mkdir(parents=True, exist_ok=True)
    for name, seed in seeds.items():
        data = seed if isinstance(seed, bytes) else json.dumps(seed, ensure_ascii=False).encode()
        (target / name).write_bytes(data)
        words.update(re.findall(rb'"[^"\\]{2,40}"', data))
    lines = ['"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02X}"
                           for b in word) + '"'
             for word in sorted(words) + [n.encode() for n in NUMBERS]
             if not re.match(rb'"<0x[0-9A-F]{2}>"', word) or word == b'"<0x41>"']
    dictionary = HERE / "dictionaries" / folder
    dictionary.parent.mkdir(exist_ok=True)
    dictionary.write_text("\n".join(lines) + "\n")


written("safetensors", SAFETENSORS)
written("weight_index", WEIGHT_INDEX)
written("config", CONFIG)
written("tokenizer", TOKENIZER)
