// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <string>

#include "workspace/slot_state.hpp"

namespace kvloupe {

/// What a person had before them, beside what was measured: kept in a run as one JSON document
/// (resources/manual/file-format.md, "Session").
struct SessionParts {
  Slot active = Slot::A;
  MeasurementSettings settings;
  QJsonObject view;  // the window's own part: page, selections, zooms
};

/// The document. Paths of texts are absolute.
[[nodiscard]] std::string sessionText(const Slots& models, const SessionParts& parts);

/// Takes the document of a run back: drafts into `models`, which show that run, the rest into the
/// result. A file may hold anything: what is missing, of another kind or impossible for its model
/// leaves `now` and the models as they are.
[[nodiscard]] SessionParts restoreSession(const std::string& text, Slots& models,
                                          const SessionParts& now);

}  // namespace kvloupe
