// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/error_dialog.hpp"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QToolButton>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/card.hpp"
#include "controls/labels.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

InkLabel* words(TextRole role, Ink ink, const QString& text, QWidget* parent) {
  auto* label = new InkLabel(role, ink, {}, parent);
  label->setTextFormat(Qt::PlainText);  // the text may quote a stranger's file
  label->setText(text);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

class AdviceBox : public Surface {
 public:
  using Surface::Surface;

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(kvloupe::palette().line);
    painter.setBrush(kvloupe::palette().panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  }
};

}  // namespace

ErrorDialog::ErrorDialog(const ErrorReport& report, QWidget* parent)
    : QDialog(parent), report_(report) {
  setWindowTitle(report.title);
  setAttribute(Qt::WA_DeleteOnClose);
  setAccessibleName(report.title);
  setAccessibleDescription(report.line);
  setFixedWidth(660);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(29, 24, 29, 20);
  column->setSpacing(16);
  column->addWidget(makeHead());
  column->addWidget(new Rule(Qt::Horizontal, this));
  column->addWidget(makeParts());
  if (!report.advice.isEmpty()) column->addWidget(makeAdvice());
  if (!report.unchanged.isEmpty())
    column->addWidget(words(TextRole::Body, Ink::Second, report.unchanged, this));
  column->addWidget(makeButtons());
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ErrorDialog::paintEvent(QPaintEvent*) {
  QPainter(this).fillRect(rect(), kvloupe::palette().page);
}

QWidget* ErrorDialog::makeHead() {
  auto* head = new QWidget(this);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(16);
  auto* sign = new QLabel(head);
  sign->setPixmap(iconPixmap(Icon::Warning, 32, kvloupe::palette().error, devicePixelRatioF()));
  row->addWidget(sign, 0, Qt::AlignTop);
  auto* text = new QVBoxLayout;
  text->setSpacing(4);
  text->addWidget(words(TextRole::Dialog, Ink::Text, report_.headline, head));
  if (!report_.exact.isEmpty())
    text->addWidget(words(TextRole::Body, Ink::Text, report_.exact, head));
  if (!report_.context.isEmpty())
    text->addWidget(words(TextRole::Body, Ink::Second, report_.context, head));
  row->addLayout(text, 1);
  return head;
}

QWidget* ErrorDialog::makeParts() {
  auto* parts = new QWidget(this);
  auto* grid = new QGridLayout(parts);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(12);
  grid->setVerticalSpacing(12);
  grid->setColumnMinimumWidth(0, 92);
  grid->setColumnStretch(1, 1);
  const auto add = [&](const QString& name, const QString& value, bool fixed) {
    if (value.isEmpty()) return;
    const int row = grid->rowCount();
    grid->addWidget(new InkLabel(TextRole::Body, Ink::Second, name, parts), row, 0, Qt::AlignTop);
    InkLabel* label = words(TextRole::Body, Ink::Text, value, parts);
    if (fixed) label->setFont(fixedFont());
    label->setAccessibleName(name);
    grid->addWidget(label, row, 1);
  };
  add(tr("File"), report_.file, true);
  add(tr("Place"), report_.place, false);
  add(tr("Found"), report_.found, false);
  add(tr("Expected"), report_.expected, false);
  return parts;
}

QWidget* ErrorDialog::makeAdvice() {
  auto* box = new AdviceBox(&Palette::panel, this);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(16, 14, 16, 14);
  column->setSpacing(6);
  column->addWidget(new InkLabel(TextRole::BodyMedium, Ink::Text, tr("What to do"), box));
  // A command stands in backticks: it gets a line of its own, to be copied.
  const auto command = QRegularExpression("`([^`]+)`").match(report_.advice);
  column->addWidget(words(TextRole::Body, Ink::Text, QString(report_.advice).remove('`'), box));
  if (command.hasMatch()) column->addWidget(makeCommand(command.captured(1), box));
  return box;
}

QWidget* ErrorDialog::makeCommand(const QString& command, QWidget* parent) {
  auto* card = new Card(parent);
  auto* row = new QHBoxLayout(card);
  row->setContentsMargins(11, 3, 4, 3);
  auto* text = words(TextRole::Body, Ink::Text, command, card);
  text->setFont(fixedFont());
  row->addWidget(text, 1);
  auto* copy = new QToolButton(card);
  copy->setIcon(icon(Icon::Copy));
  copy->setText(tr("Copy"));
  copy->setAccessibleName(tr("Copy the command"));
  copy->setAutoRaise(true);
  copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  connect(copy, &QToolButton::clicked, this,
          [command] { QGuiApplication::clipboard()->setText(command); });
  row->addWidget(copy);
  return card;
}

QWidget* ErrorDialog::makeButtons() {
  auto* row = new QWidget(this);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  const auto add = [&](const QString& text) {
    auto* button = new QPushButton(text, row);
    button->setFixedHeight(28);
    layout->addWidget(button);
    return button;
  };
  connect(add(tr("Copy details")), &QPushButton::clicked, this,
          [this] { QGuiApplication::clipboard()->setText(report_.line); });
  layout->addStretch();
  QPushButton* close = add(tr("Close"));
  connect(close, &QPushButton::clicked, this, &QDialog::reject);
  QPushButton* last = close;
  if (!report_.openAnother.isEmpty()) {
    last = add(report_.openAnother);
    connect(last, &QPushButton::clicked, this, [this] {
      emit openAnotherRequested();
      accept();
    });
  }
  if (report_.canRetry) {
    last = add(tr("Try again"));
    connect(last, &QPushButton::clicked, this, [this] {
      emit retryRequested();
      accept();
    });
  }
  setPrimary(last);
  last->setDefault(true);
  return row;
}

}  // namespace kvloupe
