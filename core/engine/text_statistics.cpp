// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text_statistics.hpp"

#include <algorithm>

#include "engine/session_parts.hpp"

namespace kvloupe {

TextStatistics::TextStatistics(const ModelInfo& model, std::vector<Window> windows, int skip,
                               Shard shard)
    : model_(model), windows_(std::move(windows)), skip_(skip) {
  checkShard(shard, std::int64_t(windows_.size()));
  for (int window = 0; window < int(windows_.size()); ++window)
    if (shard.has(window)) order_.push_back(window);
}

void TextStatistics::want(Tap tap, bool joined) {
  const TapShape shape = tapShape(model_, tap);
  for (int layer = 0; layer < model_.numLayers; ++layer) {
    const auto found = streams_.find({layer, tap});
    if (found != streams_.end() && (!joined || found->second.moments.joined())) continue;
    streams_.insert_or_assign(
        {layer, tap}, Stream{Moments(shape.heads, shape.dim, int(windows_.size()), joined), 0});
  }
}

int TextStatistics::windowsSeen() const {
  int seen = windowsToRead();
  for (const auto& [key, stream] : streams_) seen = std::min(seen, stream.windows);
  return seen;
}

std::int64_t TextStatistics::tokensIn(int windows) const {
  std::int64_t tokens = 0;
  for (int i = 0; i < windows; ++i) tokens += windows_[std::size_t(order_[std::size_t(i)])].length;
  return tokens;
}

const Moments& TextStatistics::moments(int layer, Tap tap) const {
  return streams_.at({layer, tap}).moments;
}

void TextStatistics::stream(const CausalLm& model, std::span<const std::int32_t> ids,
                            std::stop_token stop, const std::function<void(std::int64_t)>& seen) {
  for (int first = windowsSeen(); first < windowsToRead();) {
    const int count =
        std::min(model.sequencesAtOnce(windows_[std::size_t(order_[std::size_t(first)])].length),
                 windowsToRead() - first);
    std::vector<Observer> observers;
    for (int i = 0; i < count; ++i) observers.emplace_back(*this, first + i);
    std::vector<CausalLm::Sequence> sequences;
    for (int i = 0; i < count; ++i) {
      const Window& window = windows_[std::size_t(order_[std::size_t(first + i)])];
      sequences.push_back(
          {.ids = ids.subspan(std::size_t(window.begin), std::size_t(window.length)),
           .context = {
               .observer = &observers[std::size_t(i)], .transform = nullptr, .stop = stop}});
    }
    const std::int64_t before = tokensIn(first), together = tokensIn(first + count) - before;
    (void)model.forward(sequences, [&](int layers) {
      if (model.streams() && layers < model_.numLayers)
        seen(before + together * layers / model_.numLayers);
    });
    first += count;
    seen(tokensIn(first));
  }
}

bool TextStatistics::Observer::wants(int layer, Tap tap) const {
  const auto found = statistics_.streams_.find({layer, tap});
  return found != statistics_.streams_.end() && found->second.windows == window_;
}

void TextStatistics::Observer::observe(int layer, Tap tap, const at::Tensor& values) {
  Stream& stream = statistics_.streams_.at({layer, tap});
  const std::int64_t skipped = std::min<std::int64_t>(statistics_.skip_, values.size(0));
  const std::int64_t stride = values.size(1) * values.size(2);
  stream.moments.add(
      {values.data_ptr<float>() + skipped * stride, std::size_t(values.numel() - skipped * stride)},
      values.size(0) - skipped, statistics_.order_[std::size_t(window_)]);
  ++stream.windows;
}

Analysis TextStatistics::summarise(std::span<const Tap> taps, Spectra spectra) const {
  Analysis analysis;
  analysis.skip = skip_;
  analysis.windowsPlanned = int(windows_.size());
  for (const Window& window : windows_) analysis.tokensPlanned += window.length;
  analysis.windows = windowsToRead();
  for (int layer = 0; layer < model_.numLayers; ++layer)
    for (const Tap tap : taps) {
      const Stream& stream = streams_.at({layer, tap});
      analysis.windows = std::min(analysis.windows, stream.windows);
      analysis.taps.push_back(kvloupe::summarise(stream.moments, layer, tap, spectra));
    }
  analysis.tokens = tokensIn(analysis.windows);
  return analysis;
}

void TextStatistics::keepMoments(Analysis& analysis) const {
  analysis.windowMeasured.assign(windows_.size(), 0);
  for (int i = 0; i < analysis.windows; ++i)
    analysis.windowMeasured[std::size_t(order_[std::size_t(i)])] = 1;
  for (const TapStatistics& tap : analysis.taps) {
    const Stream& stream = streams_.at({tap.layer, tap.tap});
    analysis.moments.push_back(stream.moments.stored(tap.layer, tap.tap));
    analysis.moments.back().windows = stream.windows;
  }
}

void TextStatistics::adopt(const Analysis& known) {
  std::vector<std::uint8_t> seen(windows_.size(), 0);
  for (int i = 0; i < std::min(known.windows, windowsToRead()); ++i)
    seen[std::size_t(order_[std::size_t(i)])] = 1;
  if (known.windowMeasured != seen) return;  // another shard
  for (const StoredMoments& stored : known.moments) {
    const auto found = streams_.find({stored.layer, stored.tap});
    if (found == streams_.end() || found->second.windows > 0 || stored.windows > windowsToRead())
      continue;
    Stream stream{Moments(stored), stored.windows};
    if (stream.moments.sameShape(found->second.moments)) found->second = std::move(stream);
  }
}

}  // namespace kvloupe
