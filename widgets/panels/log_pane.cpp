// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/log_pane.hpp"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QTime>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

LogPane::LogPane(QWidget* parent) : QWidget(parent), lines_(new QPlainTextEdit(this)) {
  lines_->setReadOnly(true);
  lines_->setMaximumBlockCount(2000);
  lines_->setFont(fixedFont());
  lines_->setFrameShape(QFrame::NoFrame);
  lines_->setLineWrapMode(QPlainTextEdit::NoWrap);
  lines_->setAccessibleName(tr("Log"));
  auto* head = new Surface(&Palette::panel, this);
  head->setFixedHeight(32);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(12, 0, 12, 0);
  row->addWidget(new InkLabel(TextRole::BodyMedium, Ink::Text, tr("Log"), head));
  row->addStretch();
  auto* close = new IconButton(Icon::Close, tr("Close the log"), head);
  connect(close, &QToolButton::clicked, this, &LogPane::closeRequested);
  row->addWidget(close);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(new Rule(Qt::Horizontal, this));
  column->addWidget(head);
  column->addWidget(lines_, 1);
}

void LogPane::append(const QString& line) {
  lines_->appendPlainText(QTime::currentTime().toString("HH:mm:ss  ") + line);
}

QString LogPane::text() const { return lines_->toPlainText(); }

}  // namespace kvloupe
