// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/status_line.hpp"

#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>
#include <cmath>

#include "controls/labels.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

QToolButton* flatButton(Icon name, const QString& text, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setIcon(icon(name));
  button->setText(text);
  button->setAutoRaise(true);
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  button->setFont(kvloupe::font(TextRole::Chart));
  button->setIconSize({14, 14});
  button->setFixedHeight(24);
  return button;
}

Rule* separator(QWidget* parent) {
  auto* rule = new Rule(Qt::Vertical, parent);
  rule->setFixedHeight(16);
  return rule;
}

}  // namespace

StatusLine::StatusLine(QWidget* parent) : QWidget(parent) {
  setFixedHeight(28);
  title_ = new ElidedLabel(TextRole::Chart, Ink::Text, {}, Qt::ElideRight, this);
  bar_ = new QProgressBar(this);
  bar_->setTextVisible(false);
  bar_->setFixedSize(160, 8);
  bar_->setAccessibleName(tr("Progress"));
  percent_ = new FixedLabel(TextRole::Chart, QString::fromUtf8("100\u00a0%"), Ink::Text, this);
  amountRule_ = separator(this);
  amount_ = new ElidedLabel(TextRole::Chart, Ink::Second, {}, Qt::ElideRight, this);
  rateRule_ = separator(this);
  rate_ = new InkLabel(TextRole::Chart, Ink::Second, {}, this);
  leftRule_ = separator(this);
  left_ = new FixedLabel(TextRole::Chart, tr("59 min 59 s left"), Ink::Second, this);
  thenRule_ = separator(this);
  then_ = new InkLabel(TextRole::Chart, Ink::Second, {}, this);
  cancel_ = flatButton(Icon::Close, tr("Cancel"), this);
  message_ = new ElidedLabel(TextRole::Chart, Ink::Second, {}, Qt::ElideMiddle, this);
  device_ = new InkLabel(TextRole::Chart, Ink::Second, {}, this);
  logRule_ = separator(this);
  log_ = flatButton(Icon::Log, tr("Log"), this);

  for (ElidedLabel* label : {title_, amount_})  // as wide as their words, and narrower at need
    label->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);

  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 1, 6, 0);
  row->setSpacing(10);
  for (QWidget* part :
       std::initializer_list<QWidget*>{title_, bar_, percent_, amountRule_, amount_, rateRule_,
                                       rate_, leftRule_, left_, thenRule_, then_, cancel_})
    row->addWidget(part);
  row->addWidget(message_, 1);
  row->addStretch();
  row->addWidget(device_);
  row->addWidget(logRule_);
  row->addWidget(log_);
  connect(cancel_, &QToolButton::clicked, this, &StatusLine::cancelRequested);
  connect(log_, &QToolButton::clicked, this, &StatusLine::logRequested);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  setView({});
}

void StatusLine::setView(const StatusView& view) {
  view_ = view;
  title_->setFullText(view.title);
  const bool determinate = view.busy && view.fraction.has_value();
  bar_->setVisible(determinate);
  percent_->setVisible(determinate);
  if (determinate) {
    bar_->setRange(0, 1000);
    bar_->setValue(static_cast<int>(std::lround(1000 * *view.fraction)));
    percent_->setText(QString::fromUtf8("%1\u00a0%").arg(static_cast<int>(100 * *view.fraction)));
  }
  const auto show = [&](InkLabel* label, QWidget* rule, const QString& text) {
    label->setVisible(view.busy && !text.isEmpty());
    if (rule != nullptr) rule->setVisible(view.busy && !text.isEmpty());
    if (auto* elided = qobject_cast<ElidedLabel*>(label))
      elided->setFullText(text);
    else
      label->setText(text);
  };
  show(amount_, amountRule_, view.amount);
  show(rate_, rateRule_, view.rate);
  show(left_, leftRule_, view.timeLeft);
  show(then_, thenRule_, view.then);
  cancel_->setVisible(view.busy);
  message_->setVisible(!view.busy);
  message_->setFullText(view.message);
  device_->setText(view.device);
  logRule_->setVisible(view.logOffered);
  log_->setVisible(view.logOffered);
  log_->setText(view.newLogLines > 0 ? tr("Log, %1 new").arg(view.newLogLines) : tr("Log"));
}

void StatusLine::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), kvloupe::palette().window);
  painter.fillRect(QRect(0, 0, width(), 1), kvloupe::palette().line);
}

}  // namespace kvloupe
