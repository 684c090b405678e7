// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <functional>
#include <optional>
#include <vector>

namespace kvloupe {

/// Ticks at 1-2-5, at most `maxLabels` of them, on a linear or logarithmic axis.
class ChartTicker : public QCPAxisTicker {
 public:
  /// Writes a tick; `decimals` are those that its step needs.
  using Label = std::function<QString(double value, int decimals)>;

  /// An `anchor` in range always carries a tick: the 1× that bars stand on.
  ChartTicker(bool log, Label label, int maxLabels = 8, std::optional<double> anchor = {});
  void generate(const QCPRange& range, const QLocale& locale, QChar formatChar, int precision,
                QVector<double>& ticks, QVector<double>* subTicks,
                QVector<QString>* tickLabels) override;

 private:
  bool log_;
  Label label_;
  int maxLabels_;
  std::optional<double> anchor_;
};

/// Ticks at layers: position i carries `layers[i]`; thinned to steps of 1-2-5 where crowded.
class LayerTicker : public QCPAxisTicker {
 public:
  LayerTicker(std::vector<int> layers, int maxLabels);
  void generate(const QCPRange& range, const QLocale& locale, QChar formatChar, int precision,
                QVector<double>& ticks, QVector<double>* subTicks,
                QVector<QString>* tickLabels) override;

 private:
  std::vector<int> layers_;
  int maxLabels_;
};

/// The smallest 1-2-5 number that is not below `value`; 0 stays 0.
[[nodiscard]] double stepUp(double value);
/// The largest 1-2-5 number that is not above `value`.
[[nodiscard]] double stepDown(double value);

/// "200×", "+3", "−1", "0": labels of ratio and signed axes.
[[nodiscard]] QString ratioTick(double value, int decimals);
[[nodiscard]] QString signedTick(double value, int decimals);
[[nodiscard]] QString plainTick(double value, int decimals);

}  // namespace kvloupe
