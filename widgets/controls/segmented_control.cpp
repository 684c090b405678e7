// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/segmented_control.hpp"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>

#include "theme/style_painting.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kSegmentPadding = 12;

class Segment : public QAbstractButton {
 public:
  explicit Segment(const QString& text, SegmentedControl* parent) : QAbstractButton(parent) {
    setText(text);
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
  }

  [[nodiscard]] QSize sizeHint() const override {
    // As wide as in Medium: no segment moves when another is chosen.
    QFont medium = font();
    medium.setWeight(QFont::Medium);
    return {QFontMetrics(medium).horizontalAdvance(text()) + 2 * kSegmentPadding, height_};
  }
  [[nodiscard]] QSize minimumSizeHint() const override {
    return {sizeHint().width() - kSegmentPadding, height_};
  }
  void setType(const QFont& type, int height) {
    height_ = height;
    setFont(type);
    updateGeometry();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Palette& p = kvloupe::palette();
    QPainter painter(this);
    const bool first = neighbour(-1) == nullptr;
    painter.setRenderHint(QPainter::Antialiasing);
    // The control draws the outline; a segment fills inside it and rules its left side.
    QPainterPath outline;
    outline.addRoundedRect(QRectF(parentWidget()->rect()).translated(-pos()).adjusted(1, 1, -1, -1),
                           3, 3);
    painter.setClipPath(outline);
    const QColor ground = isChecked() && isEnabled() ? p.selectedSegment
                          : isChecked()              ? p.disabled
                          : !isEnabled()             ? p.panel
                          : underMouse()             ? p.selectedRow
                                                     : p.field;
    painter.fillRect(rect(), ground);
    painter.setClipping(false);
    if (!first) painter.fillRect(QRect(0, 0, 1, height()), p.controlBorder);
    QFont words = font();
    words.setWeight(isChecked() ? QFont::Medium : QFont::Normal);
    painter.setFont(words);
    painter.setPen(isChecked() ? p.selectedSegmentText : isEnabled() ? p.ink : p.disabled);
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextSingleLine, text());
  }

 private:
  [[nodiscard]] const QWidget* neighbour(int step) const {
    const QLayout* row = parentWidget()->layout();
    for (int i = row->indexOf(this) + step; i >= 0 && i < row->count(); i += step)
      if (const QWidget* other = row->itemAt(i)->widget(); other && !other->isHidden())
        return other;
    return nullptr;
  }

  int height_ = kControlHeight;
};

}  // namespace

SegmentedControl::SegmentedControl(QWidget* parent)
    : QWidget(parent), group_(new QButtonGroup(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  group_->setExclusive(true);
  setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  connect(group_, &QButtonGroup::idToggled, this, [this](int id, bool on) {
    if (!on || id == current_) return;
    current_ = id;
    emit currentChanged(id);
  });
  connect(group_, &QButtonGroup::idClicked, this, &SegmentedControl::activated);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

SegmentedControl::SegmentedControl(const QStringList& segments, QWidget* parent)
    : SegmentedControl(parent) {
  for (const QString& text : segments) addSegment(text);
}

int SegmentedControl::addSegment(const QString& text, const QString& accessibleName) {
  auto* button = new Segment(text, this);
  button->setAccessibleName(accessibleName.isEmpty() ? text : accessibleName);
  const int index = count();
  group_->addButton(button, index);
  layout()->addWidget(button);
  return index;
}

int SegmentedControl::count() const { return static_cast<int>(group_->buttons().size()); }

QAbstractButton* SegmentedControl::segment(int index) const { return group_->button(index); }

void SegmentedControl::setSegmentEnabled(int index, bool enabled) {
  segment(index)->setEnabled(enabled);
}

void SegmentedControl::setSegmentVisible(int index, bool visible) {
  segment(index)->setVisible(visible);
  update();
}

int SegmentedControl::currentIndex() const { return current_; }

void SegmentedControl::setCurrentIndex(int index) {
  if (index == current_) return;
  if (index >= 0) return segment(index)->setChecked(true);
  // A group that is exclusive keeps one button checked; lift that for the moment.
  group_->setExclusive(false);
  if (QAbstractButton* button = group_->checkedButton()) button->setChecked(false);
  group_->setExclusive(true);
  current_ = -1;
  emit currentChanged(-1);
}

void SegmentedControl::setEqualWidths(bool equal) {
  setSizePolicy(equal ? QSizePolicy::Expanding : QSizePolicy::Maximum, QSizePolicy::Fixed);
  for (QAbstractButton* button : group_->buttons())
    button->setSizePolicy(equal ? QSizePolicy::Expanding : QSizePolicy::Minimum,
                          QSizePolicy::Fixed);
  auto* row = static_cast<QHBoxLayout*>(layout());
  for (int i = 0; i < row->count(); ++i) row->setStretch(i, equal ? 1 : 0);
}

void SegmentedControl::setType(TextRole role, int height) {
  for (QAbstractButton* button : group_->buttons())
    static_cast<Segment*>(button)->setType(kvloupe::font(role), height);
}

void SegmentedControl::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintRounded(painter, rect(), kvloupe::palette().field,
               isEnabled() ? kvloupe::palette().controlBorder : kvloupe::palette().line, 4);
}

}  // namespace kvloupe
