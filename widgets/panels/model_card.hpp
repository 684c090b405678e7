// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>

#include "controls/card.hpp"
#include "panels/models_panel.hpp"

class QVBoxLayout;

namespace kvloupe {

/// A model and its facts; or the place where one can be opened; or why one was not.
class ModelCard : public QWidget {
  Q_OBJECT

 public:
  explicit ModelCard(ModelSlot slot, QWidget* parent = nullptr);
  void setView(const ModelCardView& view);
  void setCacheExtent(const CacheExtent& extent);

 signals:
  void chosen();
  void openRequested();
  void closeRequested();
  void reloadRequested();
  void detailsRequested();
  void retryRequested();
  void dismissRequested();
  void cacheExtentChosen(const kvloupe::CacheExtent& extent);

 protected:
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  QWidget* makeFacts(const ModelCardView& view);
  QWidget* makeEmpty(const ModelCardView& view);
  QWidget* makeRefusal(const ModelCardView::Refusal& refusal);

  ModelSlot slot_;
  ModelCardView view_;
  CacheExtent extent_;
  QVBoxLayout* column_;
  QPointer<CacheSizeRows> cache_;  // of a model
};

}  // namespace kvloupe
