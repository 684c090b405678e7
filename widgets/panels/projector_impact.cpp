// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/projector_impact.hpp"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "charts/budget_ruler.hpp"
#include "panels/surface.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

QString text(const std::string& words) { return QString::fromStdString(words); }

QString uncertainty(const PerplexityFigure& figure) {
  return figure.interval ? text(formatPplUncertainty(figure.ppl, *figure.interval)) : QString();
}

}  // namespace

ProjectorImpact::ProjectorImpact(QWidget* parent) : QWidget(parent) {
  setObjectName("impactFigures");
  auto* surface = new Surface(&Palette::panel, this);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(30, 8, 30, 10);
  row->setSpacing(44);
  baseline_ = addCell(row, tr("Baseline PPL"), TextRole::HallFigure, "99.999", "hallBaseline");
  compressed_ =
      addCell(row, tr("Compressed PPL"), TextRole::HallFigure, "99.999", "hallCompressed");
  delta_ = addCell(row, tr("ΔPPL"), TextRole::HallDelta, QString::fromUtf8("+99.99\u00a0%"),
                   "hallDelta");
  delta_.below->setMinimumWidth(
      QFontMetrics(kvloupe::font(TextRole::HallSmall))
          .horizontalAdvance(tr("95\u00a0%: %1").arg(QStringLiteral("[+99.99, +99.99]")) +
                             tr(", measuring")));
  ruler_ = new BudgetRuler(surface);
  row->addWidget(ruler_, 1, Qt::AlignBottom);
  auto* column = new QVBoxLayout(surface);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(new Rule(Qt::Horizontal, surface));
  column->addLayout(row);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(surface);
}

ProjectorImpact::Cell ProjectorImpact::addCell(QHBoxLayout* row, const QString& caption,
                                               TextRole role, const QString& longest,
                                               const QString& name) {
  auto* column = new QVBoxLayout;
  column->setSpacing(2);
  column->addStretch();
  column->addWidget(new InkLabel(TextRole::HallChart, Ink::Second, caption));
  Cell cell;
  cell.value = new FixedLabel(role, longest);
  cell.value->setObjectName(name);
  cell.value->setAccessibleName(caption);
  cell.below = new InkLabel(TextRole::HallSmall, Ink::Second);
  cell.below->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  column->addWidget(cell.value);
  column->addWidget(cell.below);
  row->addLayout(column);
  return cell;
}

void ProjectorImpact::Cell::set(const QString& figure, const QString& small, Ink ink) {
  value->setFigure(figure);
  value->setInk(ink);
  below->setText(small);
  below->setInk(ink == Ink::Disabled ? Ink::Disabled : Ink::Second);
}

void ProjectorImpact::setAxesFrozen(bool frozen) { ruler_->setFrozen(frozen); }

void ProjectorImpact::setEstimate(const ImpactView& view) {
  const PlanEstimate& estimate = *view.estimate;
  const auto about = [](const std::string& figure) {
    return QString::fromUtf8("≈") + text(figure);
  };
  compressed_.set(about(formatPpl(estimatedPpl(view))), tr("estimate"), Ink::Second);
  delta_.set(
      about(formatDeltaPpl(estimate.deltaPplPercent)),
      estimate.interval
          ? tr("95\u00a0%: %1")
                .arg(text(formatDeltaPplInterval(estimate.deltaPplPercent, *estimate.interval)))
          : tr("estimate, no interval yet"),
      Ink::Second);
  ruler_->setMark(BudgetRuler::Mark{.deltaPplPercent = estimate.deltaPplPercent,
                                    .interval = estimate.interval,
                                    .role = DataRole::Neither,
                                    .state = FigureState::Estimate});
}

void ProjectorImpact::setView(const ImpactView& view) {
  const bool failed = view.state == FigureState::Failed;
  const bool known = view.figures && !failed;
  const Ink ink = view.state == FigureState::Stale ? Ink::Disabled : Ink::Text;
  const QString dash = QString::fromUtf8("–");
  if (!known)
    baseline_.set(dash, failed ? tr("not measured") : tr("not measured yet"), Ink::Disabled);
  else
    baseline_.set(text(formatPpl(view.figures->baseline.ppl)), uncertainty(view.figures->baseline),
                  ink);
  if (known && view.estimate) return setEstimate(view);
  if (!known || view.baselineOnly) {
    compressed_.set(dash, {}, Ink::Disabled);
    delta_.set(dash, view.reason, Ink::Disabled);
    ruler_->setMark({});
    return;
  }
  const EvaluationFigures& figures = *view.figures;
  const double delta = view.identity ? 0 : figures.deltaPplPercent;
  compressed_.set(text(formatPpl(figures.compressed.ppl)), uncertainty(figures.compressed), ink);
  QString below = tr("nothing compressed");
  if (!view.identity)
    below =
        figures.deltaInterval
            ? tr("95\u00a0%: %1").arg(text(formatDeltaPplInterval(delta, *figures.deltaInterval)))
            : tr("no interval yet");
  if (view.state == FigureState::Measuring)
    below += tr(", measuring");
  else if (view.state == FigureState::Stale)
    below += tr(", stale");
  delta_.set(text(formatDeltaPpl(delta)), below, ink);
  ruler_->setMark(BudgetRuler::Mark{
      .deltaPplPercent = delta,
      .interval = view.identity ? std::nullopt : figures.deltaInterval,
      .role = view.convergence.points.empty() ? DataRole::Neither : view.convergence.role,
      .state = view.state});
}

}  // namespace kvloupe
