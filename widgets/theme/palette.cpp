// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/palette.hpp"

#include <algorithm>
#include <cmath>

namespace kvloupe {
namespace {

QColor withAlpha(const char* name, double alpha) {
  QColor color(name);
  color.setAlphaF(static_cast<float>(alpha));
  return color;
}

Palette makeLight() {
  Palette p;
  p.dark = false;
  p.window = QColor("#EBEDF0");
  p.panel = QColor("#F6F7F9");
  p.page = QColor("#FFFFFF");
  p.field = QColor("#FFFFFF");
  p.line = QColor("#D8DCE2");
  p.controlBorder = QColor("#868F9C");
  p.ink = QColor("#1A2028");
  p.secondText = QColor("#535E6B");
  p.disabled = QColor("#8B95A1");
  p.selectedRow = QColor("#DDE2E9");
  p.selectedSegment = QColor("#3B4653");
  p.selectedSegmentText = QColor("#FFFFFF");
  p.primaryButton = QColor("#2B3541");
  p.primaryButtonText = QColor("#FFFFFF");
  p.progress = QColor("#4C5968");
  p.track = QColor("#D3D8DE");
  p.tooltip = QColor("#232B35");
  p.tooltipText = QColor("#FFFFFF");
  p.tooltipSecondText = QColor("#B9C2CD");
  p.k = {QColor("#1F5FA8"), QColor("#174F91"), QColor("#174F91")};
  p.v = {QColor("#F0A93B"), QColor("#B9770B"), QColor("#855100")};
  p.latent = {QColor("#35998A"), QColor("#1C776A"), QColor("#1C776A")};
  p.kv = {QColor("#2B3440"), QColor("#2B3440"), QColor("#2B3440")};
  p.neither = {QColor("#5B6675"), QColor("#5B6675"), QColor("#5B6675")};
  p.badgeA = QColor("#3B4859");
  p.badgeB = QColor("#A3477F");
  p.grid = QColor("#E7EAEE");
  p.axis = QColor("#6B7682");
  p.noiseBand = withAlpha("#697482", 0.20);
  p.noiseEdge = QColor("#77828F");
  p.error = QColor("#B3261E");
  p.warning = QColor("#8A5300");
  p.ok = QColor("#2E6B3E");
  p.sequential = {QColor("#F5F8F6"), QColor("#CDE9DA"), QColor("#8BD2BF"), QColor("#4FB0B0"),
                  QColor("#378AA3"), QColor("#36628F"), QColor("#3C3B6E"), QColor("#2A1F3D")};
  p.diverging = {QColor("#1E6E3C"), QColor("#6DB37C"), QColor("#BFE0C3"), QColor("#F7F7F7"),
                 QColor("#D9CBE8"), QColor("#A283C6"), QColor("#5B2A8C")};
  return p;
}

Palette makeDark() {
  Palette p;
  p.dark = true;
  p.window = QColor("#14171B");
  p.panel = QColor("#1B1F24");
  p.page = QColor("#111417");
  p.field = QColor("#24292F");
  p.line = QColor("#2F353C");
  p.controlBorder = QColor("#6C7682");
  p.ink = QColor("#E7EAEE");
  p.secondText = QColor("#A6B0BB");
  p.disabled = QColor("#7F8995");
  p.selectedRow = QColor("#2E353D");
  p.selectedSegment = QColor("#C9D1DA");
  p.selectedSegmentText = QColor("#14171B");
  p.primaryButton = QColor("#DCE2E9");
  p.primaryButtonText = QColor("#14171B");
  p.progress = QColor("#A6B0BB");
  p.track = QColor("#333A42");
  p.tooltip = QColor("#E7EAEE");
  p.tooltipText = QColor("#14171B");
  p.tooltipSecondText = QColor("#4C5661");
  p.k = {QColor("#4B8FDD"), QColor("#6FA9EA"), QColor("#8DBDF3")};
  p.v = {QColor("#F2B552"), QColor("#F2B552"), QColor("#F5C67A")};
  p.latent = {QColor("#43B3A2"), QColor("#5CC6B6"), QColor("#5CC6B6")};
  p.kv = {QColor("#DCE2E9"), QColor("#DCE2E9"), QColor("#DCE2E9")};
  p.neither = {QColor("#9AA5B3"), QColor("#9AA5B3"), QColor("#9AA5B3")};
  p.badgeA = QColor("#9FB0C4");
  p.badgeB = QColor("#D67FB4");
  p.grid = QColor("#242A30");
  p.axis = QColor("#87929E");
  p.noiseBand = withAlpha("#A0ACBA", 0.20);
  p.noiseEdge = QColor("#8F9AA6");
  p.error = QColor("#F28B82");
  p.warning = QColor("#E9B45F");
  p.ok = QColor("#7FC492");
  p.sequential = {QColor("#1A1626"), QColor("#2F2850"), QColor("#3B4681"), QColor("#35709A"),
                  QColor("#3A96A7"), QColor("#57B9B1"), QColor("#97D9C4"), QColor("#E0F4E8")};
  p.diverging = {QColor("#8FE0A0"), QColor("#4FA566"), QColor("#2C5B3B"), QColor("#20242A"),
                 QColor("#4F3A6B"), QColor("#8C68B8"), QColor("#CDB0F0")};
  return p;
}

double luminance(const QColor& color) {
  const auto linear = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
         0.0722 * linear(color.blueF());
}

}  // namespace

DataRole dataRole(Target target) {
  switch (target) {
    case Target::K:
      return DataRole::K;
    case Target::V:
      return DataRole::V;
    case Target::Latent:
      return DataRole::Latent;
    case Target::RopeKey:
      return DataRole::RopeKey;
  }
  return DataRole::Neither;
}

const DataColors& Palette::of(DataRole role) const {
  switch (role) {
    case DataRole::K:
    case DataRole::RopeKey:
      return k;
    case DataRole::V:
      return v;
    case DataRole::Latent:
      return latent;
    case DataRole::KV:
      return kv;
    case DataRole::Neither:
      break;
  }
  return neither;
}

const Palette& lightPalette() {
  static const Palette kPalette = makeLight();
  return kPalette;
}

const Palette& darkPalette() {
  static const Palette kPalette = makeDark();
  return kPalette;
}

double contrastRatio(const QColor& a, const QColor& b) {
  const double la = luminance(a);
  const double lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor textOn(const QColor& background) {
  return contrastRatio(background, Qt::white) > contrastRatio(background, Qt::black) ? Qt::white
                                                                                     : Qt::black;
}

template <std::size_t N>
QColor rampColor(const std::array<QColor, N>& ramp, double t) {
  const double position = std::clamp(std::isfinite(t) ? t : 0.0, 0.0, 1.0) * (N - 1);
  const std::size_t index = std::min(static_cast<std::size_t>(position), N - 2);
  const double share = position - static_cast<double>(index);
  const QColor& a = ramp[index];
  const QColor& b = ramp[index + 1];
  const auto mix = [share](int from, int to) {
    return static_cast<int>(std::lround(from + share * (to - from)));
  };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

template QColor rampColor(const std::array<QColor, 8>&, double);
template QColor rampColor(const std::array<QColor, 7>&, double);

}  // namespace kvloupe
