// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

class QFocusFrame;

namespace kvloupe {

/// Puts the focus ring around whatever control the keyboard reached; a click shows none. A widget
/// with the property "drawsOwnFocus" is left alone.
class FocusRing : public QObject {
  Q_OBJECT

 public:
  explicit FocusRing(QObject* parent);
  ~FocusRing() override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  bool keys_ = true;             // whether the keyboard was used last, not the mouse
  QPointer<QFocusFrame> frame_;  // lives in the parent of what it surrounds, and dies with it
};

}  // namespace kvloupe
