// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

#include "controls/badge.hpp"
#include "theme/fonts.hpp"
#include "types/sweep.hpp"

class QGridLayout;

namespace kvloupe {

/// One model's half of the table.
struct VerdictColumn {
  ModelSlot slot = ModelSlot::A;
  QString name;
  bool mla = false;
  std::shared_ptr<const Sweep> sweep;  // null: not measured
  QString absence = {};                // what stands there then
  QString unjudged = {};               // what stands in the last row while the sweep has no verdict
  bool searching = false;              // what is undecided is not decided yet
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
  /// What the last row says of a model that was judged, a line for each tap of K; else
  /// empty. The tooltips have the figures of every budget.
  [[nodiscard]] QString ruling(ModelSlot slot) const;
  /// The table as plain rows, for CSV and reports.
  [[nodiscard]] std::vector<QStringList> rows() const;
  /// Brackets stand below their figures where the table is too narrow for one line.
  [[nodiscard]] bool stacked() const { return stacked_; }
  /// For projector mode.
  void setLarge(bool large);
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  [[nodiscard]] TextRole sized(TextRole role) const;
  /// What its words need, whether its widgets are shown or not.
  [[nodiscard]] int widthOf(bool stacked) const;
  /// All that its labels are made of.
  [[nodiscard]] QStringList drawn() const;
  void rebuild();
  void stack();
  void addModel(const VerdictColumn& column, int first);
  void addRulings(const VerdictColumn& column, int first);

  std::vector<VerdictColumn> columns_;
  QWidget* body_ = nullptr;
  QGridLayout* grid_ = nullptr;
  bool large_ = false;
  bool stacked_ = false;
  std::vector<QWidget*> spans_;  // sentences over several rows: no rule goes through them
};

}  // namespace kvloupe
