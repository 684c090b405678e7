// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/kept_plans.hpp"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QSettings>
#include <QUrl>
#include <algorithm>

#include "common/error.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe {
namespace {

/// Models of one name are told apart by their configuration. Names hold slashes and colons, which
/// mean something in a key of the settings.
QString keyOf(const ModelInfo& model) {
  const QByteArray config = QByteArray::fromStdString(model.configJson);
  return "plans/" +
         QString::fromLatin1(
             QUrl::toPercentEncoding(QString::fromStdString(model.name)) + '-' +
             QCryptographicHash::hash(config, QCryptographicHash::Sha256).toHex().left(12));
}

}  // namespace

std::vector<NamedPlan> readKeptPlans(const ModelInfo& model) {
  std::vector<NamedPlan> plans;
  QSettings settings;
  const int count = settings.beginReadArray(keyOf(model));
  for (int i = 0; i < count; ++i) {
    settings.setArrayIndex(i);
    NamedPlan plan{settings.value("name").toString(), {}};
    try {
      plan.specs = parseSpecs(settings.value("specs").toString().toStdString());
      (void)resolvePlan(plan.specs, model);
    } catch (const Error&) {
      continue;  // written by another version, or by hand
    }
    plans.push_back(std::move(plan));
  }
  settings.endArray();
  return plans;
}

std::vector<NamedPlan> withSession(std::vector<NamedPlan> own,
                                   const std::vector<NamedPlan>& session) {
  const auto has = [&own](const NamedPlan& wanted) {
    return std::find(own.begin(), own.end(), wanted) != own.end();
  };
  const auto named = [&own](const QString& name) {
    return std::any_of(own.begin(), own.end(),
                       [&](const NamedPlan& plan) { return plan.name == name; });
  };
  for (NamedPlan plan : session) {
    if (has(plan)) continue;
    while (named(plan.name) && !has(plan))
      plan.name = QCoreApplication::translate("KeptPlans", "%1 (run)").arg(plan.name);
    if (!has(plan)) own.push_back(plan);
  }
  return own;
}

void storeKeptPlans(const ModelInfo& model, const std::vector<NamedPlan>& plans) {
  QSettings settings;
  settings.remove(keyOf(model));
  settings.beginWriteArray(keyOf(model), static_cast<int>(plans.size()));
  for (std::size_t i = 0; i < plans.size(); ++i) {
    settings.setArrayIndex(static_cast<int>(i));
    settings.setValue("name", plans[i].name);
    settings.setValue("specs", plans[i].specs.empty()
                                   ? QString()
                                   : QString::fromStdString(specText(plans[i].specs)));
  }
  settings.endArray();
}

}  // namespace kvloupe
