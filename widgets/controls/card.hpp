// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <cstdint>

namespace kvloupe {

/// A page-coloured box with corners of 6 and a border: a model's facts, those of the
/// active model, an empty slot, a refusal.
class Card : public QFrame {
  Q_OBJECT

 public:
  enum class Look : std::uint8_t { Plain, Active, Empty, Error };

  explicit Card(QWidget* parent = nullptr);
  void setLook(Look look);
  [[nodiscard]] Look look() const { return look_; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Look look_ = Look::Plain;
};

}  // namespace kvloupe
