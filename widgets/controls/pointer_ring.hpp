// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QString>
#include <QVariantAnimation>
#include <QWidget>

namespace kvloupe {

/// A ring around a control and a card that says what to do there, over a whole window. It takes no
/// event from what is under it, follows the control, and is gone while nobody can see that.
class PointerRing : public QWidget {
  Q_OBJECT

 public:
  explicit PointerRing(QWidget* window);

  /// Without a title there is the ring alone. Rings the control, or `part` of it (in its
  /// coordinates; empty: the whole).
  void pointAt(QWidget* control, const QRect& part, const QString& title, const QString& hint);
  void clear();
  /// Type and lines for a lecture hall.
  void setLarge(bool large);

  [[nodiscard]] QWidget* control() const { return control_; }
  /// In the window's coordinates; empty while the control cannot be seen.
  [[nodiscard]] QRect ringRect() const;
  [[nodiscard]] QRect cardRect() const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void watch(bool on);
  [[nodiscard]] QRect panelRect(const QRect& ring) const;
  [[nodiscard]] QSize cardSize() const;
  [[nodiscard]] QPolygonF leader(const QRectF& card, const QRectF& ring) const;

  QPointer<QWidget> control_;
  QRect part_;
  QString title_, hint_;
  bool large_ = false;
  QVariantAnimation fade_;
};

}  // namespace kvloupe
