// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "charts/chart_frame.hpp"
#include "charts/color_scale.hpp"
#include "types/sensitivity.hpp"

namespace kvloupe {

enum class SensitivityMetric : std::uint8_t { DeltaPpl, DeltaNll, Kl };

/// What the charts of a sensitivity draw; the figures are shared with who measured them.
struct SensitivityView {
  std::shared_ptr<const Sensitivity> figures;  // null: nothing measured
  QString subtitle;
  SensitivityMetric metric = SensitivityMetric::DeltaPpl;
  bool log = true;
  bool stale = false;
};

/// "K", "V", "K + V", "latent": a column of a sensitivity.
[[nodiscard]] QString columnName(const std::string& column);
/// The colours of a column.
[[nodiscard]] DataRole columnRole(const std::string& column);

/// The cost of one layer and target at a time: a cell each, with its interval where it has room.
class SensitivityMap : public ChartFrame {
  Q_OBJECT

 public:
  explicit SensitivityMap(QWidget* parent = nullptr);
  ~SensitivityMap() override;

  void setData(SensitivityView view);
  [[nodiscard]] const SensitivityView& view() const { return view_; }
  [[nodiscard]] const ColorScale& scale() const { return scale_; }
  /// In the plot's pixels.
  [[nodiscard]] QRectF cellRect(int layer, int column) const;
  /// What the cell says: "+21.4 %".
  [[nodiscard]] QString cellText(int layer, int column) const;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void cellClicked(int layer, int column);

 protected:
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override;
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  void openMark(int mark) override;
  [[nodiscard]] bool opensMarks() const override { return true; }
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  class Cells;
  [[nodiscard]] int columns() const;
  [[nodiscard]] double valueOf(const SensitivityCell& cell) const;
  [[nodiscard]] QString intervalText(const SensitivityCell& cell) const;

  SensitivityView view_;
  ColorScale scale_;
  Cells* cells_;
};

}  // namespace kvloupe
