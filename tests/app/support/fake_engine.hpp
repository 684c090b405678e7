// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core_module/core_module.hpp"
#include "engine/engine.hpp"

namespace kvloupe::test {

/// What a fake engine does and has done; shared with the test, which runs on another thread.
struct FakeScript {
  std::atomic<int> windowMs = 1;  // how long a window takes
  std::atomic<int> openMs = 0;    // how long a model takes to open
  std::atomic<int> loadMs = 0;    // how long a run takes to load
  std::atomic<int> windows = 6;   // of every text
  std::atomic<bool> saveFails = false;
  std::atomic<bool> loadFails = false;
  std::atomic<bool> evaluateFails = false;
  std::atomic<int> weights = 0;           // others give another perplexity, and another hash
  std::atomic<bool> otherDevice = false;  // the same weights give another perplexity

  void note(std::string call) {
    const std::lock_guard lock(mutex);
    calls.push_back(std::move(call));
  }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex);
    return calls;
  }
  int count(const std::string& call);

  std::mutex mutex;
  std::vector<std::string> calls;  // "open demo:gqa", "analyse", "evaluate v:rank=4,..."
  Run saved;                       // by path: the last one
};

/// An engine without tensors. Models named ".../missing" are refused; the model has 2 layers, 2 KV
/// heads of 8 dimensions; a plan costs 1 % for each dimension that it drops. As the real one does,
/// it looks at the stop token inside every window.
EngineSource fakeEngine(std::shared_ptr<FakeScript> script);

/// The model that the fake opens.
ModelInfo fakeModel(const std::string& name);

}  // namespace kvloupe::test
