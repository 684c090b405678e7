// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <utility>

#include "panels/plan_draft.hpp"
#include "types/plan_choices.hpp"

class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QSpinBox;

namespace kvloupe {

class ChoiceBox;
class InkLabel;
class LinkButton;

/// Numbers and lists under a slider: rank, kept, method, bits, and, where they act, basis, tap,
/// rotation, scale, group, seed; at a wish, or where they are set, scope, residual and sink.
class TargetDetails : public QWidget {
  Q_OBJECT

 public:
  explicit TargetDetails(QWidget* parent = nullptr);

  /// `name` stands before the accessible name of every control: "V rank, number"; `key` before the
  /// object names that lessons point at: "vTap".
  void setNames(const QString& name, const QString& key);
  void setSetting(const TargetSetting& setting, const Choices& choices);
  /// Held, no control comes or goes: nothing moves while a slider is dragged.
  void setHeld(bool held);
  void setFolded(bool folded);
  /// Shows and hides what stands there at a wish; for the line above the slider.
  [[nodiscard]] LinkButton* moreLink() const { return more_; }

 signals:
  void rankChosen(int rank);
  void methodChosen(kvloupe::Method method);
  void scopeChosen(kvloupe::Scope scope);
  void settingChosen(const kvloupe::TargetSetting& setting);

 protected:
  /// The wheel counts only with the focus: it scrolls the panel.
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Field {  // a control and the words before it
    InkLabel* words = nullptr;
    QWidget* control = nullptr;
    void setVisible(bool visible) const;
  };
  Field addField(const QString& words, QWidget* control);
  InkLabel* addWords(const QString& words);
  QSpinBox* makeNumber(int least, int step, const QString& tip);
  void showWhatActs();
  void place();
  [[nodiscard]] bool moreShown() const { return moreWanted_ || moreUsed_; }
  void nameMore();
  void connectControls();

  TargetSetting setting_;
  QGridLayout* grid_;
  QSpinBox* rank_;
  QDoubleSpinBox* kept_;
  QComboBox* method_;
  ChoiceBox* bits_;
  ChoiceBox* tap_;
  ChoiceBox* basis_;
  ChoiceBox* scale_;
  ChoiceBox* rotation_;
  QComboBox* scope_;
  QSpinBox* group_;
  QSpinBox* seed_;
  QSpinBox* residual_;
  QSpinBox* sink_;
  InkLabel* onlyTap_;
  LinkButton* more_;
  QString name_;  // of the target
  Field rankField_, keptField_, methodField_, bitsField_, tapField_, basisField_, scaleField_,
      rotationField_, scopeField_, groupField_, seedField_, residualField_, sinkField_,
      onlyTapField_;
  struct Shown {  // of what is not always there
    bool basis = false, tap = false, rotation = false, scale = false, scope = false, group = false,
         seed = false, tokens = false, more = false;
    friend bool operator==(const Shown&, const Shown&) = default;
  };
  Shown shown_;
  bool held_ = false;
  bool folded_ = false;
  bool moreWanted_ = false;  // asked for
  bool moreUsed_ = false;    // something of it is set, or was since this target is compressed
};

}  // namespace kvloupe
