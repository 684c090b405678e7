// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

#include "controls/badge.hpp"

namespace kvloupe {

/// A model's badge that can be pressed: it makes the model the active one, or opens one where there
/// is none.
class BadgeButton : public QAbstractButton {
  Q_OBJECT

 public:
  BadgeButton(ModelSlot slot, int diameter, QWidget* parent = nullptr);
  /// Without a name no model is open there.
  void setModel(const QString& name, bool active);
  [[nodiscard]] bool hasModel() const { return hasModel_; }
  [[nodiscard]] QSize sizeHint() const override { return size(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  ModelSlot slot_;
  bool hasModel_ = false;
  bool active_ = false;
};

}  // namespace kvloupe
