// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "charts/token_text.hpp"

namespace kvloupe {

/// The tokens of a window that lost most, with their probabilities before and after. Arrows and the
/// pointer choose one.
class LossTable : public QWidget {
  Q_OBJECT

 public:
  explicit LossTable(QWidget* parent = nullptr);

  /// As the text beside it: its chosen token is the selected row, its colours the swatches.
  void setData(const TokenTextView& view, const ColorScale& scale);
  /// Of everything drawn, for projector mode.
  void setMagnification(double magnification);
  /// Tokens in the order shown, as many as there is room for; those that lost nothing are left out.
  [[nodiscard]] std::vector<int> shown() const;
  /// In the widget's pixels.
  [[nodiscard]] QRect rowRect(int row) const;
  /// Token, dNLL, probability before and after.
  [[nodiscard]] QStringList rowText(int row) const;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void tokenChosen(int token);

 protected:
  bool event(QEvent* event) override;  // the whole token, where its column is too narrow
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void speak();
  /// The size that it is drawn in, before it is magnified.
  [[nodiscard]] QSize drawnSize() const { return size() / magnification_; }
  [[nodiscard]] QRect drawnRow(int row) const;

  TokenTextView view_;
  ColorScale scale_;
  std::vector<int> worst_;
  double magnification_ = 1;
};

}  // namespace kvloupe
