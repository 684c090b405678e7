// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/token_text.hpp"

#include <QKeyEvent>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "charts/chart_layer.hpp"
#include "charts/chart_ticker.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr int kBarWidth = 10;
constexpr double kScaleWidth = 230;   // of the colour bar beside the title, at most
constexpr double kNarrowScale = 140;  // and at least
constexpr double kFigureScale = 116;  // in a figure
constexpr int kScaleNeeds = 390;      // width of the text that has room for it
constexpr std::size_t kSpoken = 40;   // worst tokens that are read out
constexpr double kFrame = 2;          // round the chosen token, pixels off

QFont textFont() {
  QFont font = kvloupe::font(TextRole::Title);
  font.setWeight(QFont::Normal);
  return font;
}

QString words(const std::string& text) { return QString::fromStdString(text); }
double probability(float nll) { return std::exp(-static_cast<double>(nll)); }

}  // namespace

double deltaNllOf(const PassageToken& token) {
  return token.scored ? static_cast<double>(token.nll) - static_cast<double>(token.baselineNll)
                      : 0.0;
}

std::vector<int> worstFirst(const Passage& passage) {
  std::vector<int> order;
  for (std::size_t t = 0; t < passage.tokens.size(); ++t)
    if (passage.tokens[t].scored && std::isfinite(deltaNllOf(passage.tokens[t])))
      order.push_back(static_cast<int>(t));
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return deltaNllOf(passage.tokens[static_cast<std::size_t>(a)]) >
           deltaNllOf(passage.tokens[static_cast<std::size_t>(b)]);
  });
  return order;
}

QString sentenceAround(const Passage& passage, int token) {
  const auto textOf = [&](int t) {
    const auto found = passage.texts.find(passage.tokens[static_cast<std::size_t>(t)].id);
    return found == passage.texts.end() ? QString() : QString::fromStdString(found->second);
  };
  const auto ends = [&](int t) {
    const QString text = textOf(t);
    return std::any_of(text.begin(), text.end(),
                       [](QChar c) { return QStringLiteral(".!?\n").contains(c); });
  };
  int first = token, last = token;
  while (first > 0 && !ends(first - 1)) --first;
  while (!ends(last) && last + 1 < static_cast<int>(passage.tokens.size())) ++last;
  QString sentence;
  for (int t = first; t <= last; ++t) sentence += textOf(t);
  return sentence.trimmed();
}

class TokenText::Tokens : public ChartLayer {
 public:
  explicit Tokens(TokenText* text) : ChartLayer(text->plot()), text_(text) {}

 protected:
  void draw(QCPPainter* painter) override {
    if (text_->isEmpty()) return;
    text_->layOut();
    const QRectF area(mParentPlot->axisRect()->rect());
    painter->save();
    painter->setClipRect(area.adjusted(-4, 0, 4, 0), Qt::IntersectClip);
    painter->setFont(textFont());
    const double top = area.top() - text_->scrolled();
    for (const TokenPiece& piece : text_->layout_.pieces()) {
      const QRectF rect = piece.rect.translated(area.left(), top);
      if (rect.bottom() < area.top() || rect.top() > area.bottom()) continue;
      // A figure has whole lines: in SVG a clip may be lost.
      const bool whole = rect.top() >= area.top() && rect.bottom() <= area.bottom();
      if (text_->exporting() && !whole) continue;
      drawPiece(*painter, piece, rect);
    }
    painter->restore();
  }

 private:
  void drawPiece(QCPPainter& painter, const TokenPiece& piece, const QRectF& rect) const {
    const Palette& p = text_->colors();
    const auto index = static_cast<std::size_t>(piece.token);
    const PassageToken& token = text_->view_.passage->tokens[index];
    const QColor fill = text_->colorOf(piece.token);
    if (fill.isValid()) {
      if (text_->view_.stale) painter.setOpacity(kStaleOpacity);
      painter.fillRect(rect, fill);
      painter.setOpacity(1);
    }
    const bool plain = !fill.isValid() || text_->view_.stale;
    painter.setPen(!token.scored ? p.disabled : plain ? p.ink : textOn(fill));
    painter.drawText(rect, Qt::AlignCenter | Qt::TextDontClip | Qt::TextSingleLine, piece.text);
    if (text_->view_.markTop1 && token.scored && !token.sameTop1)
      painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 2), p.ink);
    if (text_->exporting()) return;
    const bool chosen = piece.token == text_->view_.chosen;
    if (!chosen && piece.token != text_->hoveredMark()) return;
    painter.setPen(QPen(p.ink, chosen ? 2 : 1.2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.adjusted(-kFrame, -kFrame, kFrame, kFrame));
  }

  TokenText* text_;
};

TokenText::TokenText(QWidget* parent)
    : ChartFrame(Density::Page, parent),
      bar_(new QScrollBar(Qt::Vertical, this)),
      tokens_(new Tokens(this)) {
  setTitle(tr("What compression did to each token"));
  bar_->setFocusPolicy(Qt::NoFocus);
  bar_->hide();
  connect(bar_, &QScrollBar::valueChanged, this, [this](int top) { scrollTo(top); });
  plot()->axisRect()->setMinimumMargins({24, 8, 28, 8});
  plot()->yAxis->setRangeReversed(true);
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) {
    axis->setTicks(false);
    axis->setTickLabels(false);
  }
  restyle();
  fitAxes();
}

TokenText::~TokenText() = default;

void TokenText::setData(TokenTextView view) {
  if (view == view_) return;
  const bool samePassage = view.passage == view_.passage;
  const bool otherText =
      !samePassage &&
      (!view.passage || !view_.passage || view.passage->window != view_.passage->window ||
       view.passage->tokens.size() != view_.passage->tokens.size());
  view_ = std::move(view);
  setSubtitle(view_.subtitle);
  if (!samePassage) {
    layout_ = {};
    worst_ = view_.passage ? worstFirst(*view_.passage) : std::vector<int>();
  }
  scale_ = {};
  scale_.high = view_.reach;
  if (view_.color == TokenColor::DeltaNll) {
    scale_.kind = ColorScale::Kind::Diverging;
    scale_.low = -view_.reach;
  }
  if (otherText) {
    hover(-1);
    plot()->yAxis->setRange(0, std::max(1, plot()->axisRect()->height()));
  }
  dataChanged();
  update();
}

double TokenText::valueOf(int token) const {
  const PassageToken& shown = view_.passage->tokens[static_cast<std::size_t>(token)];
  switch (view_.color) {
    case TokenColor::DeltaNll:
      return deltaNllOf(shown);
    case TokenColor::Losses:
      return std::max(0.0, deltaNllOf(shown));
    case TokenColor::Kl:
      return static_cast<double>(shown.kl);
  }
  return 0;
}

QColor TokenText::colorOf(int token) const {
  if (!view_.passage->tokens[static_cast<std::size_t>(token)].scored) return {};
  return scale_.color(valueOf(token), colors());
}

void TokenText::layOut() {
  const double width = plot()->axisRect()->width();
  if (!view_.passage || layout_.width() == width) return;
  layout_ = TokenLayout(*view_.passage, textFont(), width);
}

void TokenText::fitAxes() {
  layOut();
  if (!exporting()) return scrollTo(scrolled());
  // Other line breaks than on the screen, from the same token on.
  const double above = (TokenLayout::kLine - TokenLayout::kBox) / 2;
  const double top = layout_.rectOf(figureFrom_).top() - above;
  plot()->yAxis->setRange(top, top + plot()->axisRect()->height());
}

int TokenText::firstShown() const {
  const auto& pieces = layout_.pieces();
  const auto first = std::find_if(pieces.begin(), pieces.end(), [&](const TokenPiece& piece) {
    return piece.rect.bottom() > scrolled();
  });
  return first == pieces.end() ? 0 : first->token;
}

double TokenText::scrolled() const { return plot()->yAxis->range().lower; }

void TokenText::scrollTo(double top) {
  const double height = std::max(1, plot()->axisRect()->height());
  const double end = std::max(0.0, std::ceil(layout_.height() - height));
  const double from = std::clamp(top, 0.0, end);
  plot()->yAxis->setRange(from, from + height);
  const QSignalBlocker quiet(bar_);
  bar_->setRange(0, static_cast<int>(end));
  bar_->setPageStep(static_cast<int>(height));
  bar_->setSingleStep(static_cast<int>(TokenLayout::kLine));
  bar_->setValue(static_cast<int>(from));
  bar_->setVisible(end > 0);
  if (!plot()->size().isEmpty()) plot()->replot(QCustomPlot::rpQueuedReplot);
}

void TokenText::scrollBy(double pixels) {
  hover(-1);
  scrollTo(scrolled() + pixels);
}

void TokenText::showToken(int token) {
  layOut();
  const QRectF rect = layout_.rectOf(token);
  const double height = plot()->axisRect()->height();
  if (rect.top() < scrolled())
    scrollTo(rect.top() - TokenLayout::kLine);
  else if (rect.bottom() > scrolled() + height)
    scrollTo(rect.bottom() + TokenLayout::kLine - height);
}

void TokenText::setExporting(bool exporting) {
  if (!exporting) return;
  layOut();
  figureFrom_ = firstShown();
}

void TokenText::applyColors() {
  for (QCPAxis* axis : {plot()->xAxis, plot()->yAxis}) {
    axis->setBasePen(Qt::NoPen);
    axis->grid()->setVisible(false);
  }
}

double TokenText::asideWidth() const {
  if (exporting()) return kFigureScale + 44;
  return width() < kScaleNeeds ? 0 : std::clamp(0.33 * width(), kNarrowScale, kScaleWidth) + 44;
}

void TokenText::paintAside(QPainter& painter, const QRectF& room) const {
  const double wide = room.width() - 44;
  const QRectF bar(room.right() - wide - 12, 22, wide, 11);
  const auto at = [](double value) {
    return signedTick(value, std::abs(value) < 0.095 ? 3 : std::abs(value) < 0.95 ? 2 : 1);
  };
  const double reach = view_.reach;
  painter.setFont(kvloupe::font(TextRole::Caption));
  painter.setPen(colors().secondText);
  if (view_.color == TokenColor::DeltaNll) {
    painter.drawText(QRectF(bar.left(), bar.top() - 18, bar.width(), 15),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     wide < 190 ? tr("better") : tr("better than before"));
    paintFlatColorBar(painter, bar, scale_, tr("worse"),
                      {{-reach, QStringLiteral("≤ ") + at(-reach)},
                       {0, QStringLiteral("0")},
                       {reach, QStringLiteral("≥ ") + at(reach)}},
                      colors(), 1);
    return;
  }
  const bool kl = view_.color == TokenColor::Kl;
  paintFlatColorBar(painter, bar, scale_, kl ? tr("KL, nats") : tr("ΔNLL, nats, losses only"),
                    {{0, QStringLiteral("0")},
                     {reach / 2, plainTick(reach / 2, 2)},
                     {reach, QStringLiteral("≥ ") + plainTick(reach, 2)}},
                    colors(), 1);
}

int TokenText::markCount() const {
  return view_.passage ? static_cast<int>(view_.passage->tokens.size()) : 0;
}

int TokenText::markAt(const QPointF& position) const {
  const QRect area = plot()->axisRect()->rect();
  if (isEmpty() || !area.contains(position.toPoint())) return -1;
  const TokenPiece* piece = layout_.at(position - QPointF(area.left(), area.top() - scrolled()));
  return piece == nullptr ? -1 : piece->token;
}

/// Tab reaches the chosen token, and the next leaves: there are too many to go through.
int TokenText::markAfter(int mark, bool next) const {
  return mark < 0 && next ? std::max(0, view_.chosen) : -1;
}

QRectF TokenText::tokenRect(int token) const {
  const QRect area = plot()->axisRect()->rect();
  return layout_.rectOf(token).translated(area.left(), area.top() - scrolled());
}

QRectF TokenText::markRect(int mark) const { return tokenRect(mark); }

QString TokenText::text(std::int32_t id) const {
  const auto found = view_.passage->texts.find(id);
  return found == view_.passage->texts.end()
             ? QString()
             : words(found->second).replace(QLatin1Char('\n'), QChar(0x21B5));
}

TipText TokenText::tipFor(int mark) const {
  const PassageToken& token = view_.passage->tokens[static_cast<std::size_t>(mark)];
  TipText tip;
  tip.title = tr("“%1”").arg(text(token.id));
  tip.note = tr("token %1 of window %2").arg(mark).arg(view_.passage->window);
  if (!token.scored) {
    tip.lines.emplace_back(tr("not scored: nothing of this window stands before it"), QString());
    return tip;
  }
  tip.lines.emplace_back(tr("p %1 → %2   ΔNLL %3   KL %4")
                             .arg(words(formatProbability(probability(token.baselineNll))),
                                  words(formatProbability(probability(token.nll))),
                                  words(formatTokenLoss(deltaNllOf(token))),
                                  words(formatKl(static_cast<double>(token.kl)))),
                         token.recalled ? tr("recalled") : QString());
  const auto column = [&](const QString& head, const std::vector<LikelyToken>& likeliest) {
    TipColumn shares{.head = head, .rows = {}};
    for (const LikelyToken& each : likeliest)
      shares.rows.emplace_back(
          text(each.id).trimmed().isEmpty() ? text(each.id) : text(each.id).trimmed(),
          static_cast<double>(each.probability));
    tip.columns.push_back(std::move(shares));
  };
  column(tr("Baseline expected"), token.baselineLikeliest);
  column(tr("Compressed expects"), token.likeliest);
  return tip;
}

void TokenText::chooseWorst(bool next) {
  if (worst_.empty()) return;
  const auto at = std::find(worst_.begin(), worst_.end(), view_.chosen);
  auto place = at == worst_.end() ? -1 : static_cast<int>(at - worst_.begin());
  place = std::clamp(place + (next ? 1 : -1), 0, static_cast<int>(worst_.size()) - 1);
  emit tokenChosen(worst_[static_cast<std::size_t>(place)]);
  showToken(view_.chosen);
  hover(view_.chosen);
}

void TokenText::chooseStep(int step) {
  if (isEmpty()) return;
  const int from = hoveredMark() >= 0 ? hoveredMark() : view_.chosen;
  emit tokenChosen(std::clamp(from + step, 0, markCount() - 1));
  showToken(view_.chosen);
  hover(view_.chosen);
}

void TokenText::keyPressEvent(QKeyEvent* event) {
  const double page = plot()->axisRect()->height() - TokenLayout::kLine;
  switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
      emit attentionRequested();
      return;
    case Qt::Key_Right:
      return chooseStep(1);
    case Qt::Key_Left:
      return chooseStep(-1);
    case Qt::Key_Down:
      return scrollBy(TokenLayout::kLine);
    case Qt::Key_Up:
      return scrollBy(-TokenLayout::kLine);
    case Qt::Key_PageDown:
      return scrollBy(page);
    case Qt::Key_PageUp:
      return scrollBy(-page);
    case Qt::Key_Home:
      return scrollBy(-scrolled());
    case Qt::Key_End:
      return scrollBy(layout_.height());
    default:
      ChartFrame::keyPressEvent(event);
  }
}

void TokenText::resizeEvent(QResizeEvent* event) {
  ChartFrame::resizeEvent(event);
  bar_->setGeometry(width() - kBarWidth - 4, plot()->y() + 4, kBarWidth, plot()->height() - 8);
  bar_->raise();
}

QStringList TokenText::csvRow(int token) const {
  const PassageToken& each = view_.passage->tokens[static_cast<std::size_t>(token)];
  const auto number = [](double value) { return QString::number(value, 'g', 8); };
  QStringList row{QString::number(token), text(each.id), QString::number(each.id)};
  if (!each.scored) {
    for (int i = 0; i < 8; ++i) row << QString();
    return row;
  }
  const auto likeliest = [&](const std::vector<LikelyToken>& tokens) {
    QStringList parts;
    for (const LikelyToken& likely : tokens)
      parts << text(likely.id) + QLatin1Char(' ') + number(static_cast<double>(likely.probability));
    return parts.join(QStringLiteral("; "));
  };
  row << number(deltaNllOf(each)) << number(probability(each.baselineNll))
      << number(probability(each.nll)) << number(static_cast<double>(each.kl))
      << QString::number(each.sameTop1 ? 0 : 1) << QString::number(each.recalled ? 1 : 0)
      << likeliest(each.baselineLikeliest) << likeliest(each.likeliest);
  return row;
}

std::vector<QStringList> TokenText::csvRows() const {
  std::vector<QStringList> rows = {
      {QStringLiteral("token"), QStringLiteral("text"), QStringLiteral("id"),
       QStringLiteral("delta_nll"), QStringLiteral("p_before"), QStringLiteral("p_after"),
       QStringLiteral("kl"), QStringLiteral("top1_changed"), QStringLiteral("recalled"),
       QStringLiteral("likeliest_before"), QStringLiteral("likeliest_after")}};
  for (int token = 0; token < markCount(); ++token) rows.push_back(csvRow(token));
  return rows;
}

std::vector<QStringList> TokenText::spokenRows() const {
  std::vector<QStringList> rows;
  for (std::size_t i = 0; i < std::min(kSpoken, worst_.size()); ++i)
    rows.push_back(csvRow(worst_[i]).mid(1, 5));
  return rows;
}

}  // namespace kvloupe
