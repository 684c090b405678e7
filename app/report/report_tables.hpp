// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "report/report.hpp"
#include "report/report_source.hpp"

namespace kvloupe {

using ReportModels = std::vector<std::unique_ptr<ReportModel>>;

/// "A demo:gqa" where there are two models, else the name alone.
[[nodiscard]] QString columnOf(const ReportModels& models, const ReportModel& model);

/// Facts, a column a model: family, shapes, dtype, device, cache.
[[nodiscard]] ReportTable modelsTable(const ReportModels& models);
/// What everything was measured on, a column a model: protocol, context, tokens, seed.
[[nodiscard]] ReportTable settingsTable(const ReportModels& models);
/// Texts and weight files with their SHA-256.
[[nodiscard]] ReportTable hashesTable(const ReportModels& models);

/// Spread of K and V (in MLA of the latent and the rotary key) a layer, with its interval and the
/// noise floor. The model has an analysis.
[[nodiscard]] ReportTable layersTable(const ReportModel& model);
/// The baseline and every plan that can be laid beside it.
[[nodiscard]] ReportTable plansTable(const ReportModel& model);
/// The model has a sensitivity.
[[nodiscard]] ReportTable sensitivityTable(const ReportModel& model);

}  // namespace kvloupe
