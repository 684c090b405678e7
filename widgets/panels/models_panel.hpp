// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "controls/badge.hpp"
#include "panels/cache_size_rows.hpp"

class QComboBox;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace kvloupe {

class InkLabel;
class ElidedLabel;
class ModelCard;

/// One place for a model.
struct ModelCardView {
  enum class Kind : std::uint8_t { Empty, Opening, Open, Saved };
  struct Refusal {
    QString name;
    QString reason;
  };
  Kind kind = Kind::Empty;
  QString name;
  bool active = false;  // its figures and its plan are shown
  std::vector<std::pair<QString, QString>> facts;
  QStringList warnings;  // what is odd about the folder, in words
  double cacheBytesPerToken = 0, planBytesPerToken = 0;
  std::optional<Refusal> refusal;  // a model that did not open

  friend bool operator==(const ModelCardView& a, const ModelCardView& b);
};

/// Perplexity protocols that can be chosen.
inline constexpr std::array<const char*, 3> kProtocols = {"papers", "strided", "llama.cpp"};

/// A text that can be chosen.
struct TextChoice {
  QString name;
  QString path;  // empty: the demo's own
  friend bool operator==(const TextChoice&, const TextChoice&) = default;
};

struct ModelsView {
  std::array<ModelCardView, 2> cards;
  std::vector<TextChoice> calibrations, evaluations;
  QString calibration, evaluation;          // paths chosen
  std::int64_t calibrationTokens = 0;       // 0: all
  QString calibrationNote, evaluationNote;  // "of 131,072", "131,072 tokens"
  QString protocol = "papers";              // one of kProtocols
  int context = 2048, maxContext = 2048;
  QString device;
  bool settingsEnabled = false;
  bool canAnalyse = false, canStop = false;
  QString analyseHint;  // what Analyse does, or why it cannot
};

/// The models that are open, what they are measured on, and the two buttons that start and stop.
class ModelsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit ModelsPanel(QWidget* parent = nullptr);
  void setView(const ModelsView& view);
  [[nodiscard]] const ModelsView& view() const { return view_; }
  /// What the cache's size is shown for.
  void setCacheExtent(const CacheExtent& extent);
  /// Its own title; not where a tab above it bears it.
  void setHeadShown(bool shown) { head_->setVisible(shown); }

 signals:
  void chosen(kvloupe::ModelSlot slot);
  void openRequested(kvloupe::ModelSlot slot);
  void closeRequested(kvloupe::ModelSlot slot);
  void reloadRequested(kvloupe::ModelSlot slot);
  void detailsRequested(kvloupe::ModelSlot slot);
  void retryRequested(kvloupe::ModelSlot slot);
  void dismissRequested(kvloupe::ModelSlot slot);
  void calibrationChosen(const QString& path);
  void calibrationFileRequested();
  void calibrationTokensChosen(qint64 tokens);
  void evaluationChosen(const QString& path);
  void evaluationFileRequested();
  void protocolChosen(const QString& protocol);
  void contextChosen(int tokens);
  void cacheExtentChosen(const kvloupe::CacheExtent& extent);
  void analyseRequested();
  void stopRequested();

 private:
  QWidget* makeSettings();
  void fillTexts(QComboBox* box, const std::vector<TextChoice>& choices, const QString& chosen);

  ModelsView view_;
  std::array<ModelCard*, 2> cards_;
  QWidget* head_;
  QWidget* settings_;
  QComboBox* calibration_;
  QComboBox* tokens_;
  InkLabel* calibrationNote_;
  QComboBox* evaluation_;
  InkLabel* evaluationNote_;
  QComboBox* protocol_;
  QSpinBox* context_;
  ElidedLabel* device_;
  QPushButton* analyse_;
  QPushButton* stop_;
};

}  // namespace kvloupe
