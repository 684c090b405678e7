// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include "engine/engine.hpp"
#include "pages/tool_row.hpp"

class QLineEdit;
class QSpinBox;

namespace kvloupe {

class SegmentedControl;

/// The tool row of the Attention page: the sentence, whose weights, and how they are coloured.
class AttentionTools : public ToolRow {
  Q_OBJECT

 public:
  explicit AttentionTools(QWidget* parent = nullptr);

  /// Layers and heads that there are to choose from.
  void setModel(const ModelInfo& model);
  /// The sentence that is looked at where the person wrote none.
  void offerSentence(const QString& sentence);
  /// As written; empty: the text's first.
  [[nodiscard]] QString sentence() const { return sentence_; }
  void setSentence(const QString& sentence);
  [[nodiscard]] HeadChoice head() const;
  void setHead(const HeadChoice& choice);
  [[nodiscard]] bool root() const;
  /// The selection as a session keeps it.
  [[nodiscard]] QJsonObject view() const;
  void setView(const QJsonObject& view);
  /// The lower right shows every head, not layers alone.
  [[nodiscard]] bool byHead() const;

 signals:
  void passageChosen();
  void viewChosen();
  void copyRequested();

 private:
  QLineEdit* edit_;
  QSpinBox* layer_;
  QSpinBox* head_;
  SegmentedControl* scale_;
  SegmentedControl* kl_;
  QString sentence_;
  bool modelKnown_ = false;
};

}  // namespace kvloupe
