// SPDX-License-Identifier: GPL-3.0-or-later
#include "tables/verdict_table.hpp"

#include <QBoxLayout>
#include <QGridLayout>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "controls/labels.hpp"
#include "controls/prose.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"
#include "words/core_words.hpp"

namespace kvloupe {
namespace {

struct RowKind {
  const char* curve;
  const char* label;
  bool ofLatent;  // only where the cache holds a latent; else only where it holds K and V
};

constexpr std::array<RowKind, 6> kRows = {
    {{"v", QT_TRANSLATE_NOOP("kvloupe::VerdictTable", "V only"), false},
     {"k_rope", QT_TRANSLATE_NOOP("kvloupe::VerdictTable", "K, after RoPE"), false},
     {"k", QT_TRANSLATE_NOOP("kvloupe::VerdictTable", "K, before RoPE"), false},
     {"kv", QT_TRANSLATE_NOOP("kvloupe::VerdictTable", "K + V, same rank"), false},
     {"latent", QT_TRANSLATE_NOOP("kvloupe::VerdictTable", "Latent"), true},
     {"rope_key", QT_TRANSLATE_NOOP("kvloupe::VerdictTable", "Rotary key only"), true}}};
constexpr std::array<double, 3> kBudgets = {1, 3, 5};
constexpr int kHeadRows = 2;
constexpr int kRowHeight = 26, kHallRowHeight = 38;
constexpr double kRulingLine = 1.35;  // of the type's size
constexpr int kLeft = 24;
constexpr int kBeside = 6;     // between a figure and its bracket
constexpr int kGap = 12;       // between columns, and after the last
constexpr int kNarrowGap = 8;  // where brackets stand below

QString words(const std::string& text) { return QString::fromStdString(text); }

const SafeRatio* safeOf(const Sweep& sweep, const std::string& curve, double budget) {
  for (const SweepCurve& each : sweep.curves)
    if (each.name == curve)
      for (const SafeRatio& safe : each.safe)
        if (std::abs(safe.budgetPercent - budget) < 1e-9) return &safe;
  return nullptr;
}

QString figure(const VerdictColumn& column, const SafeRatio& safe) {
  switch (safe.state) {
    case SafeRatio::State::Found:
      return safe.ratio ? words(formatRatio(*safe.ratio)) : QString();
    case SafeRatio::State::Fails:
      return VerdictTable::tr("none");
    case SafeRatio::State::Undecided:
      return column.searching ? QStringLiteral("–") : VerdictTable::tr("undecided");
  }
  return {};
}

QString rulingWords(Ruling ruling) {
  switch (ruling) {
    case Ruling::Holds:
      return VerdictTable::tr("holds");
    case Ruling::Reversed:
      return VerdictTable::tr("is reversed");
    case Ruling::DoesNotHold:
      return VerdictTable::tr("does not hold");
    case Ruling::Undecided:
      return VerdictTable::tr("is undecided");
  }
  return {};
}

/// What follows for one tap of K.
struct RulingLine {
  QString brief;  // with the figures of the least budget
  QString whole;  // with those of every budget
};

/// A line for each tap of K.
std::vector<RulingLine> rulings(const std::vector<KeyRule>& rules) {
  std::vector<RulingLine> lines;
  for (auto rule = rules.begin(); rule != rules.end();) {
    if (rule->budgetPercent == 0) {  // at half rank
      const QString line = VerdictTable::tr("**Expanded from the latent it %1:** %2.")
                               .arg(rulingWords(rule->ruling), coreWords(rule->reason));
      lines.push_back({line, line});
      ++rule;
      continue;
    }
    const auto of = std::find_if(rule, rules.end(),
                                 [&](const KeyRule& other) { return other.curve != rule->curve; });
    const QString tap =
        rule->curve == "k" ? VerdictTable::tr("Before RoPE") : VerdictTable::tr("After RoPE");
    QStringList parts, reasons;
    while (rule != of) {
      const Ruling ruling = rule->ruling;
      QStringList budgets;
      for (; rule != of && rule->ruling == ruling; ++rule) {
        budgets.append(QString::number(rule->budgetPercent));
        reasons.append(
            VerdictTable::tr("At %1\u00a0%: %2.").arg(budgets.back(), coreWords(rule->reason)));
      }
      const QString at = budgets.join(QStringLiteral(", "));
      parts.append(
          parts.isEmpty()
              ? VerdictTable::tr("**%1 it %2** at %3\u00a0%").arg(tap, rulingWords(ruling), at)
              : VerdictTable::tr("it **%1** at %2\u00a0%").arg(rulingWords(ruling), at));
    }
    const QString ruled = parts.join(QStringLiteral(", ")) + QLatin1Char('.');
    lines.push_back({ruled + QLatin1Char(' ') + reasons.front(),
                     ruled + QLatin1Char('\n') + reasons.join(QLatin1Char('\n'))});
  }
  return lines;
}

QString bare(QString words) { return words.remove(QStringLiteral("**")); }

QString bracket(const SafeRatio& safe) {
  if (safe.state != SafeRatio::State::Found || !safe.interval) return {};
  QString text = words(formatDeltaPplInterval(safe.deltaPplPercent, *safe.interval));
  if (safe.passesAgain) text = VerdictTable::tr("%1, a smaller ratio fails").arg(text);
  return text;
}

}  // namespace

VerdictTable::VerdictTable(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(kLeft, 0, kGap, 8);
  setAccessibleName(tr("Verdict"));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  rebuild();
}

QStringList VerdictTable::drawn() const {
  QStringList all;
  for (const QStringList& row : rows()) all += row;
  for (const VerdictColumn& column : columns_) {
    all << column.name << column.absence << column.unjudged
        << (column.slot == ModelSlot::A ? QStringLiteral("A") : QStringLiteral("B"))
        << (column.mla ? QStringLiteral("latent") : QString())
        << (column.sweep ? QStringLiteral("searched") : QString());
    if (!column.sweep || !column.sweep->verdict) continue;
    for (const RulingLine& line : rulings(column.sweep->verdict->rules))
      all << line.brief << line.whole;
  }
  return all;
}

void VerdictTable::setColumns(std::vector<VerdictColumn> columns) {
  const QStringList before = drawn();
  columns_ = std::move(columns);
  if (drawn() == before) return;  // a search tells of itself 20 times a second
  stacked_ = width() < widthOf(false);
  rebuild();
}

void VerdictTable::setLarge(bool large) {
  large_ = large;
  stacked_ = width() < widthOf(false);
  rebuild();
}

TextRole VerdictTable::sized(TextRole role) const { return large_ ? hallRole(role) : role; }

int VerdictTable::widthOf(bool stacked) const {
  const auto wide = [this](TextRole role, const QString& text) {
    return QFontMetrics(kvloupe::font(sized(role))).horizontalAdvance(text) + 2;
  };
  int labels = wide(TextRole::Chart, tr("Safe cache ratio"));
  for (const RowKind& row : kRows) labels = std::max(labels, wide(TextRole::Chart, tr(row.label)));
  labels = std::max(labels, wide(TextRole::Chart, tr("“Don’t mess with K”")));
  const int gap = stacked ? kNarrowGap : kGap;
  int all = kLeft + labels + kGap;
  for (const VerdictColumn& column : columns_)
    for (const double budget : kBudgets) {
      int widest = wide(TextRole::Chart, tr("ΔPPL ≤ %1\u00a0%").arg(budget));
      for (const RowKind& row : kRows) {
        const SafeRatio* safe = column.sweep ? safeOf(*column.sweep, row.curve, budget) : nullptr;
        if (safe == nullptr) continue;
        const int first = wide(TextRole::BodyMedium, figure(column, *safe));
        const int second = wide(TextRole::Caption, bracket(*safe));
        widest = std::max(widest, stacked ? std::max(first, second) : first + kBeside + second);
      }
      all += widest + gap;
    }
  return all;
}

QSize VerdictTable::minimumSizeHint() const {
  return {widthOf(true), layout()->minimumSize().height()};
}

void VerdictTable::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  stack();
}

void VerdictTable::stack() {
  const bool narrow = width() < widthOf(false);
  if (std::exchange(stacked_, narrow) != narrow) rebuild();
}

QString VerdictTable::cellText(ModelSlot slot, const std::string& curve, double budget) const {
  for (const VerdictColumn& column : columns_) {
    if (column.slot != slot || !column.sweep) continue;
    if (const SafeRatio* safe = safeOf(*column.sweep, curve, budget)) {
      const QString interval = bracket(*safe);
      return interval.isEmpty() ? figure(column, *safe)
                                : figure(column, *safe) + QLatin1Char(' ') + interval;
    }
  }
  return {};
}

QString VerdictTable::ruling(ModelSlot slot) const {
  for (const VerdictColumn& column : columns_)
    if (column.slot == slot && column.sweep && column.sweep->verdict) {
      QStringList lines;
      for (const RulingLine& line : rulings(column.sweep->verdict->rules))
        lines.append(bare(line.brief));
      return lines.join(QLatin1Char('\n'));
    }
  return {};
}

std::vector<QStringList> VerdictTable::rows() const {
  std::vector<QStringList> all;
  QStringList head{tr("safe cache ratio")};
  for (const VerdictColumn& column : columns_)
    for (const double budget : kBudgets)
      head.append(tr("%1, dPPL <= %2 %").arg(column.name).arg(budget));
  all.push_back(head);
  for (const RowKind& row : kRows) {
    QStringList cells{tr(row.label)};
    for (const VerdictColumn& column : columns_)
      for (const double budget : kBudgets) cells.append(cellText(column.slot, row.curve, budget));
    all.push_back(cells);
  }
  return all;
}

void VerdictTable::rebuild() {
  delete body_;
  spans_.clear();
  body_ = new QWidget(this);
  grid_ = new QGridLayout(body_);
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setHorizontalSpacing(stacked_ ? kNarrowGap : kGap);
  grid_->setVerticalSpacing(0);
  const auto label = [&](const QString& text, TextRole role, Ink ink) {
    auto* made = new InkLabel(sized(role), ink, text, body_);
    made->setMinimumHeight(large_ ? kHallRowHeight : kRowHeight);
    return made;
  };
  grid_->addWidget(label(tr("Safe cache ratio"), TextRole::Chart, Ink::Second), 1, 0);
  for (std::size_t r = 0; r < kRows.size(); ++r)
    grid_->addWidget(label(tr(kRows[r].label), TextRole::Chart, Ink::Text),
                     kHeadRows + static_cast<int>(r), 0);
  grid_->addWidget(label(tr("“Don’t mess with K”"), TextRole::Chart, Ink::Text),
                   kHeadRows + static_cast<int>(kRows.size()), 0, Qt::AlignTop);
  int first = 1;
  for (const VerdictColumn& column : columns_) {
    addModel(column, first);
    first += static_cast<int>(kBudgets.size());
  }
  for (int c = 1; c < first; ++c) grid_->setColumnStretch(c, 1);
  layout()->addWidget(body_);
  body_->show();  // at once: sizes that are asked for meanwhile are those of the new words
  grid_->activate();
  layout()->activate();
  update();  // the rules that are drawn between its widgets
  updateGeometry();
  QString spoken;
  for (const QStringList& row : rows())
    spoken += row.join(QStringLiteral(", ")) + QLatin1Char('\n');
  setAccessibleDescription(spoken);
}

void VerdictTable::addModel(const VerdictColumn& column, int first) {
  const auto budgets = static_cast<int>(kBudgets.size());
  auto* head = new QWidget(body_);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  auto* badge = new Badge(column.slot, head);
  badge->setDiameter(large_ ? 24 : 16);
  row->addWidget(badge);
  auto* name =
      new ElidedLabel(sized(TextRole::BodyMedium), Ink::Text, column.name, Qt::ElideMiddle, head);
  row->addWidget(name, 1);
  grid_->addWidget(head, 0, first, 1, budgets);
  const auto span = [&](const QString& text, int from, int rows) {
    auto* made = new InkLabel(sized(TextRole::Chart), Ink::Second, text, body_);
    made->setWordWrap(true);
    grid_->addWidget(made, from, first, rows, budgets);
    spans_.push_back(made);
  };
  if (!column.sweep) {
    span(column.absence, kHeadRows, static_cast<int>(kRows.size()));
    return;
  }
  for (int b = 0; b < budgets; ++b)
    grid_->addWidget(
        new InkLabel(sized(TextRole::Chart), Ink::Second,
                     tr("ΔPPL ≤ %1\u00a0%").arg(kBudgets[static_cast<std::size_t>(b)]), body_),
        1, first + b);
  // Rows that this kind of cache does not have are one sentence.
  if (column.mla)
    span(tr("frees no cache: K and V are expanded from the latent"), kHeadRows, 4);
  else
    span(tr("no latent, no shared rotary key"), kHeadRows + 4, 2);
  for (std::size_t r = 0; r < kRows.size(); ++r) {
    if (kRows[r].ofLatent != column.mla) continue;
    for (int b = 0; b < budgets; ++b) {
      const SafeRatio* safe =
          safeOf(*column.sweep, kRows[r].curve, kBudgets[static_cast<std::size_t>(b)]);
      auto* cell = new QWidget(body_);
      auto* line =
          new QBoxLayout(stacked_ ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight, cell);
      line->setContentsMargins(0, stacked_ ? 3 : 0, 0, stacked_ ? 3 : 0);
      line->setSpacing(stacked_ ? 0 : kBeside);
      const QString text = safe ? figure(column, *safe) : QStringLiteral("–");
      const bool found = safe && safe->state == SafeRatio::State::Found;
      line->addWidget(new InkLabel(sized(found ? TextRole::BodyMedium : TextRole::Chart),
                                   found ? Ink::Text : Ink::Second, text, cell));
      if (safe)
        line->addWidget(new InkLabel(sized(TextRole::Caption), Ink::Second, bracket(*safe), cell));
      line->addStretch();
      grid_->addWidget(cell, kHeadRows + static_cast<int>(r), first + b);
    }
  }
  addRulings(column, first);
}

void VerdictTable::addRulings(const VerdictColumn& column, int first) {
  auto* cell = new QWidget(body_);
  auto* lines = new QVBoxLayout(cell);
  lines->setContentsMargins(0, 5, 0, 0);
  lines->setSpacing(2);
  if (column.sweep->verdict) {
    for (const RulingLine& line : rulings(column.sweep->verdict->rules)) {
      auto* rule = new Prose(sized(TextRole::Chart), cell);
      rule->setLineHeight(kRulingLine);
      QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
      policy.setHeightForWidth(true);  // of the width alone, not of what it was made with
      rule->setSizePolicy(policy);
      rule->setText(line.brief);
      rule->setToolTip(plainTip(bare(line.whole)));
      lines->addWidget(rule);
    }
  } else {
    auto* unjudged = new InkLabel(sized(TextRole::Chart), Ink::Second, column.unjudged, cell);
    unjudged->setWordWrap(true);
    lines->addWidget(unjudged);
  }
  lines->addStretch();
  grid_->addWidget(cell, kHeadRows + static_cast<int>(kRows.size()), first, 1,
                   static_cast<int>(kBudgets.size()));
}

void VerdictTable::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = kvloupe::palette();
  painter.fillRect(rect(), p.page);
  if (!grid_ || !body_) return;
  QRegion ruled(rect());
  const int gap = stacked_ ? kNarrowGap : kGap;
  const int off = gap * 5 / 8;  // of the line before a model's columns
  for (const QWidget* span : spans_) {
    QRect place = span->geometry().translated(body_->pos()).adjusted(-off, 1, 0, 0);
    // Up to the next model's rule, or to the edge.
    const bool last = place.right() + gap >= body_->geometry().right();
    place.setRight(last ? width() : place.right() + gap - off);
    ruled -= place;
  }
  painter.setClipRegion(ruled);
  painter.setPen(QPen(p.line, 1));
  const int rows = kHeadRows + static_cast<int>(kRows.size());
  for (int r = 1; r <= rows; ++r) {
    const QLayoutItem* item = grid_->itemAtPosition(r, 0);
    if (!item) continue;
    const int y = body_->y() + item->geometry().top();
    painter.drawLine(0, y, width(), y);
  }
  painter.setClipping(false);
  const int budgets = static_cast<int>(kBudgets.size());
  for (int model = 0; model < static_cast<int>(columns_.size()); ++model)
    if (const QLayoutItem* item = grid_->itemAtPosition(0, 1 + model * budgets)) {
      const int x = body_->x() + item->geometry().left() - off;
      painter.drawLine(x, body_->y(), x, height());
    }
}

}  // namespace kvloupe
