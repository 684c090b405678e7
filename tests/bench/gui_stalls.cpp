// SPDX-License-Identifier: GPL-3.0-or-later
// How long the GUI thread of the real window stalls while a model of Qwen2.5-0.5B's shape opens,
// streams, is dragged at 200 moves a second, is cancelled, saved, written as a report and closed.
// Weights are random, written once into a folder that is removed at the end.
#include <CLI/CLI.hpp>
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "bench/figures_file.hpp"
#include "bench/gui_watch.hpp"
#include "charts/chart_frame.hpp"
#include "charts/chart_plot.hpp"
#include "charts/layers_chart.hpp"
#include "core_module/core_module.hpp"
#include "jobs/job_runner.hpp"
#include "pages/layers_page.hpp"
#include "report/report_source.hpp"
#include "report/report_writer.hpp"
#include "theme/theme.hpp"
#include "window/main_window.hpp"
#include "window/workbench.hpp"
#include "workspace/workspace.hpp"

using namespace kvloupe;

namespace {

struct Tensor {
  std::string name;
  std::vector<int> shape;
};

std::vector<Tensor> tensorsOf(int layers) {
  constexpr int kHidden = 896, kKeys = 128, kInner = 4864, kVocabulary = 151936;
  std::vector<Tensor> tensors{{"model.embed_tokens.weight", {kVocabulary, kHidden}},
                              {"model.norm.weight", {kHidden}}};
  for (int layer = 0; layer < layers; ++layer) {
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    for (const auto& [name, rows] :
         {std::pair("q", kHidden), std::pair("k", kKeys), std::pair("v", kKeys)}) {
      tensors.push_back({at + "self_attn." + name + "_proj.weight", {rows, kHidden}});
      tensors.push_back({at + "self_attn." + name + "_proj.bias", {rows}});
    }
    tensors.push_back({at + "self_attn.o_proj.weight", {kHidden, kHidden}});
    tensors.push_back({at + "mlp.gate_proj.weight", {kInner, kHidden}});
    tensors.push_back({at + "mlp.up_proj.weight", {kInner, kHidden}});
    tensors.push_back({at + "mlp.down_proj.weight", {kHidden, kInner}});
    tensors.push_back({at + "input_layernorm.weight", {kHidden}});
    tensors.push_back({at + "post_attention_layernorm.weight", {kHidden}});
  }
  return tensors;
}

/// A Hugging Face folder with random BF16 weights and the demo's tokenizer.
bool writeModel(const QString& folder, int layers) {
  QFile config(folder + "/config.json");
  if (!config.open(QIODevice::WriteOnly)) return false;
  config.write(QString(R"({"model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896,
      "intermediate_size": 4864, "num_hidden_layers": %1, "num_attention_heads": 14,
      "num_key_value_heads": 2, "max_position_embeddings": 32768, "rms_norm_eps": 1e-6,
      "rope_theta": 1000000.0, "tie_word_embeddings": true, "hidden_act": "silu",
      "torch_dtype": "bfloat16"})")
                   .arg(layers)
                   .toUtf8());
  config.close();
  for (const char* name : {"tokenizer.json", "tokenizer_config.json"})
    QFile::copy(QString(KVLOUPE_DEMO) + "/gqa/" + name, folder + "/" + name);

  std::string header = "{";
  std::size_t offset = 0;
  const std::vector<Tensor> tensors = tensorsOf(layers);
  for (const Tensor& tensor : tensors) {
    std::size_t bytes = 2;
    std::string shape;
    for (const int size : tensor.shape) {
      bytes *= static_cast<std::size_t>(size);
      if (!shape.empty()) shape += ',';
      shape += std::to_string(size);
    }
    header += header.size() > 1 ? ",\"" : "\"";
    header += tensor.name;
    header += R"(":{"dtype":"BF16","shape":[)";
    header += shape;
    header += R"(],"data_offsets":[)";
    header += std::to_string(offset);
    header += ',';
    header += std::to_string(offset + bytes);
    header += "]}";
    offset += bytes;
  }
  header += "}";
  header.append((8 - header.size() % 8) % 8, ' ');
  QFile weights(folder + "/model.safetensors");
  if (!weights.open(QIODevice::WriteOnly)) return false;
  const std::uint64_t length = header.size();
  weights.write(reinterpret_cast<const char*>(&length), sizeof length);
  weights.write(header.data(), static_cast<qint64>(header.size()));
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 0.02F);
  std::vector<std::uint16_t> block(std::size_t{1} << 20);
  for (std::uint16_t& value : block) {
    const float drawn = normal(random);
    std::uint32_t bits = 0;
    std::memcpy(&bits, &drawn, sizeof bits);
    value = static_cast<std::uint16_t>(bits >> 16U);
  }
  for (std::size_t left = offset; left > 0;) {
    const std::size_t part = std::min(left, block.size() * 2);
    if (weights.write(reinterpret_cast<const char*>(block.data()), static_cast<qint64>(part)) !=
        static_cast<qint64>(part))
      return false;
    left -= part;
  }
  return weights.flush();
}

void turn(int ms) {
  QEventLoop loop;
  QTimer::singleShot(ms, &loop, &QEventLoop::quit);
  loop.exec();
}

/// Turns the event loop until `done`, or for so many seconds.
bool until(const std::function<bool()>& done, int seconds) {
  QElapsedTimer timer;
  timer.start();
  while (!done() && timer.elapsed() < 1000LL * seconds) turn(5);
  return done();
}

}  // namespace

int main(int argc, char** argv) {
  int layers = 24;
  std::string jsonPath;
  CLI::App options(
      "How long the GUI thread of the real window stalls while a model of Qwen2.5-0.5B's width "
      "opens, streams, is dragged, cancelled, saved, reported on and closed: by the clock, and in "
      "processor time of that thread");
  options.add_option("--layers", layers, "of the model")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  options.add_option("--json", jsonPath, "write the figures to this file");
  CLI11_PARSE(options, argc, argv);
  WatchedApplication app(argc, argv);
  QTemporaryDir folder;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
  QApplication::setOrganizationName("kvloupe");
  QApplication::setApplicationName("KV Loupe");
  applyTheme(app, ThemeKind::Light);
  if (!writeModel(folder.path(), layers)) {
    QTextStream(stderr) << "the model could not be written\n";
    return 1;
  }
  auto runner = std::make_unique<JobRunner>([] { return loadEngine(KVLOUPE_CORE_MODULE); });
  Workspace workspace(runner.get());
  MeasurementSettings settings;
  settings.calibrationPath = QString(KVLOUPE_DEMO) + "/calibration.txt";
  settings.evaluationPath = QString(KVLOUPE_DEMO) + "/evaluation.txt";
  settings.calibrationTokens = 2048;
  settings.context = 256;
  workspace.setSettings(settings);
  auto window = std::make_unique<MainWindow>(&workspace);
  window->show();
  turn(300);
  runner->start();

  GuiWatch watchdog(&app);
  const auto measures = [&](NeedKind kind) { return workspace.activity().measuring == kind; };
  watchdog.phase("the model opens", [&] {
    window->openPath(folder.path());
    until([&] { return workspace.hasModel(); }, 300);
  });
  if (!workspace.hasModel()) {
    QTextStream(stderr) << "the model did not open\n";
    return 1;
  }
  int redraws = 0, news = 0;
  ChartPlot* bars = window->workbench()->page<LayersPage>()->chart()->plot();
  const auto drawn = QObject::connect(bars, &QCustomPlot::afterReplot, [&] { ++redraws; });
  const auto told = QObject::connect(&workspace, &Workspace::analysisChanged, [&] { ++news; });
  const double streamed =
      watchdog
          .phase(
              "all layers stream",
              [&] {
                until([&] { return analysisCurrent(workspace.activeSlot(), workspace.settings()); },
                      600);
              })
          .seconds;
  QObject::disconnect(drawn);
  QObject::disconnect(told);
  QTextStream(stdout) << QString("%1 redraws a second of the layers' bars, %2 news a second\n")
                             .arg(redraws / streamed, 0, 'f', 1)
                             .arg(news / streamed, 0, 'f', 1);
  // What one redraw takes, however seldom there is something new to draw.
  constexpr int kRepeats = 20;
  const double before = threadCpuMs();
  for (int i = 0; i < kRepeats; ++i) {
    emit workspace.analysisChanged(Slot::A);
    bars->replot(QCustomPlot::rpImmediateRefresh);
  }
  const double redrawMs = (threadCpuMs() - before) / kRepeats;
  QTextStream(stdout)
      << QString("%1 ms of CPU a redraw of %2 layers\n").arg(redrawMs, 0, 'f', 1).arg(layers);
  watchdog.phase("pages change while measuring", [&] {
    for (int round = 0; round < 3; ++round)
      for (int page = 0; page < static_cast<int>(window->workbench()->pages().size()); ++page) {
        window->workbench()->showPage(page);
        turn(120);
      }
    window->showPage("layers");
  });
  watchdog.phase("a slider at 200 moves a second", [&] {
    const int dim = workspace.activeSlot().draft.find(Target::V)->dim();
    for (int move = 0; move < 400; ++move) {
      workspace.editPlan(withRank(workspace.activeSlot().draft, Target::V, 1 + move % (dim - 1)),
                         1);
      turn(5);
    }
  });
  watchdog.phase("a plan is measured for 5 s", [&] {
    until([&] { return measures(NeedKind::Plan); }, 60);
    turn(5000);
  });
  watchdog.phase("it is cancelled", [&] {
    workspace.cancel();
    until([&] { return !workspace.activity().busy() || runner->idle(); }, 60);
  });
  watchdog.phase("the run is saved", [&] {
    workspace.saveRun(folder.filePath("run.kvl.h5"));
    until([&] { return !workspace.saving(); }, 120);
  });
  watchdog.phase("a report is written", [&] {
    ReportSource source(workspace);
    ReportChoice choice;
    for (const ReportOffer& offer : source.offers())
      if (offer.absence.isEmpty()) choice.figures << offer.key;
    ReportWriter writer(source, choice, reportPaths(folder.filePath("report")));
    bool ended = false;
    QObject::connect(&writer, &ReportWriter::written, [&] { ended = true; });
    QObject::connect(&writer, &ReportWriter::failed, [&] { ended = true; });
    writer.start();
    until([&] { return ended; }, 120);
  });
  // What each of its figures takes: a figure is drawn in one event.
  nlohmann::json figures = nlohmann::json::array();
  for (ChartFrame* chart : window->findChildren<ChartFrame*>()) {
    if (chart->csvRows().size() < 2) continue;  // empty
    const FigureSpec spec = FigureSpec::twoColumns();
    const double begin = threadCpuMs();
    const qsizetype svgBytes = chart->renderSvg(spec).size();
    const double afterSvg = threadCpuMs();
    chart->save(folder.filePath("figure.pdf"), spec);
    const double written = threadCpuMs();
    QTextStream(stdout) << QString("%1: %2 ms of CPU as SVG (%3 KB), %4 ms as PDF\n")
                               .arg(chart->title())
                               .arg(afterSvg - begin, 0, 'f', 1)
                               .arg(svgBytes / 1000)
                               .arg(written - afterSvg, 0, 'f', 1);
    figures.push_back({{"figure", chart->title().toStdString()},
                       {"svg_cpu_ms", afterSvg - begin},
                       {"svg_bytes", svgBytes},
                       {"pdf_cpu_ms", written - afterSvg}});
  }
  watchdog.phase("the window closes while busy", [&] {
    workspace.resume();
    until([&] { return workspace.activity().busy(); }, 10);
    turn(500);
    window->close();
  });
  window.reset();
  QElapsedTimer timer;
  timer.start();
  runner.reset();
  const qint64 ended = timer.elapsed();
  QTextStream(stdout) << QString("the worker ended %1 ms after it was asked to\n").arg(ended);
  nlohmann::json phases = nlohmann::json::array();
  for (const GuiPhase& phase : watchdog.phases())
    phases.push_back({{"phase", phase.name.toStdString()},
                      {"seconds", phase.seconds},
                      {"longest_stall_ms", phase.longestMs},
                      {"longest_stall_cpu_ms", phase.longestCpuMs},
                      {"most_cpu_ms", phase.busiestCpuMs},
                      {"stalls_over_50_ms", phase.overWall},
                      {"stalls_over_50_ms_cpu", phase.overCpu},
                      {"longest_event_cpu_ms", phase.eventMs},
                      {"longest_event", phase.event.toStdString()}});
  writeFigures(jsonPath, {{"layers", layers},
                          {"phases", phases},
                          {"figures", figures},
                          {"redraws_per_second", redraws / streamed},
                          {"news_per_second", news / streamed},
                          {"redraw_cpu_ms", redrawMs},
                          {"worker_ended_ms", ended}});
  return 0;
}
