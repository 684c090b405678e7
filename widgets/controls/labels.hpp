// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <cstdint>

#include "theme/fonts.hpp"

namespace kvloupe {

enum class Ink : std::uint8_t { Text, Second, Disabled, Error, Warning, Ok };

/// A label in one of the design's sizes and inks; follows the theme.
class InkLabel : public QLabel {
  Q_OBJECT

 public:
  explicit InkLabel(TextRole role, Ink ink = Ink::Text, const QString& text = {},
                    QWidget* parent = nullptr);
  void setInk(Ink ink);
  [[nodiscard]] Ink ink() const { return ink_; }
  void setRole(TextRole role) { setFont(kvloupe::font(role)); }

 private:
  void follow();
  Ink ink_;
};

/// A figure in a slot as wide as its longest form: layouts do not move when it changes.
class FixedLabel : public InkLabel {
  Q_OBJECT

 public:
  FixedLabel(TextRole role, const QString& longestForm, Ink ink = Ink::Text,
             QWidget* parent = nullptr);
  void setLongestForm(const QString& longestForm);
  /// As setText; a figure that is wider than its slot widens the slot, once.
  void setFigure(const QString& figure);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 private:
  QString longestForm_;
};

/// Cuts its text with an ellipsis where it is too long and then shows the whole in the tooltip.
class ElidedLabel : public InkLabel {
  Q_OBJECT

 public:
  explicit ElidedLabel(TextRole role, Ink ink = Ink::Text, const QString& text = {},
                       Qt::TextElideMode mode = Qt::ElideRight, QWidget* parent = nullptr);
  void setFullText(const QString& text);
  [[nodiscard]] QString fullText() const { return fullText_; }
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void elide();
  QString fullText_;
  Qt::TextElideMode mode_;
};

/// Words as a tooltip that takes none of them for markup: names may hold < and &.
[[nodiscard]] QString plainTip(const QString& words);

}  // namespace kvloupe
