// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "analysis/moments.hpp"
#include "analysis/tap_statistics.hpp"
#include "model/causal_lm.hpp"
#include "model/tap_observer.hpp"
#include "text/windows.hpp"
#include "types/analysis.hpp"
#include "types/model_info.hpp"
#include "types/shard.hpp"

namespace kvloupe {

/// The moments of every wanted tap over the windows of one text, or over a shard of them. Each tap
/// counts the windows that it has seen: a pass that was cancelled, even inside a window, goes on
/// where it was, and a tap that is wanted later catches up without disturbing the others.
class TextStatistics {
 public:
  /// `skip` leaves each window's first tokens out. Throws Error InvalidArgument where the shard has
  /// no window.
  TextStatistics(const ModelInfo& model, std::vector<Window> windows, int skip, Shard shard = {});

  /// Asks for a tap in all layers; with the covariance of the concatenated heads where `joined`.
  void want(Tap tap, bool joined);

  /// Runs the model over the windows that some wanted tap has not seen and calls `seen` after each
  /// with the number of tokens that are through. A model that is streamed takes several windows
  /// layer by layer: then it is called after every layer, later layers have seen less, and tokens
  /// count by their share of the layers. Throws Cancelled.
  void stream(const CausalLm& model, std::span<const std::int32_t> ids, std::stop_token stop,
              const std::function<void(std::int64_t tokens)>& seen);

  [[nodiscard]] int windowsSeen() const;
  /// Of the whole text.
  [[nodiscard]] const std::vector<Window>& windows() const { return windows_; }
  /// How many of them are read: those of the shard.
  [[nodiscard]] int windowsToRead() const { return int(order_.size()); }
  /// Tokens of the first `windows` windows that are read.
  [[nodiscard]] std::int64_t tokensIn(int windows) const;
  [[nodiscard]] const Moments& moments(int layer, Tap tap) const;

  /// Statistics of the given taps over what was seen so far, layer by layer; text and context are
  /// the caller's to fill in.
  [[nodiscard]] Analysis summarise(std::span<const Tap> taps, Spectra spectra) const;
  /// Adds the sums that they are made of, for a file.
  void keepMoments(Analysis& analysis) const;
  /// Goes on from the sums of an interrupted analysis of the same windows, for taps that are wanted
  /// and have seen none.
  void adopt(const Analysis& known);

 private:
  struct Stream {
    Moments moments;
    int windows = 0;  // of order_
  };
  /// Sees one window.
  class Observer final : public TapObserver {
   public:
    Observer(TextStatistics& statistics, int window) : statistics_(statistics), window_(window) {}
    [[nodiscard]] bool wants(int layer, Tap tap) const override;
    void observe(int layer, Tap tap, const at::Tensor& values) override;

   private:
    TextStatistics& statistics_;
    int window_;  // position in order_
  };

  const ModelInfo model_;
  std::vector<Window> windows_;
  int skip_;
  std::vector<int> order_;  // indices of the windows that are read, ascending
  std::map<std::pair<int, Tap>, Stream> streams_;
};

}  // namespace kvloupe
