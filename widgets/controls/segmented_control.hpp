// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include "theme/fonts.hpp"

class QAbstractButton;
class QButtonGroup;

namespace kvloupe {

/// A row of joined buttons of which at most one is chosen: V only | K only | K + V.
class SegmentedControl : public QWidget {
  Q_OBJECT

 public:
  explicit SegmentedControl(QWidget* parent = nullptr);
  explicit SegmentedControl(const QStringList& segments, QWidget* parent = nullptr);

  /// Returns the new segment's index. The accessible name is the text unless given.
  int addSegment(const QString& text, const QString& accessibleName = {});
  [[nodiscard]] int count() const;
  [[nodiscard]] QAbstractButton* segment(int index) const;
  void setSegmentEnabled(int index, bool enabled);
  void setSegmentVisible(int index, bool visible);

  /// -1 where none is chosen (a hand-made plan that is no preset).
  [[nodiscard]] int currentIndex() const;
  void setCurrentIndex(int index);

  /// Stretches its segments over the whole width, all alike; otherwise each is as wide as its text.
  void setEqualWidths(bool equal);
  /// Another type and height than the body's 13 in 26.
  void setType(TextRole role, int height);

 signals:
  /// After every change.
  void currentChanged(int index);
  /// After a person's choice alone.
  void activated(int index);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QButtonGroup* group_;
  int current_ = -1;
};

}  // namespace kvloupe
