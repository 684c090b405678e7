// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/passage_pass.hpp"

#include <optional>

namespace kvloupe {
namespace {

/// Keeps what the attention of the layer that runs reads.
class AttentionKeeper final : public TapObserver {
 public:
  [[nodiscard]] bool wants(int, Tap) const override { return false; }
  void observe(int, Tap, const at::Tensor&) override {}
  [[nodiscard]] bool wantsAttention(int) const override { return true; }
  void observeAttention(int, const AttentionInputs& inputs) override { kept = inputs.clone(); }
  std::optional<AttentionInputs> kept;
};

}  // namespace

PassagePass passThrough(const CausalLm& model, std::span<const std::int32_t> ids,
                        const CacheTransform& transform, const LayerAttentionFn& attention,
                        const std::function<void(int)>& onLayer, const std::stop_token& stop) {
  const at::Tensor entering = model.embed(ids);  // [tokens, hidden]
  const PassagePass pass{.baseline = entering, .compressed = entering.clone()};
  AttentionKeeper before, after;
  for (int layer = 0; layer < model.config().numLayers; ++layer) {
    model.runLayers(
        pass.baseline, layer, layer + 1,
        {.observer = attention ? &before : nullptr, .transform = nullptr, .stop = stop});
    model.runLayers(
        pass.compressed, layer, layer + 1,
        {.observer = attention ? &after : nullptr, .transform = &transform, .stop = stop});
    if (attention) attention(layer, *before.kept, *after.kept);
    onLayer(layer + 1);
  }
  model.finish(pass.baseline);
  model.finish(pass.compressed);
  return pass;
}

}  // namespace kvloupe
