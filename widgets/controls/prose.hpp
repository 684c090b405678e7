// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextDocument>
#include <QWidget>

#include "theme/fonts.hpp"

namespace kvloupe {

/// Paragraphs, a line of the text each, wrapped to the width: **bold**, and the chips of targets as
/// [K], [V], [L], [R]. Nothing else is markup.
class Prose : public QWidget {
  Q_OBJECT

 public:
  explicit Prose(TextRole role, QWidget* parent = nullptr);

  void setText(const QString& text);
  void setRole(TextRole role);
  /// Of the type's size; 1.65 unless set.
  void setLineHeight(double times);
  [[nodiscard]] const QString& text() const { return text_; }

  [[nodiscard]] bool hasHeightForWidth() const override { return true; }
  [[nodiscard]] int heightForWidth(int width) const override;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void rebuild();

  TextRole role_;
  double lineHeight_ = 1.65;
  QString text_;
  mutable QTextDocument document_;  // laid out anew for every width asked for
};

}  // namespace kvloupe
