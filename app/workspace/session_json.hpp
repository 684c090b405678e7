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
  QString fault;     // of a document that was read: what of it cannot be, in one line; else empty
};

/// The document. Paths of texts are absolute.
[[nodiscard]] std::string sessionText(const Slots& models, const SessionParts& parts);

/// Takes the document of a run back: drafts and kept plans into `models`, which show that run, the
/// rest into the result. A file may hold anything: what is missing, of another kind or impossible
/// for its model leaves `now` and the models as they are, and the result's `fault` says so.
[[nodiscard]] SessionParts restoreSession(const std::string& text, Slots& models,
                                          const SessionParts& now);

}  // namespace kvloupe
