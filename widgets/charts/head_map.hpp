// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <utility>

#include "charts/chart_frame.hpp"
#include "charts/color_scale.hpp"
#include "types/passage.hpp"

namespace kvloupe {

/// KL of the attention of every layer and query head: a column a layer, a row a head.
class HeadMap : public ChartFrame {
  Q_OBJECT

 public:
  explicit HeadMap(QWidget* parent = nullptr);
  ~HeadMap() override;

  /// `selected`: layer and head that are shown beside.
  void setData(std::shared_ptr<const Passage> passage, std::pair<int, int> selected,
               const QString& subtitle, bool stale);
  [[nodiscard]] bool stale() const { return stale_; }
  [[nodiscard]] const ColorScale& scale() const { return scale_; }
  [[nodiscard]] double value(int layer, int head) const;
  /// In the plot's pixels.
  [[nodiscard]] QRectF cellRect(int layer, int head) const;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void headClicked(int layer, int head);

 protected:
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override;
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override { return layers() * heads(); }
  void openMark(int mark) override { emit headClicked(mark / heads(), mark % heads()); }
  [[nodiscard]] bool opensMarks() const override { return true; }
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;
  /// Of every layer: its mean, and the head that is hurt most.
  [[nodiscard]] std::vector<QStringList> spokenRows() const override;

 private:
  class Cells;
  [[nodiscard]] int layers() const;
  [[nodiscard]] int heads() const;

  std::shared_ptr<const Passage> passage_;
  std::pair<int, int> selected_ = {-1, -1};
  bool stale_ = false;
  ColorScale scale_;
  Cells* cells_;
};

}  // namespace kvloupe
