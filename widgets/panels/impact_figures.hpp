// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <cstdint>
#include <vector>

#include "controls/badge.hpp"
#include "controls/labels.hpp"

class QGridLayout;

namespace kvloupe {

class StatePill;
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

/// The same on one line, for the folded panel: of a model alone, or of each of two.
class ImpactLine : public QWidget {
  Q_OBJECT

 public:
  enum class Place : std::uint8_t {
    Alone,   // its state stands before it
    Chosen,  // of two the one whose state stands before both
    Beside,  // the other: it tells its state itself
  };

  explicit ImpactLine(ModelSlot slot, QWidget* parent = nullptr);
  void setView(const ImpactView& view, Place place);
  /// What it says, gaps as spaces: "PPL 7.412 → 7.481 ΔPPL +0.93 % ...".
  [[nodiscard]] QString sentence() const;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeRoom();

  Place place_ = Place::Alone;
  Badge* badge_;
  StatePill* state_;
  std::vector<QWidget*> captions_;  // of ΔPPL and the cache
  std::vector<QWidget*> perplexity_;
  InkLabel* cacheCaption_;
  FixedLabel* ppl_;
  FixedLabel* delta_;
  FixedLabel* interval_;
  FixedLabel* cache_;
  FixedLabel* bytes_;
};

}  // namespace kvloupe
