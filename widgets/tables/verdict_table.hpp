// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

#include "controls/badge.hpp"
#include "types/sweep.hpp"

class QGridLayout;

namespace kvloupe {

/// One model's half of the table.
struct VerdictColumn {
  ModelSlot slot = ModelSlot::A;
  QString name;
  bool mla = false;
  std::shared_ptr<const Sweep> sweep;  // null: not measured
  QString absence;                     // what stands there then
};

/// The safe ratio of every target and budget, for one model or two beside each other, and what
/// follows from it for "don't mess with K".
class VerdictTable : public QWidget {
  Q_OBJECT

 public:
  explicit VerdictTable(QWidget* parent = nullptr);

  void setColumns(std::vector<VerdictColumn> columns);
  /// What a cell says, row by curve ("v", "k_rope", ...); empty where there is none.
  [[nodiscard]] QString cellText(ModelSlot slot, const std::string& curve, double budget) const;
  [[nodiscard]] QString ruling(ModelSlot slot) const;
  /// The table as plain rows, for CSV and reports.
  [[nodiscard]] std::vector<QStringList> rows() const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void rebuild();
  void addModel(const VerdictColumn& column, int first);

  std::vector<VerdictColumn> columns_;
  QWidget* body_ = nullptr;
  QGridLayout* grid_ = nullptr;
  std::vector<QWidget*> spans_;  // sentences over several rows: no rule goes through them
};

}  // namespace kvloupe
