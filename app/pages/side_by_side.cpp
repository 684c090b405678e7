// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/side_by_side.hpp"

#include <QHBoxLayout>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QVBoxLayout>

#include "charts/chart_frame.hpp"
#include "controls/labels.hpp"
#include "panels/surface.hpp"

namespace kvloupe {
namespace {

constexpr std::array<int, 3> kParts = {0, 2, 5};  // charts, difference, table in the column

}  // namespace

SideBySide::SideBySide(std::array<ChartFrame*, 2> charts, ChartFrame* difference,
                       const QString& heading, QWidget* table, QWidget* parent)
    : QWidget(parent), charts_(charts), difference_(difference) {
  auto* upper = new QHBoxLayout;
  upper->setSpacing(0);
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    ChartFrame* shown = charts[side];
    ChartFrame* other = charts[1 - side];
    shown->setBadge(side == 0 ? ModelSlot::A : ModelSlot::B);
    upper->addWidget(shown, 1);
    connect(shown, &ChartFrame::viewChanged, this, [this, shown, other] {
      if (!linked_ || following_) return;
      const QScopedValueRollback guard(following_, true);
      other->followView(*shown);
    });
  }
  headRow_ = new Surface(&Palette::page, this);
  heading_ = new InkLabel(TextRole::Title, Ink::Text, heading, headRow_);
  note_ = new ElidedLabel(TextRole::Chart, Ink::Second, {}, Qt::ElideRight, headRow_);
  head_ = new QHBoxLayout(headRow_);
  head_->setContentsMargins(24, 0, 20, 0);
  head_->setSpacing(12);
  head_->addWidget(heading_);
  head_->addWidget(note_, 1);
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(table);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);

  column_ = new QVBoxLayout(this);
  column_->setContentsMargins(0, 0, 0, 0);
  column_->setSpacing(0);
  column_->addLayout(upper);
  column_->addWidget(new Rule(Qt::Horizontal, this));
  column_->addWidget(difference);
  column_->addWidget(new Rule(Qt::Horizontal, this));
  column_->addWidget(headRow_);
  column_->addWidget(scroll);
  setLarge(false);
}

void SideBySide::setLarge(bool large) {
  const auto sized = [large](TextRole role) { return large ? hallRole(role) : role; };
  for (ChartFrame* chart : charts_) chart->setMinimumHeight(large ? 256 : 190);
  difference_->setMinimumHeight(large ? 236 : 174);  // the table scrolls
  // A lecture hall sees the charts first.
  constexpr std::array<std::array<int, 3>, 2> kShares = {{{31, 26, 43}, {38, 28, 34}}};
  for (const std::size_t part : {0U, 1U, 2U})
    column_->setStretch(kParts[part], kShares[large ? 1 : 0][part]);
  headRow_->setFixedHeight(large ? 50 : 34);
  heading_->setRole(sized(TextRole::Title));
  note_->setRole(sized(TextRole::Chart));
}

void SideBySide::setNote(const QString& note) { note_->setFullText(note); }

void SideBySide::addHeadTool(QWidget* tool) { head_->addWidget(tool); }

FigureSheet SideBySide::sheet() const {
  FigureSheet sheet;
  sheet.add(charts_[0], {0, 0, 0.5, 0.6});
  sheet.add(charts_[1], {0.5, 0, 0.5, 0.6});
  sheet.add(difference_, {0, 0.6, 1, 0.4});
  sheet.setProportion(0.75);
  sheet.setProvenance(difference_->provenance());
  return sheet;
}

}  // namespace kvloupe
