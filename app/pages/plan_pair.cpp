// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/plan_pair.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "charts/passage_bars.hpp"
#include "evaluation/paired_difference.hpp"
#include "panels/plan_words.hpp"
#include "types/format.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/needs.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PlanPair)
};

constexpr const char* kUntouched = "untouched";

QString text(const std::string& words) { return QString::fromStdString(words); }

QString keyOf(const Evaluation& plan) {
  return plan.specs.empty() ? QString(kUntouched) : text(plan.specText);
}

QString ratioWords(const Evaluation& plan) { return text(formatRatio(plan.accounting.cacheRatio)); }

/// A log of a percent change.
double logOf(double percent) { return std::log1p(percent / 100); }

QString deltaWords(const EvaluationFigures& figures) {
  QString words = text(formatDeltaPpl(figures.deltaPplPercent));
  if (figures.deltaInterval)
    words += " " + text(formatDeltaPplInterval(figures.deltaPplPercent, *figures.deltaInterval));
  return words;
}

QString lossWords(const EvaluationFigures& figures) {
  std::optional<Interval> interval;
  if (figures.deltaInterval)
    interval = Interval{logOf(figures.deltaInterval->low), logOf(figures.deltaInterval->high)};
  return text(formatDeltaNll(logOf(figures.deltaPplPercent), interval));
}

QString pplWords(const PerplexityFigure& figure) {
  QString words = text(formatPpl(figure.ppl));
  if (figure.interval) words += " " + text(formatPplUncertainty(figure.ppl, *figure.interval));
  return words;
}

QString top1Words(const Divergence& divergence) {
  QString words = text(formatKept(divergence.top1Agreement));
  if (divergence.top1Interval)
    words += QString::fromUtf8(" ± %1").arg(
        50 * (divergence.top1Interval->high - divergence.top1Interval->low), 0, 'f', 1);
  return words;
}

int commonWindows(const Evaluation& a, const Evaluation& b) {
  int common = 0;
  for (std::size_t w = 0; w < std::min(a.windowMeasured.size(), b.windowMeasured.size()); ++w)
    common += a.windowMeasured[w] != 0 && b.windowMeasured[w] != 0;
  return common;
}

/// Whatever is drawn, intervals too.
void widen(std::optional<Interval>& reach, const BarsData& data) {
  for (const Bar& bar : data.bars) {
    const Interval own = bar.interval.value_or(Interval{bar.value, bar.value});
    if (!reach) reach = own;
    reach->low = std::min(reach->low, own.low);
    reach->high = std::max(reach->high, own.high);
  }
}

}  // namespace

std::vector<PlanChoice> planChoices(const Workspace& workspace, PlanNames& names) {
  const SlotState& state = workspace.activeSlot();
  std::vector<PlanChoice> choices;
  if (!state.model) return choices;
  std::vector<EvaluationPtr> measured = comparablePlans(state, workspace.settings());
  std::stable_sort(measured.begin(), measured.end(), [](const auto& a, const auto& b) {
    return a->accounting.cacheRatio < b->accounting.cacheRatio;
  });
  const bool saved = state.phase == Phase::Saved;
  const EvaluationPtr& baseline = state.baseline.value;
  if (baseline && (saved || baselineCurrent(state, workspace.settings())))
    measured.push_back(baseline);
  for (const NamedPlan& kept : state.kept) {
    const auto plan = planOf(*state.model, kept.specs);
    const auto found = std::find_if(measured.begin(), measured.end(), [&](const auto& each) {
      return planOf(*state.model, each->specs) == plan;
    });
    if (found == measured.end()) {
      choices.push_back({kept.name, kept.name, nullptr});
      continue;
    }
    choices.push_back({keyOf(**found), kept.name, *found});
    measured.erase(found);
  }
  for (const EvaluationPtr& plan : measured) {
    QString& name = names[plan];
    if (name.isEmpty())
      name = plan->specs.empty()
                 ? Words::tr("untouched")
                 : QString::fromUtf8("%1 · %2").arg(describe(draftFor(*state.model, plan->specs)),
                                                    ratioWords(*plan));
    choices.push_back({keyOf(*plan), name, plan});
  }
  return choices;
}

std::array<int, 2> chosenPlans(const Workspace& workspace, const std::vector<PlanChoice>& choices,
                               const std::array<QString, 2>& keys) {
  const SlotState& state = workspace.activeSlot();
  std::array<int, 2> chosen = {-1, -1};
  // The first measured one that fits and is not the other's.
  const auto choose = [&](std::size_t side, const auto& fits) {
    for (std::size_t i = 0; chosen[side] < 0 && i < choices.size(); ++i)
      if (choices[i].plan && static_cast<int>(i) != chosen[1 - side] && fits(choices[i]))
        chosen[side] = static_cast<int>(i);
  };
  constexpr std::array<std::size_t, 2> kSides = {0, 1};
  for (const std::size_t side : kSides)
    if (!keys[side].isEmpty())
      choose(side, [&](const PlanChoice& each) { return each.key == keys[side]; });
  choose(0, [&](const PlanChoice& each) {
    return isPlanOf(*state.model, state.draft, each.plan->specs);
  });
  for (const std::size_t side : kSides)
    for (auto plan = state.plans.rbegin(); plan != state.plans.rend(); ++plan)
      choose(side, [&](const PlanChoice& each) { return each.plan == plan->value; });
  for (const std::size_t side : kSides) choose(side, [](const PlanChoice&) { return true; });
  return chosen;
}

std::array<BarsData, 3> planCharts(const PlanChoice& a, const PlanChoice& b, bool linked) {
  std::array<BarsData, 3> charts;
  for (std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const PlanChoice& choice = side == 0 ? a : b;
    BarsData& data = charts[side];
    data = lossByPosition(choice.plan->figures.positions);
    data.title = choice.name;
    data.subtitle = Words::tr("ΔPPL %1 · whole text").arg(deltaWords(choice.plan->figures));
    if (side == 1)
      for (Bar& bar : data.bars) bar.look = Bar::Look::Outlined;
  }
  BarsData& difference = charts[2];
  difference = lossByPosition(pairedByPosition(*b.plan, *a.plan));
  difference.title = Words::tr("Difference, B − A");
  difference.subtitle = Words::tr(
                            "ΔNLL by position, paired over %1 windows, 95\u00a0% interval · "
                            "above 0: B loses more")
                            .arg(commonWindows(*a.plan, *b.plan));
  difference.yLabel = Words::tr("B − A, nats");
  if (linked) {
    std::optional<Interval> reach;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) widen(reach, charts[side]);
    charts[0].reach = charts[1].reach = reach;
  }
  return charts;
}

PlanDifferenceView differenceOf(const PlanChoice& a, const PlanChoice& b) {
  const Evaluation &first = *a.plan, &second = *b.plan;
  PlanDifferenceView view{.nameA = a.name, .nameB = b.name, .paired = {}, .rows = {}, .ruling = {}};
  const auto difference = pairedDifference(second, first);
  view.paired = Words::tr("B less A, paired over %1 windows").arg(commonWindows(first, second));
  QString percent, nats;
  if (difference) {
    const double change = 100 * std::expm1(difference->mean);
    std::optional<Interval> interval, inPercent;
    if (difference->halfWidth) {
      interval = Interval{difference->mean - *difference->halfWidth,
                          difference->mean + *difference->halfWidth};
      inPercent = Interval{100 * std::expm1(interval->low), 100 * std::expm1(interval->high)};
    }
    percent = text(formatDeltaPpl(change));
    if (inPercent) percent += " " + text(formatDeltaPplInterval(change, *inPercent));
    nats = text(formatDeltaNll(difference->mean, interval));
    if (!interval)
      view.ruling = Words::tr("Fewer than 3 windows in common: the difference has no interval.");
    else if (interval->low > 0)
      view.ruling = Words::tr("B loses more than A: the paired interval lies above 0.");
    else if (interval->high < 0)
      view.ruling = Words::tr("B loses less than A: the paired interval lies below 0.");
    else
      view.ruling = Words::tr("Not told apart: the paired interval holds 0.");
  } else {
    view.paired.clear();
    view.ruling = Words::tr("Not measured on the same windows of one text: no difference.");
  }
  const auto cache = [](const Evaluation& plan) {
    return QString::fromUtf8("%1 · %2").arg(
        ratioWords(plan), text(formatBytesPerToken(plan.accounting.bytesPerToken)));
  };
  const double ratios = second.accounting.cacheRatio / first.accounting.cacheRatio;
  view.rows = {{Words::tr("Whole cache"), cache(first), cache(second),
                Words::tr("B / A %1").arg(text(formatRatio(ratios)))},
               {Words::tr("PPL"), pplWords(first.figures.compressed),
                pplWords(second.figures.compressed), percent},
               {Words::tr("ΔPPL"), deltaWords(first.figures), deltaWords(second.figures), {}},
               {Words::tr("ΔNLL"), lossWords(first.figures), lossWords(second.figures), nats},
               {Words::tr("KL, mean"),
                text(formatKl(first.figures.divergence.klMean)),
                text(formatKl(second.figures.divergence.klMean)),
                {}},
               {Words::tr("Same top-1"),
                top1Words(first.figures.divergence),
                top1Words(second.figures.divergence),
                {}}};
  return view;
}

}  // namespace kvloupe
