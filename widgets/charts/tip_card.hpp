// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <utility>
#include <vector>

namespace kvloupe {

/// Names with their shares, 0 to 1, as bars.
struct TipColumn {
  QString head;
  std::vector<std::pair<QString, double>> rows;
};

/// At most five lines: a title, then pairs of plain and second text; below them columns of shares.
struct TipText {
  QString title;
  std::vector<std::pair<QString, QString>> lines;
  QString note = {};  // second text at the right of the title
  std::vector<TipColumn> columns = {};
};

/// A card beside the mark that it explains, never over it. A child of the mark's window: no window
/// of its own, never in the pointer's way.
class TipCard : public QWidget {
  Q_OBJECT

 public:
  TipCard();
  /// `mark` in the coordinates of `host`.
  void showFor(QWidget* host, const QRectF& mark, const TipText& text);
  [[nodiscard]] const TipText& text() const { return text_; }
  [[nodiscard]] QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void paintColumn(QPainter& painter, const TipColumn& column, QRectF line) const;

  TipText text_;
};

}  // namespace kvloupe
