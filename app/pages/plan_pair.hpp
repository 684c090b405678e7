// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <array>
#include <map>
#include <vector>

#include "charts/bars_chart.hpp"
#include "tables/plan_difference_table.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

/// A plan of a model that can be laid beside another of the same model.
struct PlanChoice {
  QString key;         // tells it from the others, in a session too
  QString name;        // under which it is kept, or what it does
  EvaluationPtr plan;  // null: kept under a name, but not measured on what is chosen now
};

/// What plans are called, remembered: each is described once.
using PlanNames = std::map<EvaluationPtr, QString>;

/// The active model's plans: those kept under a name, then all others that were measured on what is
/// chosen now by ascending cache ratio, then the untouched model.
[[nodiscard]] std::vector<PlanChoice> planChoices(const Workspace& workspace, PlanNames& names);

/// Which of them stand as A and as B where the person chose none (an empty key), or one that is
/// there no more: the plan in force, and the last one measured beside it; -1 where there is none.
[[nodiscard]] std::array<int, 2> chosenPlans(const Workspace& workspace,
                                             const std::vector<PlanChoice>& choices,
                                             const std::array<QString, 2>& keys);

/// dNLL by position of both, and of B less A, with one value axis for the first two if `linked`.
[[nodiscard]] std::array<BarsData, 3> planCharts(const PlanChoice& a, const PlanChoice& b,
                                                 bool linked);

[[nodiscard]] PlanDifferenceView differenceOf(const PlanChoice& a, const PlanChoice& b);

}  // namespace kvloupe
