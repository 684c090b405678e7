// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "io/run_store/fields.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr const char* kAxis = "compression";

constexpr std::tuple kWindowFields{Field{"window", "1", &WindowDamage::window},
                                   Field{"tokens", "tokens", &WindowDamage::tokens},
                                   Field{"baseline_nll", "nats", &WindowDamage::baselineNll},
                                   Field{"delta_nll", "nats", &WindowDamage::deltaNll, kAxis},
                                   Field{"kl", "nats", &WindowDamage::kl, kAxis},
                                   Field{"same_top1", "tokens", &WindowDamage::sameTop1, kAxis}};

}  // namespace

void writeWindows(const GroupWriter& group, const std::vector<WindowDamage>& windows) {
  writeEntries(group, "window", windows, kWindowFields);
}

std::vector<WindowDamage> readWindows(const GroupReader& group, std::size_t compressions) {
  std::vector<WindowDamage> windows = readEntries<WindowDamage>(group, kWindowFields);
  for (const WindowDamage& window : windows)
    for (const std::size_t found :
         {window.deltaNll.size(), window.kl.size(), window.sameTop1.size()})
      if (found != compressions)
        group.refuse("delta_nll", "sums are not of every compression",
                     fmt::format("{}", compressions), fmt::format("{}", found));
  return windows;
}

void writeLayerCosts(const GroupWriter& group, const LayerCosts& costs) {
  writeSetting(group, costs.setting);
  group.texts("specs", costs.specs, kAxis);
  writeWindows(group.group("windows"), costs.windows);
}

LayerCosts readLayerCosts(const GroupReader& group) {
  LayerCosts costs;
  costs.setting = readSetting(group);
  costs.specs = group.texts("specs");
  costs.windows = readWindows(group.group("windows"), costs.specs.size());
  return costs;
}

}  // namespace kvloupe::hdf5
