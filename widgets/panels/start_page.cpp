// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/start_page.hpp"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/labels.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"
#include "types/model_families.hpp"

namespace kvloupe {
namespace {

constexpr int kWidth = 1040;

class AppMark : public QWidget {
 public:
  explicit AppMark(QWidget* parent) : QWidget(parent) { setFixedSize(64, 64); }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintIcon(painter, Icon::App, rect(), kvloupe::palette().ink);
  }
};

class LessonRow : public QAbstractButton {
 public:
  explicit LessonRow(const LessonItem& lesson, QWidget* parent = nullptr)
      : QAbstractButton(parent), lesson_(lesson) {
    setText(lesson.title);
    setAccessibleName(lesson.title);
    setAccessibleDescription(lesson.summary);
    setFocusPolicy(Qt::StrongFocus);
    setProperty("drawsOwnFocus", true);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  }
  [[nodiscard]] QSize sizeHint() const override { return {400, 51}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Palette& colors = kvloupe::palette();
    QPainter painter(this);
    if (underMouse()) painter.fillRect(rect(), colors.selectedRow);
    const QString steps = StartPage::tr("%1 steps").arg(lesson_.steps);
    const QFont small = kvloupe::font(TextRole::Chart);
    const int stepsWidth = QFontMetrics(small).horizontalAdvance(steps) + 12;
    paintIcon(painter, Icon::Lesson, QRectF(0, 12, 20, 20), colors.secondText);
    const QRect words = rect().adjusted(34, 0, -stepsWidth - 12, 0);
    const auto write = [&](const QFont& type, const QColor& ink, int top, int height,
                           const QString& line) {
      painter.setFont(type);
      painter.setPen(ink);
      painter.drawText(QRect(words.left(), top, words.width(), height),
                       Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                       painter.fontMetrics().elidedText(line, Qt::ElideRight, words.width()));
    };
    write(kvloupe::font(TextRole::Body), colors.ink, 7, 20, lesson_.title);
    write(small, colors.secondText, 27, 18, lesson_.summary);
    painter.drawText(rect().adjusted(0, 0, -4, 0), Qt::AlignRight | Qt::AlignVCenter, steps);
    if (!hasFocus()) return;
    painter.setPen(QPen(colors.ink, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
  void keyPressEvent(QKeyEvent* event) override {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
      click();
    else
      QAbstractButton::keyPressEvent(event);
  }

 private:
  LessonItem lesson_;
};

}  // namespace

StartCard::StartCard(Icon icon, const QString& title, const QString& sentence, const QString& hint,
                     QWidget* parent)
    : QAbstractButton(parent), icon_(icon), sentence_(sentence), hint_(hint) {
  setText(title);
  setAccessibleName(title);
  setAccessibleDescription(sentence);
  setFocusPolicy(Qt::StrongFocus);
  setProperty("drawsOwnFocus", true);
  setCursor(Qt::PointingHandCursor);
  setAttribute(Qt::WA_Hover);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize StartCard::sizeHint() const { return {330, 212}; }

void StartCard::paintEvent(QPaintEvent*) {
  const Palette& colors = kvloupe::palette();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const bool strong = hasFocus() || underMouse();
  const double pen = hasFocus() ? 2 : 1;
  painter.setPen(QPen(strong ? colors.ink : colors.controlBorder, pen));
  painter.setBrush(colors.page);
  painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);

  const QRect inside = rect().adjusted(25, 24, -20, -22);
  paintIcon(painter, icon_, QRectF(inside.left() + 3, inside.top() + 3, 24, 24), colors.ink);
  painter.setFont(kvloupe::font(TextRole::Dialog));
  painter.setPen(colors.ink);
  const QRect title(inside.left() + 44, inside.top(), inside.width() - 44, 30);
  painter.drawText(title, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(text(), Qt::ElideRight, title.width()));
  painter.setFont(kvloupe::font(TextRole::Body));
  painter.setPen(colors.secondText);
  painter.drawText(inside.adjusted(0, 44, 0, -24), Qt::TextWordWrap, sentence_);
  painter.setFont(kvloupe::font(TextRole::Chart));
  painter.drawText(inside, Qt::AlignLeft | Qt::AlignBottom, hint_);
}

void StartCard::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
    click();
  else
    QAbstractButton::keyPressEvent(event);
}

StartPage::StartPage(QWidget* parent) : QWidget(parent) {
  auto* content = new Surface(&Palette::panel);
  auto* middle = new QWidget(content);
  middle->setMaximumWidth(kWidth);
  auto* column = new QVBoxLayout(middle);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);

  auto* head = new QHBoxLayout;
  head->setSpacing(20);
  head->addWidget(new AppMark(middle));
  auto* words = new QVBoxLayout;
  words->setSpacing(4);
  words->addWidget(new InkLabel(TextRole::StartName, Ink::Text, "KV Loupe", middle));
  auto* claim = new InkLabel(TextRole::Dialog, Ink::Second,
                             tr("Measures how far a language model’s KV cache can be "
                                "compressed, which half of it, and what that costs."),
                             middle);
  claim->setWordWrap(true);
  QFont claimFont = kvloupe::font(TextRole::Dialog);
  claimFont.setWeight(QFont::Normal);
  claim->setFont(claimFont);
  words->addWidget(claim);
  head->addLayout(words, 1);
  column->addLayout(head);
  column->addSpacing(40);

  auto* ways = new QHBoxLayout;
  ways->setSpacing(20);
  demo_ =
      new StartCard(Icon::Bars, tr("Explore the demo"),
                    tr("Two small trained models come with the program: one with grouped keys and "
                       "values (GQA), one with a shared latent (MLA). Drag a slider and see the "
                       "cost."),
                    tr("Nothing to download · Enter"), middle);
  auto* model = new StartCard(Icon::Folder, tr("Open a model folder…"),
                              tr("A Hugging Face folder: config.json, tokenizer and "
                                 ".safetensors files of one of %1 families, from GPT-2 and "
                                 "Llama to Gemma 3 and DeepSeek-V3.")
                                  .arg(kModelFamilies.size()),
                              tr("Ctrl+O · or drop the folder here"), middle);
  auto* run =
      new StartCard(Icon::File, tr("Open a saved run…"),
                    tr("A .kvl.h5 file with every figure and plan that was measured. The model "
                       "itself is not needed."),
                    tr("Ctrl+Shift+O · or drop the file here"), middle);
  for (StartCard* card : {demo_, model, run}) {
    card->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    ways->addWidget(card, 1);
  }
  column->addLayout(ways);
  column->addSpacing(40);
  auto* lists = new QHBoxLayout;
  lists->setSpacing(60);
  const auto addList = [&](const QString& title) {
    auto* list = new QVBoxLayout;
    list->setSpacing(0);
    list->addWidget(new InkLabel(TextRole::Title, Ink::Text, title, middle));
    list->addSpacing(8);
    list->addWidget(new Rule(Qt::Horizontal, middle));
    auto* rows = new QVBoxLayout;
    rows->setSpacing(0);
    list->addLayout(rows);
    list->addStretch();
    lists->addLayout(list, 1);
    return rows;
  };
  recent_ = addList(tr("Recent"));
  lessons_ = addList(tr("Lessons on the demo models"));
  column->addLayout(lists);
  column->addSpacing(32);
  column->addWidget(new InkLabel(
      TextRole::Chart, Ink::Second,
      tr("Models and texts stay on this computer: the program opens no network connection."),
      middle));

  auto* sides = new QHBoxLayout;
  sides->addStretch(1);
  sides->addWidget(middle, 100);
  sides->addStretch(1);
  auto* down = new QVBoxLayout(content);
  down->setContentsMargins(40, 40, 40, 40);
  down->addStretch(2);
  down->addLayout(sides);
  down->addStretch(3);

  auto* scroll = new QScrollArea(this);
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(scroll);

  connect(demo_, &QAbstractButton::clicked, this, &StartPage::demoRequested);
  connect(model, &QAbstractButton::clicked, this, &StartPage::openModelRequested);
  connect(run, &QAbstractButton::clicked, this, &StartPage::openRunRequested);
  setRecent({});
}

void StartPage::setRecent(const std::vector<RecentItem>& items) {
  while (QLayoutItem* item = recent_->takeAt(0)) {
    if (QWidget* widget = item->widget()) {
      widget->hide();
      widget->deleteLater();
    }
    delete item;
  }
  if (items.empty()) {
    auto* nothing =
        new InkLabel(TextRole::Body, Ink::Second,
                     tr("Nothing yet. Folders and runs that you open are listed here."));
    nothing->setFixedHeight(44);
    recent_->addWidget(nothing);
    return;
  }
  for (const RecentItem& item : items) {
    auto* row = new QWidget;
    row->setFixedHeight(36);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    auto* link = new LinkButton(item.name, row);
    link->setToolTip(item.path);
    connect(link, &QPushButton::clicked, this,
            [this, path = item.path] { emit recentRequested(path); });
    layout->addWidget(link);
    layout->addWidget(
        new ElidedLabel(TextRole::Chart, Ink::Second, item.path, Qt::ElideMiddle, row), 1);
    recent_->addWidget(row);
  }
}

void StartPage::setLessons(const std::vector<LessonItem>& lessons) {
  while (QLayoutItem* item = lessons_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (std::size_t i = 0; i < lessons.size(); ++i) {
    auto* row = new LessonRow(lessons[i]);
    connect(row, &QAbstractButton::clicked, this,
            [this, i] { emit lessonRequested(static_cast<int>(i)); });
    lessons_->addWidget(row);
    lessons_->addWidget(new Rule(Qt::Horizontal));
  }
}

void StartPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  demo_->setFocus(Qt::OtherFocusReason);
}

}  // namespace kvloupe
