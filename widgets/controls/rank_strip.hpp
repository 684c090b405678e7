// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <map>
#include <optional>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// The ranks of many layers as bars that the mouse paints. Keyboard: left and right choose a layer,
/// up and down change its rank by 1, Page by 8, Home and End to 1 and all, Delete takes it back.
class RankStrip : public QWidget {
  Q_OBJECT

 public:
  struct Bar {
    int rank = 1;
    bool apart = false;      // differs from what the slider says
    bool untouched = false;  // kept whole in 16 bits, although the target's format is another

    friend bool operator==(const Bar&, const Bar&) = default;
  };

  explicit RankStrip(Target target, QWidget* parent = nullptr);

  void setTarget(Target target);
  /// Bars of at most `dim`, one a layer.
  void setBars(std::vector<Bar> bars, int dim);
  [[nodiscard]] const std::vector<Bar>& bars() const { return bars_; }
  /// The layer that the keyboard changes.
  [[nodiscard]] int current() const { return current_; }
  /// Of a layer, over the whole height.
  [[nodiscard]] QRectF columnRect(int layer) const;
  /// Of a rank in this widget.
  [[nodiscard]] double heightOf(int rank) const;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 signals:
  /// The rank of every layer that a move crossed. Between `paintingStarted` and `paintingEnded`
  /// they belong to one gesture.
  void ranksPainted(const std::map<int, int>& ranks);
  void layerUntouched(int layer);
  void layerCleared(int layer);
  void paintingStarted();
  void paintingEnded();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool event(QEvent* event) override;

 private:
  [[nodiscard]] int layerAt(double x) const;
  [[nodiscard]] int rankAt(double y) const;
  [[nodiscard]] QString wordsOf(int layer) const;
  void paintTo(const QPointF& position);
  void setCurrent(int layer);
  void say();

  Target target_;
  std::vector<Bar> bars_;
  int dim_ = 1;
  int current_ = 0;
  std::optional<QPointF> last_;  // of the stroke that is being painted
};

}  // namespace kvloupe
