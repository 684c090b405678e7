# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a plan of KV Loupe to a model of Hugging Face transformers (5.x), without calibration:

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    apply_plan(model, "plan.json")   # plan.safetensors stands beside it

K, V, the latent and the rotary key are what a compressed cache would give back before attention
reads them. For families whose projections are k_proj and v_proj (Llama, Mistral, Qwen) and for
MLA (DeepSeek-V2). What each tensor is: resources/manual/plan-files.md.
"""
import json
import pathlib

import torch
from safetensors.torch import load_file
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask


def half(x):
    return x.half().float()


def away(x):  # roundf: halves away from zero
    return torch.sign(x) * torch.floor(x.abs() + 0.5)


def e4m3(x):
    return x.clamp(-448, 448).to(torch.float8_e4m3fn).float()


def e2m1(x):
    size = x.abs().clamp(max=6)
    step = torch.where(size < 2, 0.5, torch.where(size < 4, 1.0, 2.0))
    return torch.sign(x) * torch.round(size / step) * step


def divided(x, scale):
    return torch.where(scale == 0, torch.zeros_like(x), x / torch.where(scale == 0, 1.0, scale))


def llama_block(x, name):
    """llama.cpp's blocks of 32 values along the head: q8_0 q5_1 q5_0 q4_1 q4_0."""
    x = x.unflatten(-1, (-1, 32))
    if name == "q8_0":
        scale = x.abs().amax(-1, keepdim=True) / 127
        out = away(divided(x, scale)) * half(scale)
    elif name in ("q5_1", "q4_1"):
        most = 31 if name == "q5_1" else 15
        low = x.amin(-1, keepdim=True)
        scale = (x.amax(-1, keepdim=True) - low) / most
        out = (divided(x - low, scale) + 0.5).trunc().clamp(max=most) * half(scale) + half(low)
    else:
        zero = 16 if name == "q5_0" else 8
        largest = x.gather(-1, x.abs().argmax(-1, keepdim=True))
        scale = largest / -zero
        codes = (divided(x, scale) + (zero + 0.5)).trunc().clamp(max=2 * zero - 1)
        out = (codes - zero) * half(scale)
    return out.flatten(-2)


class Chain:
    """One layer and target: values [batch, tokens, groups, dim] as the cache gives them back."""

    def __init__(self, chain, tensors):
        self.chain = chain
        prefix = f"layers.{chain['layer']}.{chain['target']}."
        for name in ("mean", "encode", "decode", "rotation", "scale", "zero"):
            setattr(self, name, tensors.get(prefix + name))
        if chain["residual"]:
            raise NotImplementedError("residual: every query would see another cache")

    def __call__(self, x):
        """x: [batch, tokens, heads, dim]."""
        shape = x.shape
        if self.chain["scope"] == "layer":
            x = x.flatten(-2).unsqueeze(-2)
        values = x
        if self.mean is not None:
            values = values - self.mean
        if self.encode is not None:
            values = torch.einsum("btgd,gdr->btgr", values, self.encode)
        if self.rotation is not None:
            values = values @ self.rotation
        values = self.quantized(values)
        if self.rotation is not None:
            values = values @ self.rotation.T
        if self.decode is not None:
            values = torch.einsum("btgr,grd->btgd", values, self.decode)
        if self.mean is not None:
            values = values + self.mean
        sink = self.chain["sink"]
        return torch.cat([x[:, :sink], values[:, sink:]], dim=1).reshape(shape)

    def quantized(self, x):
        name = self.chain["format"]
        if name == "16":
            return x
        if name[0] == "q":
            return llama_block(x, name)
        if name == "nvfp4":
            whole = self.scale[:, None, None]
            blocks = x.unflatten(-1, (-1, 16))
            scale = e4m3(divided(blocks.abs().amax(-1, keepdim=True) / 6, whole)) * whole
            return (e2m1(divided(blocks, scale)) * scale).flatten(-2)
        if self.chain["scale"] == "channel":
            sink, group = self.chain["sink"], self.chain["group"]
            ends = [*range(group, x.shape[1], group), x.shape[1]]
            pieces = [x[:, :sink]]
            for end in ends:
                if end > max(sink, end - group):
                    part = x[:, max(sink, (end - 1) // group * group):end]
                    pieces.append(self.scaled(part, dim=1))
            return torch.cat(pieces, dim=1)
        return self.scaled(x, dim=-1)

    def scaled(self, x, dim):
        name = self.chain["format"]
        fixed = self.scale is not None
        scale = self.scale[:, None] if fixed else None
        if name.startswith("uint"):
            most = 2 ** int(name[4:]) - 1
            zero = self.zero[:, None] if fixed else x.amin(dim, keepdim=True)
            scale = scale if fixed else (x.amax(dim, keepdim=True) - zero) / most
            return zero + torch.round(divided(x - zero, scale)).clamp(0, most) * scale
        most = 448 if name == "fp8" else 2 ** (int(name[3:]) - 1) - 1
        scale = scale if fixed else x.abs().amax(dim, keepdim=True) / most
        codes = divided(x, scale)
        return (e4m3(codes) if name == "fp8" else torch.round(codes).clamp(-most, most)) * scale


def projection_hook(chain, heads, bias=None):
    """Compresses what a module gives, [..., heads * dim] or [..., heads, dim]."""
    def hook(module, args, output):
        values = output if bias is None else output - bias
        flat = values.reshape(*output.shape[:2], heads, -1)
        out = chain(flat).reshape(output.shape)
        return out if bias is None else out + bias
    return hook


def apply_plan(model, path):
    """Makes every later call of `model` read K and V as the plan at `path` leaves them."""
    path = pathlib.Path(path)
    plan = json.loads(path.read_text())
    if not plan.get("complete", True):
        raise ValueError(f"{path}: the plan was interrupted before it was found")
    tensors = load_file(path.with_name(plan["tensors"]["file"]), device=str(model.device))
    config = model.config
    mla = getattr(config, "kv_lora_rank", None) is not None
    late = {}  # what attention is handed, by layer and part
    for entry in plan["chains"]:
        chain = Chain(entry, tensors)
        layer, target, tap = entry["layer"], entry["target"], entry["tap"]
        attention = model.model.layers[layer].self_attn
        if target == "latent":
            attention.kv_a_layernorm.register_forward_hook(projection_hook(chain, 1))
        elif mla or tap in ("k_rope", "v"):
            late[layer, target] = chain
        else:
            heads = config.num_key_value_heads
            normed = getattr(attention, "k_norm", None) if tap == "k" else None
            bias = attention.k_proj.bias if tap == "k_prebias" else None
            (normed or attention.k_proj).register_forward_hook(projection_hook(chain, heads, bias))

    def compressed(layer, target, x):  # [batch, heads, tokens, dim]
        chain = late.get((layer, target))
        return x if chain is None else chain(x.transpose(1, 2)).transpose(1, 2)

    def attention(module, query, key, value, mask, **kwargs):
        layer = module.layer_idx
        if mla:
            nope, rope = key.split([config.qk_nope_head_dim, config.qk_rope_head_dim], dim=-1)
            shared = compressed(layer, "rope_key", rope[:, :1])
            key = torch.cat([compressed(layer, "k", nope), shared.expand_as(rope)], dim=-1)
        else:
            key = compressed(layer, "k", key)
        value = compressed(layer, "v", value)
        return sdpa_attention_forward(module, query, key, value, mask, **kwargs)

    AttentionInterface.register("kvloupe", attention)
    AttentionMaskInterface.register("kvloupe", sdpa_mask)
    model.set_attn_implementation("kvloupe")
    return model
