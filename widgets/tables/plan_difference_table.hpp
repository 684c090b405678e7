// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <array>
#include <vector>

class QGridLayout;

namespace kvloupe {

/// Two plans of one model, figure by figure.
struct PlanDifferenceView {
  struct Row {
    QString label;
    QString a, b;        // each with its interval
    QString difference;  // paired, where there is one

    friend bool operator==(const Row&, const Row&) = default;
  };
  QString nameA, nameB;
  QString paired;  // over what the last column is paired
  std::vector<Row> rows;
  QString ruling;  // which of them costs less, in words

  friend bool operator==(const PlanDifferenceView&, const PlanDifferenceView&) = default;
};

/// The figures of two plans beside each other, and their difference over the same windows.
class PlanDifferenceTable : public QWidget {
  Q_OBJECT

 public:
  explicit PlanDifferenceTable(QWidget* parent = nullptr);

  void setView(const PlanDifferenceView& view);
  [[nodiscard]] const PlanDifferenceView& view() const { return view_; }
  /// For projector mode.
  void setLarge(bool large);
  /// Head first, for CSV and reports.
  [[nodiscard]] std::vector<QStringList> rows() const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void rebuild();

  PlanDifferenceView view_;
  QWidget* body_ = nullptr;
  QGridLayout* grid_ = nullptr;
  bool large_ = false;
};

}  // namespace kvloupe
