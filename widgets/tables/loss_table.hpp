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

  TokenTextView view_;
  ColorScale scale_;
  std::vector<int> worst_;
};

}  // namespace kvloupe
