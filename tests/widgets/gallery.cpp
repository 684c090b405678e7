// SPDX-License-Identifier: GPL-3.0-or-later
// gallery FOLDER: pictures of every chart and control, light and dark, at the pixel ratio that
// QT_SCALE_FACTOR asks for. Figures are invented.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFormLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPixmap>
#include <QProgressBar>
#include <QRadioButton>
#include <QSpinBox>
#include <QStatusBar>
#include <QTabBar>
#include <QVBoxLayout>
#include <cmath>
#include <functional>
#include <memory>

#include "charts/convergence_chart.hpp"
#include "charts/layers_chart.hpp"
#include "charts/plan_plane_chart.hpp"
#include "controls/badge.hpp"
#include "controls/buttons.hpp"
#include "controls/card.hpp"
#include "controls/chip.hpp"
#include "controls/labels.hpp"
#include "controls/rank_slider.hpp"
#include "controls/ring_progress.hpp"
#include "controls/segmented_control.hpp"
#include "controls/state_pill.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

/// Reproducible noise in [-1, 1].
double wobble(int i) { return std::sin(12.9898 * i) * std::cos(4.1414 * i + 1); }

LayersChartData layers(int count, const std::vector<Target>& targets,
                       ModelSlot slot = ModelSlot::A) {
  static const double k[] = {118, 46, 29, 22, 18, 34};
  static const double v[] = {4.1, 2.9, 2.4, 2.2, 2.6, 3.3};
  LayersChartData data;
  data.modelName = QStringLiteral("demo:gqa");
  data.slot = slot;
  data.title = QStringLiteral("Variance spread per layer");
  data.subtitle = QStringLiteral(
      "demo:gqa · taps k_rope and v · heads joined (128 dimensions) · 2,048 calibration tokens");
  data.axisLabel = QStringLiteral("Spread: largest σ / smallest σ");
  for (int i = 0; i < count; ++i) data.layers.push_back(i);
  for (const Target target : targets) {
    LayersChartData::Series series;
    series.target = target;
    series.name = target == Target::Latent    ? QStringLiteral("latent")
                  : target == Target::RopeKey ? QStringLiteral("rotary key")
                                              : chipLetter(target);
    series.tapLabel = target == Target::V ? QStringLiteral("v") : QStringLiteral("k_rope");
    series.dimensions = 128;
    for (int i = 0; i < count; ++i) {
      double value = target == Target::V ? v[i % 6] : k[i % 6];
      if (target == Target::Latent) value = 2 + 0.5 * wobble(i);
      if (target == Target::RopeKey) value = 6 + 2 * wobble(i + 3);
      value *= 1 + 0.15 * wobble(i + count);
      series.value.emplace_back(value);
      series.whisker.emplace_back(Interval{value * 0.89, value * 1.12});
      series.notToldFromNoise.push_back(false);
      series.floors.emplace_back(NoiseFloor{2048, 1.08, 1.1});
      series.state.push_back(BarState::Measured);
    }
    data.series.push_back(std::move(series));
  }
  data.noise.assign(static_cast<std::size_t>(count), NoiseFloor{2048, 1.08, 1.11});
  data.tokens = 2048;
  return data;
}

LayersChartData streaming() {
  LayersChartData data = layers(6, {Target::K, Target::V});
  for (auto& series : data.series)
    for (std::size_t i = 2; i < 6; ++i)
      series.state[i] = i == 2 ? BarState::Measuring : BarState::Stale;
  for (std::size_t i = 0; i < 3; ++i) data.noise[i] = NoiseFloor{131072, 1.01, 1.015};
  data.notes = {{2, 2, QStringLiteral("Layer 2"), QStringLiteral("76,032 of 131,072 tokens")},
                {3, 5, QStringLiteral("Layers 3 to 5"), QStringLiteral("waiting; last run shown")}};
  return data;
}

ConvergenceData convergence() {
  ConvergenceData data;
  data.tokensPlanned = 130816;
  data.budgets = {1};
  for (int i = 1; i <= 182; ++i) {
    const double share = 1.0 / std::sqrt(i);
    const double value = 0.94 + 0.9 * share * wobble(i / 3);
    ConvergencePoint point{i * 511, value, {}};
    if (i >= 3) point.interval = Interval{value - 1.6 * share, value + 1.6 * share};
    data.points.push_back(point);
  }
  return data;
}

PlanPlaneData plans() {
  PlanPlaneData data;
  const auto add = [&](double ratio, double delta, DataRole role, double half) {
    PlanPlaneData::Point point;
    point.cacheRatio = ratio;
    point.deltaPplPercent = delta;
    point.interval = Interval{delta - half, delta + half};
    point.role = role;
    point.spec = QStringLiteral("v:rank=24");
    point.protocol = QStringLiteral("papers");
    point.context = 512;
    point.tokens = 130816;
    data.points.push_back(point);
  };
  add(1.06, 1.0, DataRole::K, 0.1);
  add(1.1, 2.3, DataRole::K, 0.2);
  add(1.14, 4.6, DataRole::K, 0.35);
  add(1.23, 21, DataRole::K, 1);
  add(1.14, 1.1, DataRole::KV, 0.1);
  add(1.33, 4.8, DataRole::KV, 0.4);
  add(1.14, 0.15, DataRole::V, 0.05);
  add(1.23, 0.27, DataRole::V, 0.05);
  add(1.33, 0.5, DataRole::V, 0.06);
  add(1.39, 0.7, DataRole::V, 0.07);
  add(1.44, 0.84, DataRole::V, 0.08);
  add(1.455, 0.94, DataRole::V, 0.1);
  add(1.52, 1.6, DataRole::V, 0.15);
  add(1.58, 2.6, DataRole::V, 0.2);
  add(1.6, 3.1, DataRole::V, 0.25);
  add(1.68, 9, DataRole::V, 0.5);
  data.current = PlanPlaneData::Current{1.455, 0.94, FigureState::Measured};
  return data;
}

QWidget* sliders() {
  auto* panel = new QWidget;
  panel->setAutoFillBackground(true);
  panel->setBackgroundRole(QPalette::AlternateBase);
  panel->resize(304, 420);
  auto* column = new QVBoxLayout(panel);
  auto* presets = new SegmentedControl({QStringLiteral("V only"), QStringLiteral("K only"),
                                        QStringLiteral("K + V"), QStringLiteral("Latent")});
  presets->setEqualWidths(true);
  presets->setCurrentIndex(0);
  presets->setSegmentEnabled(3, false);
  column->addWidget(presets);
  for (const Target target : {Target::K, Target::V, Target::Latent, Target::RopeKey}) {
    auto* row = new QHBoxLayout;
    row->addWidget(new Chip(target));
    row->addWidget(new InkLabel(TextRole::BodyMedium, Ink::Text, targetTitle(target)));
    row->addStretch();
    row->addWidget(new LinkButton(QStringLiteral("Reset")));
    auto* fold = new IconButton(Icon::ChevronDown, QStringLiteral("Fold"));
    row->addWidget(fold);
    column->addLayout(row);
    auto* slider = new RankSlider(target, target == Target::Latent ? 128 : 64);
    slider->setValue(target == Target::V ? 24 : target == Target::Latent ? 88 : 64);
    if (target == Target::V)
      slider->setMarks(
          {{25, QStringLiteral("1 %")}, {17, QStringLiteral("3 %")}, {14, QStringLiteral("5 %")}});
    slider->setEnabled(target != Target::RopeKey);
    column->addWidget(slider);
  }
  return panel;
}

QWidget* controls() {
  auto* panel = new QWidget;
  panel->setAutoFillBackground(true);
  panel->setBackgroundRole(QPalette::AlternateBase);
  panel->resize(460, 560);
  auto* column = new QVBoxLayout(panel);
  auto* bar = new QMenuBar;
  for (const char* name : {"File", "Edit", "View", "Run", "Lessons", "Help"})
    bar->addMenu(QString::fromLatin1(name));
  column->addWidget(bar);
  auto* tabs = new QTabBar;
  for (const char* name : {"Layers", "Dimensions", "Attention"})
    tabs->addTab(QString::fromLatin1(name));
  tabs->setDrawBase(false);
  column->addWidget(tabs);
  auto* row = new QHBoxLayout;
  for (const FigureState state : {FigureState::Estimate, FigureState::Measuring}) {
    auto* pill = new StatePill;
    pill->setState(state, 0.71);
    row->addWidget(pill);
  }
  row->addStretch();
  column->addLayout(row);
  row = new QHBoxLayout;
  for (const FigureState state : {FigureState::Measured, FigureState::Stale, FigureState::Failed}) {
    auto* pill = new StatePill;
    pill->setState(state);
    row->addWidget(pill);
  }
  row->addStretch();
  column->addLayout(row);
  row = new QHBoxLayout;
  auto* combo = new QComboBox;
  combo->addItems({QStringLiteral("Spread"), QStringLiteral("Robust spread")});
  row->addWidget(combo);
  auto* spin = new QSpinBox;
  spin->setRange(1, 64);
  spin->setValue(64);
  row->addWidget(spin);
  auto* kept = new QDoubleSpinBox;
  kept->setSuffix(QStringLiteral("\u00a0%"));
  kept->setValue(37.5);
  kept->setDecimals(1);
  row->addWidget(kept);
  row->addWidget(new QLineEdit(QStringLiteral("field")));
  column->addLayout(row);
  row = new QHBoxLayout;
  auto* floor = new QCheckBox(QStringLiteral("Noise floor"));
  floor->setChecked(true);
  row->addWidget(floor);
  row->addWidget(new QCheckBox(QStringLiteral("Link K and V")));
  auto* off = new QCheckBox(QStringLiteral("Off"));
  off->setEnabled(false);
  row->addWidget(off);
  auto* radio = new QRadioButton(QStringLiteral("One"));
  radio->setChecked(true);
  row->addWidget(radio);
  column->addLayout(row);
  row = new QHBoxLayout;
  auto* analyse = new QPushButton(QStringLiteral("Analyse"));
  setPrimary(analyse);
  row->addWidget(analyse);
  row->addWidget(new QPushButton(QStringLiteral("Open a model…")));
  auto* stop = new QPushButton(QStringLiteral("Stop"));
  stop->setEnabled(false);
  row->addWidget(stop);
  column->addLayout(row);
  row = new QHBoxLayout;
  auto* progress = new QProgressBar;
  progress->setRange(0, 100);
  progress->setValue(71);
  row->addWidget(progress);
  auto* ring = new RingProgress;
  ring->setProgress(0.7);
  row->addWidget(ring);
  for (const ModelSlot slot : {ModelSlot::A, ModelSlot::B}) {
    row->addWidget(new Badge(slot));
    auto* hollow = new Badge(slot);
    hollow->setHollow(true);
    row->addWidget(hollow);
  }
  column->addLayout(row);
  auto* icons = new QHBoxLayout;
  icons->setSpacing(0);
  auto* more = new QHBoxLayout;
  more->setSpacing(0);
  for (int i = 0; i <= static_cast<int>(Icon::App); ++i)
    (i < 12 ? icons : more)
        ->addWidget(new IconButton(static_cast<Icon>(i), QStringLiteral("icon")));
  column->addLayout(icons);
  column->addLayout(more);
  for (const Card::Look look : {Card::Look::Plain, Card::Look::Empty, Card::Look::Error}) {
    auto* card = new Card;
    card->setLook(look);
    auto* inner = new QVBoxLayout(card);
    inner->addWidget(new InkLabel(TextRole::Chart,
                                  look == Card::Look::Error ? Ink::Error : Ink::Second,
                                  QStringLiteral("Family qwen2 · GQA")));
    column->addWidget(card);
  }
  auto* line = new QFrame;
  line->setFrameShape(QFrame::HLine);
  column->addWidget(line);
  return panel;
}

QWidget* menu() {
  auto* menu = new QMenu;
  menu->addAction(icon(Icon::Open), QStringLiteral("Open model…\tCtrl+O"));
  menu->addAction(icon(Icon::Save), QStringLiteral("Save run\tCtrl+S"))->setEnabled(false);
  menu->addSeparator();
  QAction* log = menu->addAction(QStringLiteral("Log"));
  log->setCheckable(true);
  log->setChecked(true);
  menu->addMenu(QStringLiteral("Theme"))->addAction(QStringLiteral("Dark"));
  menu->resize(menu->sizeHint());
  return menu;
}

struct Piece {
  const char* name;
  std::function<QWidget*()> make;
};

template <typename Chart, typename Data>
std::function<QWidget*()> chart(QSize size, Data data) {
  return [size, data] {
    auto* widget = new Chart;
    widget->resize(size);
    widget->setData(data);
    widget->setProvenance(
        QStringLiteral("demo:gqa · taps k_rope, v · 2,048 calibration tokens · KV Loupe 0.1.0"));
    return widget;
  };
}

/// What the program does with --export layers.
void exportLayersFigure(const LayersChartData& data, const QString& provenance, const QString& path,
                        const FigureSpec& spec = FigureSpec::twoColumns()) {
  LayersChart chart;
  chart.setData(data);
  chart.setProvenance(provenance);
  chart.save(path, spec);
}

int run(QApplication& app, const QDir& folder) {
  LayersChartData mla = layers(6, {Target::Latent, Target::RopeKey, Target::K, Target::V});
  LayersChartData linear = layers(6, {Target::K, Target::V});
  linear.log = false;
  LayersChartData nothing;
  nothing.axisLabel = linear.axisLabel;
  nothing.title = linear.title;
  const std::vector<Piece> pieces = {
      {"layers", chart<LayersChart>({900, 544}, layers(6, {Target::K, Target::V}))},
      {"layers-streaming", chart<LayersChart>({900, 544}, streaming())},
      {"layers-narrow", chart<LayersChart>({676, 508}, layers(6, {Target::K, Target::V}))},
      {"layers-1", chart<LayersChart>({900, 400}, layers(1, {Target::K, Target::V}))},
      {"layers-28", chart<LayersChart>({900, 400}, layers(28, {Target::K, Target::V}))},
      {"layers-80", chart<LayersChart>({900, 400}, layers(80, {Target::K, Target::V}))},
      {"layers-mla", chart<LayersChart>({900, 400}, mla)},
      {"layers-mla-60", chart<LayersChart>({900, 400}, layers(60, {Target::Latent, Target::RopeKey,
                                                                   Target::K, Target::V}))},
      {"layers-b", chart<LayersChart>({900, 400}, layers(6, {Target::K, Target::V}, ModelSlot::B))},
      {"layers-linear", chart<LayersChart>({900, 400}, linear)},
      {"layers-empty", chart<LayersChart>({900, 400}, nothing)},
      {"convergence", chart<ConvergenceChart>({360, 190}, convergence())},
      {"convergence-empty", chart<ConvergenceChart>({360, 190}, ConvergenceData{})},
      {"plans", chart<PlanPlaneChart>({370, 190}, plans())},
      {"plans-empty", chart<PlanPlaneChart>({370, 190}, PlanPlaneData{})},
      {"sliders", sliders},
      {"controls", controls},
      {"menu", menu},
  };
  for (const ThemeKind kind : {ThemeKind::Light, ThemeKind::Dark}) {
    applyTheme(app, kind);
    for (const Piece& piece : pieces) {
      const std::unique_ptr<QWidget> widget(piece.make());
      widget->setAttribute(Qt::WA_DontShowOnScreen);
      widget->show();
      QApplication::processEvents();
      const QPixmap picture = widget->grab();
      picture.save(folder.filePath(QStringLiteral("%1-%2-%3x.png")
                                       .arg(QLatin1String(piece.name), kind == ThemeKind::Light
                                                                           ? QStringLiteral("light")
                                                                           : QStringLiteral("dark"))
                                       .arg(picture.devicePixelRatio())));
    }
  }
  const QString line = QStringLiteral("demo:gqa · taps k_rope, v · 2,048 tokens · KV Loupe 0.1.0");
  for (const char* suffix : {"svg", "png"}) {
    const QString end = QString::fromLatin1(suffix);
    exportLayersFigure(layers(6, {Target::K, Target::V}), line,
                       folder.filePath(QStringLiteral("figure-178mm.") + end));
    exportLayersFigure(streaming(), line, folder.filePath(QStringLiteral("figure-85mm.") + end),
                       FigureSpec::oneColumn());
    exportLayersFigure(layers(6, {Target::K, Target::V}), line,
                       folder.filePath(QStringLiteral("figure-slide.") + end), FigureSpec::slide());
  }
  return 0;
}

}  // namespace
}  // namespace kvloupe

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  if (argc != 2 || !QDir().mkpath(QString::fromLocal8Bit(argv[1]))) {
    qWarning("usage: gallery FOLDER");
    return 2;
  }
  return kvloupe::run(app, QDir(QString::fromLocal8Bit(argv[1])));
}
