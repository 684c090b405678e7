// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "charts/chart_frame.hpp"
#include "charts/color_scale.hpp"
#include "types/passage.hpp"

namespace kvloupe {

/// What a map of attention draws; the figures are shared with who measured them.
struct AttentionView {
  std::shared_ptr<const Passage> passage;  // null, or without attention: nothing
  QString subtitle;
  int row = -1;      // the token that looks, chosen by the person
  bool root = true;  // weights by their square root
  bool stale = false;

  friend bool operator==(const AttentionView&, const AttentionView&) = default;
};

/// A token as it stands on an axis: without the blank before it, a line break as its sign.
[[nodiscard]] QString tokenName(const Passage& passage, std::int32_t id);

/// The weights of one head before or after compression, or their difference: a causal triangle
/// with the tokens that look down its left edge and the tokens looked at below.
class AttentionMap : public ChartFrame {
  Q_OBJECT

 public:
  enum class Side : std::uint8_t { Baseline, Compressed, Difference };

  /// `named`: with the tokens that look at the left.
  AttentionMap(Side side, bool named, QWidget* parent = nullptr);
  ~AttentionMap() override;

  void setData(AttentionView view);
  [[nodiscard]] const AttentionView& view() const { return view_; }
  [[nodiscard]] const ColorScale& scale() const { return scale_; }
  [[nodiscard]] int tokens() const;
  /// What the cell shows: a weight, or how much it changed.
  [[nodiscard]] double value(int row, int column) const;
  /// In the plot's pixels.
  [[nodiscard]] QRectF cellRect(int row, int column) const;
  /// Pixels left of the cells.
  [[nodiscard]] int namesWidth() const;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void rowClicked(int row);

 protected:
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override;
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  void openMark(int mark) override;
  [[nodiscard]] bool opensMarks() const override { return true; }
  /// From row to row; single cells are the pointer's.
  [[nodiscard]] int markAfter(int mark, bool next) const override;
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;
  [[nodiscard]] std::vector<QStringList> spokenRows() const override;

 private:
  class Cells;
  void layOutNames();
  [[nodiscard]] QString name(int token) const;
  [[nodiscard]] QStringList csvRow(int row, int column) const;

  Side side_;
  bool named_;
  AttentionView view_;
  ColorScale scale_;
  QStringList names_;
  double longestName_ = 0;  // pixels
  Cells* cells_;
};

}  // namespace kvloupe
