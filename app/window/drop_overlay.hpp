// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <optional>

#include "jobs/job.hpp"

class QMimeData;

namespace kvloupe {

/// What is being dragged over the window.
struct Dropped {
  QString path;
  bool run = false;  // a .kvl.h5 file, else a model folder
};

/// The first thing in the data that this program opens.
[[nodiscard]] std::optional<Dropped> droppedThing(const QMimeData* data);

/// Two halves over the window while a folder is dragged: "Open as A", "Compare as B". A run takes
/// the whole.
class DropOverlay : public QWidget {
  Q_OBJECT

 public:
  explicit DropOverlay(QWidget* parent);
  void start(const Dropped& thing);
  void moveTo(const QPoint& position);
  [[nodiscard]] Slot slotAt(const QPoint& position) const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Dropped thing_;
  Slot hovered_ = Slot::A;
};

}  // namespace kvloupe
