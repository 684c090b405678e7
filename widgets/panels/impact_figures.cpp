// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/impact_figures.hpp"

#include <QGridLayout>
#include <QHBoxLayout>

#include "controls/state_pill.hpp"
#include "panels/impact_panel.hpp"
#include "panels/surface.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

QString dash() { return QString::fromUtf8("–"); }

QString text(const std::string& figure) { return QString::fromStdString(figure); }

Ink inkOf(FigureState state) {
  const bool old =
      state == FigureState::Stale || state == FigureState::Empty || state == FigureState::Estimate;
  return old ? Ink::Disabled : Ink::Text;
}

QString about(const std::string& figure) { return QString::fromUtf8("≈") + text(figure); }

QString estimateInterval(const PlanEstimate& estimate) {
  if (!estimate.interval) return ImpactFigures::tr("no interval yet");
  return text(formatDeltaPplInterval(estimate.deltaPplPercent, *estimate.interval));
}

QString uncertainty(const PerplexityFigure& figure) {
  if (!figure.interval) return ImpactFigures::tr("no interval yet");
  return text(formatPplUncertainty(figure.ppl, *figure.interval));
}

QString deltaInterval(const EvaluationFigures& figures) {
  if (!figures.deltaInterval)
    return figures.complete() ? ImpactFigures::tr("under 3 windows")
                              : ImpactFigures::tr("no interval yet");
  return text(formatDeltaPplInterval(figures.deltaPplPercent, *figures.deltaInterval));
}

}  // namespace

ImpactFigures::ImpactFigures(QWidget* parent) : QWidget(parent) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(12);
  grid->setVerticalSpacing(1);
  baseline_ = addCell(grid, 0, 0, tr("Baseline PPL"), TextRole::Figure, "99,999.9");
  compressed_ =
      addCell(grid, 0, 1, tr("Compressed PPL"), TextRole::Figure, QString::fromUtf8("≈99,999.9"));
  delta_ = addCell(grid, 0, 2, tr("ΔPPL"), TextRole::Figure, QString::fromUtf8("≈+99,999\u00a0%"));
  grid->setRowMinimumHeight(3, 10);
  grid->addWidget(new Rule(Qt::Horizontal, this), 4, 0, 1, 3);
  grid->setRowMinimumHeight(5, 8);
  kl_ = addCell(grid, 6, 0, tr("KL, mean"), TextRole::Title, QString::fromUtf8("0.0000\u00a0nats"));
  top1_ = addCell(grid, 6, 1, tr("Same top-1"), TextRole::Title, QString::fromUtf8("99.9\u00a0%"));
  tokens_ = addCell(grid, 6, 2, tr("Tokens scored"), TextRole::Title, "999,999,999");
  grid->setRowStretch(9, 1);
  for (int column = 0; column < 3; ++column) {
    grid->setColumnMinimumWidth(column, column == 0 ? 136 : 108);  // "p99 0.0041 · max 0.0246"
    grid->setColumnStretch(column, 1);
  }
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
  setMinimumWidth(376);
}

ImpactFigures::Cell ImpactFigures::addCell(QGridLayout* grid, int row, int column,
                                           const QString& caption, TextRole role,
                                           const QString& longest) {
  grid->addWidget(new InkLabel(TextRole::Chart, Ink::Second, caption, this), row, column);
  Cell cell;
  cell.value = new FixedLabel(role, longest, Ink::Text, this);
  cell.value->setAccessibleName(caption);
  cell.below = new InkLabel(TextRole::Caption, Ink::Second, {}, this);
  cell.below->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // columns never move
  grid->addWidget(cell.value, row + 1, column);
  grid->addWidget(cell.below, row + 2, column);
  return cell;
}

void ImpactFigures::Cell::set(const QString& figure, const QString& small, Ink ink) {
  value->setFigure(figure);
  value->setInk(ink);
  below->setText(small);
  below->setInk(ink == Ink::Disabled ? Ink::Disabled : Ink::Second);
}

void ImpactFigures::setView(const ImpactView& view) {
  if (!view.figures || view.state == FigureState::Failed) {
    const QString reason =
        view.state == FigureState::Failed ? tr("not measured") : tr("not measured yet");
    for (Cell* cell : {&baseline_, &compressed_, &delta_, &kl_, &top1_, &tokens_})
      cell->set(dash(), reason, Ink::Disabled);
    return;
  }
  const EvaluationFigures& f = *view.figures;
  const Ink ink = inkOf(view.state);
  baseline_.set(text(formatPpl(f.baseline.ppl)), uncertainty(f.baseline), ink);
  tokens_.set(text(formatCount(f.tokensScored)),
              f.complete() ? tr("%1 windows").arg(text(formatCount(f.windows)))
                           : tr("of %1").arg(text(formatCount(f.tokensPlanned))),
              ink);
  if (view.baselineOnly) {
    for (Cell* cell : {&compressed_, &delta_, &kl_, &top1_})
      cell->set(dash(), tr("not measured yet"), Ink::Disabled);
    setEstimate(view);
    return;
  }
  compressed_.set(text(formatPpl(f.compressed.ppl)), uncertainty(f.compressed), ink);
  if (view.identity)
    delta_.set(text(formatDeltaPpl(0)), tr("nothing compressed"), ink);
  else
    delta_.set(text(formatDeltaPpl(f.deltaPplPercent)),
               f.deltaInterval ? tr("95\u00a0%: %1").arg(deltaInterval(f)) : deltaInterval(f), ink);
  const Divergence& d = f.divergence;
  kl_.set(text(formatKl(d.klMean)),
          tr("p99 %1 · max %2").arg(text(formatKlBare(d.klP99)), text(formatKlBare(d.klMax))), ink);
  top1_.set(text(formatKept(d.top1Agreement)),
            d.top1Interval ? QString::fromUtf8("± %1").arg(
                                 50 * (d.top1Interval->high - d.top1Interval->low), 0, 'f', 1)
                           : tr("no interval yet"),
            ink);
  setEstimate(view);
}

void ImpactFigures::setEstimate(const ImpactView& view) {
  if (!view.estimate || !view.figures) return;
  compressed_.set(about(formatPpl(estimatedPpl(view))), tr("estimate"), Ink::Second);
  delta_.set(about(formatDeltaPpl(view.estimate->deltaPplPercent)),
             view.estimate->interval ? tr("95\u00a0%: %1").arg(estimateInterval(*view.estimate))
                                     : estimateInterval(*view.estimate),
             Ink::Second);
}

ImpactLine::ImpactLine(ModelSlot slot, QWidget* parent)
    : QWidget(parent), badge_(new Badge(slot, this)), state_(new StatePill(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  badge_->setDiameter(16);
  row->addWidget(badge_);
  state_->setBrief(true);
  row->addWidget(state_);
  const auto caption = [&](const QString& words) {
    auto* label = new InkLabel(TextRole::Chart, Ink::Second, words, this);
    row->addWidget(label);
    return label;
  };
  const auto figure = [&](TextRole role, Ink ink, const QString& longest) {
    auto* label = new FixedLabel(role, longest, ink, this);
    row->addWidget(label);
    return label;
  };
  perplexity_.push_back(caption(tr("PPL")));
  ppl_ = figure(TextRole::BodyMedium, Ink::Text, QString::fromUtf8("9.999 → ≈9.999"));
  perplexity_.push_back(ppl_);
  row->addSpacing(4);
  captions_.push_back(caption(tr("ΔPPL")));
  delta_ = figure(TextRole::BodyMedium, Ink::Text, QString::fromUtf8("≈+9.99\u00a0%"));
  interval_ = figure(TextRole::Chart, Ink::Second, QString::fromUtf8("[+9.99, +9.99]"));
  row->addSpacing(4);
  cacheCaption_ = caption({});
  captions_.push_back(cacheCaption_);
  cache_ = figure(TextRole::BodyMedium, Ink::Text, QString::fromUtf8("9.99×"));
  bytes_ = figure(TextRole::Chart, Ink::Second, QString::fromUtf8("99,999\u00a0B/token"));
  row->addStretch();
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  setMinimumWidth(1);
}

void ImpactLine::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  makeRoom();
}

/// What stands elsewhere too gives way first; the change, its interval and the cache ratio never.
void ImpactLine::makeRoom() {
  const auto widthOf = [this](const std::vector<QWidget*>& parts) {
    int width = 0;
    for (const QWidget* part : parts) width += part->sizeHint().width() + layout()->spacing();
    return width;
  };
  std::vector<QWidget*> always = {delta_, interval_, cache_};
  if (place_ != Place::Alone) always.push_back(badge_);
  if (!state_->isHidden()) always.push_back(state_);
  int left = width() - widthOf(always);
  for (int i = 0; i < layout()->count(); ++i)
    if (const QSpacerItem* gap = layout()->itemAt(i)->spacerItem())
      left -= gap->sizeHint().width() + layout()->spacing();
  for (const std::vector<QWidget*>& parts : {captions_, perplexity_, {bytes_}}) {
    left -= widthOf(parts);
    const bool room = left >= 0 && (parts.front() != bytes_ || place_ == Place::Alone);
    for (QWidget* part : parts) part->setVisible(room);
  }
}

QString ImpactLine::sentence() const {
  QStringList words;
  for (const InkLabel* label : findChildren<InkLabel*>())
    if (!label->isHidden()) words << label->text();
  return words.join(QLatin1Char(' '));
}

void ImpactLine::setView(const ImpactView& view, Place place) {
  place_ = place;
  badge_->setVisible(place != Place::Alone);
  // Measured is what is read without a word.
  state_->setVisible(place == Place::Beside && view.state != FigureState::Measured &&
                     view.state != FigureState::Empty);
  state_->setState(view.state, view.progress, view.reason);
  cacheCaption_->setText(place == Place::Alone ? tr("Whole cache") : tr("cache"));
  const bool known = view.figures && view.state != FigureState::Failed && !view.baselineOnly;
  const Ink ink = known ? inkOf(view.state) : Ink::Disabled;
  QString ppl = dash(), delta = dash(), interval;
  if (known) {
    const EvaluationFigures& f = *view.figures;
    ppl = text(formatPpl(f.baseline.ppl)) + QString::fromUtf8(" → ") +
          text(formatPpl(f.compressed.ppl));
    delta = text(formatDeltaPpl(view.identity ? 0 : f.deltaPplPercent));
    if (!view.identity)
      interval = f.deltaInterval ? text(formatDeltaPplInterval(f.deltaPplPercent, *f.deltaInterval))
                                 : tr("no interval");
  }
  if (view.estimate) {
    ppl = dash();
    if (view.figures)
      ppl = text(formatPpl(view.figures->baseline.ppl)) + QString::fromUtf8(" → ") +
            about(formatPpl(estimatedPpl(view)));
    delta = about(formatDeltaPpl(view.estimate->deltaPplPercent));
    interval = estimateInterval(*view.estimate);
  }
  ppl_->setFigure(ppl);
  delta_->setFigure(delta);
  interval_->setFigure(interval);
  cache_->setFigure(text(formatRatio(view.cacheRatio)));
  bytes_->setFigure(text(formatBytesPerToken(view.bytesPerToken)));
  for (InkLabel* label : {ppl_, delta_}) label->setInk(view.estimate ? Ink::Second : ink);
  interval_->setInk(ink == Ink::Disabled ? Ink::Disabled : Ink::Second);
  makeRoom();
}

}  // namespace kvloupe
