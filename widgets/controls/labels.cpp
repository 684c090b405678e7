// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/labels.hpp"

#include <QResizeEvent>
#include <cmath>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

QColor inkColor(Ink ink) {
  const Palette& p = palette();
  switch (ink) {
    case Ink::Text:
      return p.ink;
    case Ink::Second:
      return p.secondText;
    case Ink::Disabled:
      return p.disabled;
    case Ink::Error:
      return p.error;
    case Ink::Warning:
      return p.warning;
    case Ink::Ok:
      return p.ok;
  }
  return p.ink;
}

}  // namespace

InkLabel::InkLabel(TextRole role, Ink ink, const QString& text, QWidget* parent)
    : QLabel(text, parent), ink_(ink) {
  setFont(kvloupe::font(role));
  setTextFormat(Qt::PlainText);  // names of files and models are never markup
  follow();
  connect(&Theme::instance(), &Theme::changed, this, &InkLabel::follow);
}

void InkLabel::setInk(Ink ink) {
  ink_ = ink;
  follow();
}

void InkLabel::follow() {
  QPalette own = QLabel::palette();
  own.setColor(QPalette::Active, QPalette::WindowText, inkColor(ink_));
  own.setColor(QPalette::Inactive, QPalette::WindowText, inkColor(ink_));
  own.setColor(QPalette::Disabled, QPalette::WindowText, kvloupe::palette().disabled);
  setPalette(own);
}

FixedLabel::FixedLabel(TextRole role, const QString& longestForm, Ink ink, QWidget* parent)
    : InkLabel(role, ink, {}, parent), longestForm_(longestForm) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void FixedLabel::setLongestForm(const QString& longestForm) {
  longestForm_ = longestForm;
  updateGeometry();
}

void FixedLabel::setFigure(const QString& figure) {
  const QFontMetricsF metrics(QLabel::font());
  if (metrics.horizontalAdvance(figure) > metrics.horizontalAdvance(longestForm_))
    setLongestForm(figure);
  setText(figure);
}

QSize FixedLabel::sizeHint() const {
  const QFontMetricsF metrics(QLabel::font());
  return {static_cast<int>(std::ceil(metrics.horizontalAdvance(longestForm_))) + 2 * margin() + 1,
          static_cast<int>(std::ceil(metrics.height())) + 2 * margin()};
}

ElidedLabel::ElidedLabel(TextRole role, Ink ink, const QString& text, Qt::TextElideMode mode,
                         QWidget* parent)
    : InkLabel(role, ink, {}, parent), mode_(mode) {
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  setFullText(text);
}

void ElidedLabel::setFullText(const QString& text) {
  fullText_ = text;
  setAccessibleName(text);
  updateGeometry();
  elide();
}

QSize ElidedLabel::sizeHint() const {
  const QFontMetrics metrics(QLabel::font());
  return {metrics.horizontalAdvance(fullText_) + 1, metrics.height()};
}

QSize ElidedLabel::minimumSizeHint() const {
  const QFontMetrics metrics(QLabel::font());
  return {metrics.horizontalAdvance(QStringLiteral("…")) + 1, metrics.height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  InkLabel::resizeEvent(event);
  elide();
}

void ElidedLabel::elide() {
  const QString shown = QFontMetrics(QLabel::font()).elidedText(fullText_, mode_, width());
  setText(shown);
  setToolTip(shown == fullText_ ? QString() : plainTip(fullText_));
}

QString plainTip(const QString& words) {
  QString lines = words.toHtmlEscaped();
  lines.replace(QLatin1Char('\n'), QStringLiteral("<br>"));
  return QStringLiteral("<p>%1</p>").arg(lines);
}

}  // namespace kvloupe
