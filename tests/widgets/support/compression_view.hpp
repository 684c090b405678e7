// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QContextMenuEvent>
#include <QLabel>

#include "panels/compression_panel.hpp"

namespace kvloupe::test {

/// demo:gqa with V at rank 24, as the window shows it.
inline CompressionView view() {
  const auto setting = [](Target target, std::vector<Tap> taps, int rank) {
    return TargetSetting{.target = target,
                         .headDim = 64,
                         .layerDim = 128,
                         .numLayers = 6,
                         .taps = taps,
                         .rank = rank,
                         .tap = taps.front(),
                         .scope = Scope::Head};
  };
  CompressionView view;
  view.models = {{ModelSlot::A, "demo:gqa"}, {ModelSlot::B, "demo:mla"}};
  view.draft.settings = {setting(Target::K, {Tap::KRope, Tap::K}, 64),
                         setting(Target::V, {Tap::V}, 24)};
  // What the core says of V at rank 24: blocks of 32 do not fit.
  Choices choices;
  for (std::size_t i = 0; i < kFormatNames.size(); ++i) {
    choices.formats.push_back({static_cast<Format>(i), {}});
    if (choices.formats.back().value >= Format::Q8_0)
      choices.formats.back().refusal =
          Refusal{"the format's blocks do not fit", "24 coefficients a head", "a multiple of 32"};
  }
  for (const Basis basis : {Basis::Pca, Basis::Query, Basis::Output, Basis::Random, Basis::Axis})
    choices.bases.push_back({basis, {}});
  for (const Scale scale : {Scale::Token, Scale::Channel, Scale::Tensor})
    choices.scales.push_back({scale, {}});
  for (const Rotation rotation : {Rotation::None, Rotation::Hadamard, Rotation::Random})
    choices.rotations.push_back({rotation, {}});
  choices.taps = {{Tap::V, {}}};
  view.choices[Target::V] = choices;
  choices.taps = {{Tap::KRope, {}}, {Tap::K, {}}};
  view.choices[Target::K] = choices;
  view.accounting.targets = {{.target = Target::K, .dim = 64, .rank = 64, .bytesPerToken = 3072},
                             {.target = Target::V,
                              .dim = 64,
                              .rank = 24,
                              .kept = 0.375,
                              .tensorRatio = 64.0 / 24,
                              .cacheRatio = 128.0 / 88,
                              .bytesPerToken = 2112}};
  view.accounting.cacheRatio = 128.0 / 88;
  view.accounting.bytesPerToken = 2112;
  view.accounting.baselineBytesPerToken = 3072;
  return view;
}

/// All words on a panel, one a line.
inline QString words(const QWidget& panel) {
  QStringList lines;
  for (const QLabel* label : panel.findChildren<QLabel*>())
    if (label->isVisibleTo(&panel) && !label->text().isEmpty()) lines << label->text();
  return lines.join('\n');
}

inline CompressionView layered(int layers, Format format = Format::Bits16) {
  CompressionView deep = view();
  for (TargetSetting& setting : deep.draft.settings) {
    setting.numLayers = layers;
    if (setting.target == Target::V) setting.format = format;
  }
  return deep;
}

inline void askForMenu(QWidget* widget, const QPoint& at) {
  QContextMenuEvent event(QContextMenuEvent::Mouse, at, widget->mapToGlobal(at));
  QApplication::sendEvent(widget, &event);
}

/// The panel shows what was edited, as the window makes it.
inline void follow(CompressionPanel& panel) {
  QObject::connect(&panel, &CompressionPanel::planEdited, &panel,
                   [&panel](const PlanDraft& draft, int) {
                     CompressionView next = panel.view();
                     next.draft = draft;
                     panel.setView(next);
                   });
}

template <class Widget>
Widget* named(const QWidget& panel, const QString& name) {
  for (Widget* widget : panel.findChildren<Widget*>())
    if (widget->accessibleName() == name) return widget;
  return nullptr;
}

}  // namespace kvloupe::test
