// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "controls/labels.hpp"

class QGridLayout;

namespace kvloupe {

struct ImpactView;

/// The big figures of a plan: both perplexities, the change, divergence and the tokens scored.
class ImpactFigures : public QWidget {
  Q_OBJECT

 public:
  explicit ImpactFigures(QWidget* parent = nullptr);
  void setView(const ImpactView& view);

 private:
  struct Cell {
    FixedLabel* value = nullptr;
    InkLabel* below = nullptr;
    void set(const QString& figure, const QString& small, Ink ink);
  };
  /// Puts the estimate where the plan's own figures will stand.
  void setEstimate(const ImpactView& view);
  Cell addCell(QGridLayout* grid, int row, int column, const QString& caption, TextRole role,
               const QString& longest);

  Cell baseline_, compressed_, delta_, kl_, top1_, tokens_;
};

/// The same on one line, for the folded panel.
class ImpactLine : public QWidget {
  Q_OBJECT

 public:
  explicit ImpactLine(QWidget* parent = nullptr);
  void setView(const ImpactView& view);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeRoom();

  FixedLabel* ppl_;
  FixedLabel* delta_;
  FixedLabel* interval_;
  FixedLabel* cache_;
  FixedLabel* bytes_;  // gives way where there is no room: it also stands under the sliders
};

}  // namespace kvloupe
