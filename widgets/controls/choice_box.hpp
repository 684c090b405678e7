// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <vector>

#include "types/plan_choices.hpp"

namespace kvloupe {

/// A list of which some entries cannot be chosen now. Those are disabled and say why: in short
/// behind their name, whole in the tooltip and to a screen reader.
class ChoiceBox : public QComboBox {
  Q_OBJECT

 public:
  struct Entry {
    QString name;
    std::optional<Refusal> refusal;

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  explicit ChoiceBox(QWidget* parent = nullptr);

  /// `current` is shown, even where it is refused.
  void setEntries(const std::vector<Entry>& entries, int current);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] bool offers(int index) const;

  /// The list is as wide as its reasons are long.
  void showPopup() override;

 private:
  std::vector<Entry> entries_;
};

}  // namespace kvloupe
