// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/chart_frame.hpp"

#include <qcustomplot.h>

#include <QContextMenuEvent>
#include <QElapsedTimer>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QTimer>
#include <QToolTip>
#include <QVBoxLayout>
#include <cmath>

#include "charts/chart_layer.hpp"
#include "controls/labels.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kRedrawMs = 50;     // at most 20 times a second
constexpr double kKeyZoom = 0.8;  // of the range, a key press
constexpr double kKeyPan = 0.1;   // of the axes' length
constexpr int kMaxSpokenMarks = 200;
constexpr double kLeastTitle = 0.3;  // of the header's line

struct Margins {
  int left, top, right, bottom;
};

Margins plotMargins(ChartFrame::Density density) {
  return density == ChartFrame::Density::Page ? Margins{66, 14, 20, 48} : Margins{48, 11, 16, 42};
}

}  // namespace

/// The sentence of an empty chart, and the box of a zoom.
class ChartOverlay : public ChartLayer {
 public:
  explicit ChartOverlay(ChartFrame* frame)
      : ChartLayer(frame->plot(), QStringLiteral("overlay")), frame_(frame) {}

 protected:
  void draw(QCPPainter* painter) override {
    const Palette& p = frame_->colors();
    const QRect axes = mParentPlot->axisRect()->rect();
    if (frame_->isEmpty() && !frame_->emptyText().isEmpty()) {
      painter->setFont(kvloupe::font(TextRole::Chart));
      painter->setPen(p.secondText);
      const QRect room = axes.adjusted(12, 0, -12, -axes.height() / 3);
      constexpr int kFlags = Qt::AlignCenter | Qt::TextWordWrap;
      const QRect words = painter->boundingRect(room, kFlags, frame_->emptyText());
      const bool page = frame_->density() == ChartFrame::Density::Page || frame_->exporting_;
      painter->fillRect(words.adjusted(-6, -1, 6, 1), page ? p.page : p.panel);
      painter->drawText(room, kFlags, frame_->emptyText());
    }
    const QRectF box = frame_->plot()->zoomBox();
    if (box.isEmpty()) return;
    QColor tint = p.ink;
    tint.setAlphaF(0.06F);
    painter->setPen(QPen(p.ink, 1));
    painter->setBrush(tint);
    painter->drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
  }

 private:
  ChartFrame* frame_;
};

ChartFrame::ChartFrame(Density density, QWidget* parent)
    : QWidget(parent),
      density_(density),
      plot_(new ChartPlot(this)),
      colors_(&kvloupe::palette()),
      redraw_(new QTimer(this)) {
  setFocusPolicy(Qt::StrongFocus);
  setProperty("drawsOwnFocus", true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, headerHeight(true), 0, 0);
  column->addWidget(plot_);
  redraw_->setSingleShot(true);
  connect(redraw_, &QTimer::timeout, this, [this] {
    // Without a pixel to draw on QCustomPlot complains; being laid out draws it anyway.
    if (!plot_->size().isEmpty()) plot_->replot();
  });

  const Margins margins = plotMargins(density);
  QCPAxisRect* axes = plot_->axisRect();
  axes->setMinimumMargins({margins.left, margins.top, margins.right, margins.bottom});
  axes->setupFullAxesBox(false);
  plot_->xAxis2->setVisible(false);
  plot_->yAxis2->setVisible(false);
  plot_->plotLayout()->setRowSpacing(0);
  new ChartOverlay(this);
  connect(&Theme::instance(), &Theme::changed, this, &ChartFrame::followTheme);
}

ChartFrame::~ChartFrame() { delete tip_; }

void ChartFrame::setTitle(const QString& title) {
  if (title == title_) return;
  title_ = title;
  setAccessibleName(title);
  update();
}

void ChartFrame::setSubtitle(const QString& subtitle) {
  if (subtitle == subtitle_) return;
  subtitle_ = subtitle;
  update();
}

void ChartFrame::setBadge(std::optional<ModelSlot> slot) {
  badge_ = slot;
  update();
}

std::optional<ChartZoom> ChartFrame::zoom() const {
  if (!zoomed_) return std::nullopt;
  const QCPRange x = plot_->xAxis->range(), y = plot_->yAxis->range();
  return ChartZoom{{x.lower, x.upper}, {y.lower, y.upper}};
}

void ChartFrame::setZoom(const ChartZoom& zoom) {
  for (const Interval& range : {zoom.x, zoom.y})
    if (!QCPRange::validRange(range.low, range.high)) return;
  plot_->xAxis->setRange(zoom.x.low, zoom.x.high);
  plot_->yAxis->setRange(zoom.y.low, zoom.y.high);
  markZoomed();
}

void ChartFrame::followView(const ChartFrame& other) {
  zoomed_ = other.zoomed_;
  plot_->xAxis->setRange(other.plot_->xAxis->range());
  plot_->yAxis->setRange(other.plot_->yAxis->range());
  redrawSoon();
}

void ChartFrame::setLegend(std::vector<LegendEntry> entries) {
  legend_ = std::move(entries);
  update();
}

void ChartFrame::setEmptyText(const QString& sentence) {
  emptyText_ = sentence;
  redrawSoon();
}

void ChartFrame::setProvenance(const QString& line) { provenance_ = line; }

ChartPens ChartFrame::screenPens() const {
  if (magnification_ == 1) return {};
  return {.line = 2 / magnification_, .whisker = 2.4 / magnification_};
}

void ChartFrame::setMagnification(double magnification) {
  if (magnification == magnification_) return;
  magnification_ = magnification;
  pens_ = screenPens();
  layout()->setContentsMargins(0, static_cast<int>(std::lround(headerHeight(true) * magnification)),
                               0, 0);
  plot_->setMagnification(magnification);
  restyle();
  redrawSoon();
  update();
}

void ChartFrame::setAxesFrozen(bool frozen) {
  frozen_ = frozen;
  if (!frozen) dataChanged();
}

void ChartFrame::fit() {
  const bool was = std::exchange(zoomed_, false);
  fitAxes();
  redrawSoon();
  if (was) emit zoomChanged(false);
  emit viewChanged();
}

void ChartFrame::markZoomed() {
  const bool was = std::exchange(zoomed_, true);
  redrawSoon();
  if (!was) emit zoomChanged(true);
  emit viewChanged();
}

void ChartFrame::plotResized() {
  if (!zoomed_ && !frozen_) fitAxes();
}

void ChartFrame::redrawSoon() {
  if (!redraw_->isActive()) redraw_->start(kRedrawMs);
}

void ChartFrame::dataChanged() {
  if (!zoomed_ && !frozen_) fitAxes();
  if (mark_ >= markCount())
    hover(-1);
  else if (mark_ >= 0 && tip_ && tip_->isVisible())
    tip_->showFor(plot_, plot_->toWidget(markRect(mark_)), tipFor(mark_));
  redrawSoon();
  refreshAccessibleText();
}

QRectF ChartFrame::axesArea() const {
  return QRectF(plot_->axisRect()->rect()).adjusted(0, 0, 1, 1);
}

void ChartFrame::refreshAccessibleText() {
  QString spoken = subtitle_;
  int count = 0;
  for (const QStringList& row : spokenRows()) {
    if (++count > kMaxSpokenMarks) break;
    spoken += QStringLiteral("\n") + row.join(QStringLiteral(", "));
  }
  setAccessibleDescription(spoken);
}

void ChartFrame::hover(int mark) {
  if (mark != mark_) {
    mark_ = mark;
    setHoveredMark(mark);
    plot_->replot(QCustomPlot::rpQueuedReplot);
  }
  if (mark < 0) {
    if (tip_) tip_->hide();
    return;
  }
  if (!tip_) tip_ = new TipCard;
  tip_->showFor(plot_, plot_->toWidget(markRect(mark)), tipFor(mark));
}

void ChartFrame::followTheme() {
  colors_ = &kvloupe::palette();
  restyle();
  update();
  if (tip_) tip_->update();
  redrawSoon();
}

void ChartFrame::restyle() {
  const Palette& p = colors();
  const QColor ground = density_ == Density::Page || exporting_ ? p.page : p.panel;
  plot_->setBackground(ground);
  styleAxis(plot_->xAxis, false);
  styleAxis(plot_->yAxis, true);
  applyColors();
}

void ChartFrame::styleAxis(QCPAxis* axis, bool grid) {
  const Palette& p = colors();
  const QPen line(p.axis, pens_.line);
  axis->setBasePen(line);
  axis->setTickPen(line);
  axis->setSubTickPen(line);
  axis->setTickLength(0, 5);
  axis->setSubTickLength(0, 3);
  axis->setTickLabelFont(kvloupe::font(TextRole::Chart));
  axis->setLabelFont(kvloupe::font(TextRole::Chart));
  axis->setTickLabelColor(p.secondText);
  axis->setLabelColor(p.secondText);
  axis->setTickLabelPadding(4);
  axis->setLabelPadding(4);
  axis->grid()->setVisible(grid);
  axis->grid()->setPen(QPen(p.grid, pens_.line));
  axis->grid()->setSubGridVisible(false);
  axis->grid()->setZeroLinePen(Qt::NoPen);
}

int ChartFrame::headerHeight(bool withTitle) const {
  if (density_ == Density::Panel) return 20;
  return withTitle ? 50 : 26;
}

QStringList ChartFrame::paintHeader(QPainter& painter, double width, bool withTitle) const {
  QStringList shortened;
  const Palette& p = colors();
  const bool page = density_ == Density::Page;
  const Margins margins = plotMargins(density_);
  const double edge = page ? 24 : margins.left;
  const double left = badge_ && withTitle ? edge + 28 : edge;
  if (badge_ && withTitle) paintBadge(painter, *badge_, QRectF(edge, 11, 18, 18));
  const double aside = page && withTitle ? asideWidth() : 0;
  const double right = width - margins.right - aside;
  // A page's title is centred 20 below the top, its subtitle 40.
  const QRectF line(left, page && withTitle ? 8 : 1, right - left, page ? 24 : 19);
  // The title comes before what the legend explains, and after what tells the marks apart.
  const QFont titleFont = kvloupe::font(page ? TextRole::Title : TextRole::BodyMedium);
  const double whole = withTitle ? QFontMetricsF(titleFont).horizontalAdvance(title_) + 13 : 0;
  const double titleWidth = std::min(
      whole, std::max(kLeastTitle * line.width(), line.width() - legendKeysWidth(legend_)));
  const double legendLeft = paintLegend(painter, legend_, line.adjusted(titleWidth, 0, 0, 0), p);
  if (!withTitle) return shortened;
  const auto write = [&](const QFont& font, const QColor& ink, const QString& words,
                         const QRectF& place) {
    const QString shown = QFontMetricsF(font).elidedText(words, Qt::ElideRight, place.width());
    if (shown != words) shortened.append(words);
    painter.setFont(font);
    painter.setPen(ink);
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
  };
  write(titleFont, p.ink, title_,
        QRectF(left, line.top(), std::max(0.0, legendLeft - 12 - left), line.height()));
  if (!page) return shortened;
  if (aside > 0) paintAside(painter, QRectF(right, 0, aside, headerHeight(true)));
  write(kvloupe::font(TextRole::Chart), p.secondText, subtitle_,
        QRectF(edge, 31, right - edge, 18));
  return shortened;
}

bool ChartFrame::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const bool header = help->pos().y() < plot_->y();
  QToolTip::showText(
      help->globalPos(),
      header && !shortened_.isEmpty() ? plainTip(shortened_.join(QLatin1Char('\n'))) : QString(),
      this);
  return true;
}

void ChartFrame::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = colors();
  painter.fillRect(rect(), density_ == Density::Page ? p.page : p.panel);
  painter.save();
  painter.scale(magnification_, magnification_);
  shortened_ = paintHeader(painter, width() / magnification_, true);
  painter.restore();
  if (!keyboardFocus_) return;
  painter.setPen(QPen(p.ink, 2));
  painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

void ChartFrame::focusInEvent(QFocusEvent* event) {
  const Qt::FocusReason reason = event->reason();
  keyboardFocus_ = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
                   reason == Qt::ShortcutFocusReason;
  update();
}

void ChartFrame::focusOutEvent(QFocusEvent* event) {
  keyboardFocus_ = false;
  if (event->reason() != Qt::PopupFocusReason) hover(-1);
  update();
}

void ChartFrame::hideEvent(QHideEvent*) { hover(-1); }

void ChartFrame::keyPressEvent(QKeyEvent* event) {
  const QRect axes = plot_->axisRect()->rect();
  const QPointF step(axes.width() * kKeyPan, axes.height() * kKeyPan);
  if (event->matches(QKeySequence::Copy)) return copyToClipboard();
  switch (event->key()) {
    case Qt::Key_Left:
      return plot_->panBy({step.x(), 0});
    case Qt::Key_Right:
      return plot_->panBy({-step.x(), 0});
    case Qt::Key_Up:
      return plot_->panBy({0, step.y()});
    case Qt::Key_Down:
      return plot_->panBy({0, -step.y()});
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return plot_->zoomAt(QRectF(axes).center(), kKeyZoom);
    case Qt::Key_Minus:
      return plot_->zoomAt(QRectF(axes).center(), 1 / kKeyZoom);
    case Qt::Key_0:
      if (event->modifiers() & Qt::ControlModifier) return fit();
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (mark_ >= 0) return openMark(mark_);
      break;
    default:
      break;
  }
  QWidget::keyPressEvent(event);
}

bool ChartFrame::focusNextPrevChild(bool next) {
  const int wanted = markAfter(mark_, next);
  if (hasFocus() && wanted >= 0 && wanted < markCount()) {
    hover(wanted);
    return true;
  }
  hover(-1);
  return QWidget::focusNextPrevChild(next);
}

void ChartFrame::contextMenuEvent(QContextMenuEvent* event) {
  // No loop of its own: what takes the chart away while the menu is open takes both.
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(icon(Icon::Copy), tr("Copy chart\tCtrl+C"), this, &ChartFrame::copyToClipboard);
  const auto offer = [&](const QString& words, const QString& suffix) {
    menu->addAction(words, this, [this, suffix] { saveAs(suffix); });
  };
  menu->addSeparator();
  offer(tr("Save as PNG…"), QStringLiteral("png"));
  offer(tr("Save as SVG…"), QStringLiteral("svg"));
  offer(tr("Save as PDF…"), QStringLiteral("pdf"));
  offer(tr("Save values as CSV…"), QStringLiteral("csv"));
  menu->addSeparator();
  menu->addAction(icon(Icon::Fit), tr("Fit to data\tCtrl+0"), this, &ChartFrame::fit);
  menu->popup(event->globalPos());
}

}  // namespace kvloupe
