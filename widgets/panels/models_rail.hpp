// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "controls/badge.hpp"

namespace kvloupe {

class IconButton;
class BadgeButton;
struct ModelsView;

/// The Models panel where the window is narrow: badges, texts, and start or stop, 44 px wide.
class ModelsRail : public QWidget {
  Q_OBJECT

 public:
  explicit ModelsRail(QWidget* parent = nullptr);
  void setView(const ModelsView& view);

 signals:
  void chosen(kvloupe::ModelSlot slot);
  void unfoldRequested();
  void openRequested(kvloupe::ModelSlot slot);
  void analyseRequested();
  void stopRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::array<BadgeButton*, 2> badges_;
  IconButton* texts_;
  IconButton* run_;
  bool stops_ = false;
};

}  // namespace kvloupe
