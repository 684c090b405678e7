// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>
#include <memory>
#include <vector>

#include "types/sensitivity.hpp"

namespace kvloupe {

/// Layers by the damage of compressing them: the first are the ones to protect.
class ProtectTable : public QWidget {
  Q_OBJECT

 public:
  explicit ProtectTable(QWidget* parent = nullptr);

  void setData(std::shared_ptr<const Sensitivity> figures);
  /// Of everything drawn, for projector mode.
  void setMagnification(double magnification);
  /// Layers in the order shown.
  [[nodiscard]] std::vector<int> order() const { return order_; }
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] QStringList row(int layer) const;
  [[nodiscard]] std::vector<int> columnEnds(QStringList& head) const;

  std::shared_ptr<const Sensitivity> figures_;
  std::vector<int> order_;
  double magnification_ = 1;
  double sum_ = 0;  // of the first column's damage, where it is positive
};

}  // namespace kvloupe
