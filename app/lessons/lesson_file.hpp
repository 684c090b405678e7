// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <vector>

#include "lessons/lesson.hpp"

namespace kvloupe {

/// Reads a lesson (resources/manual/lessons.md says what one looks like). `file` is named where it
/// is refused, and the folders of models are found from its own. Throws Error (Malformed): not
/// JSON, an unknown or missing key, a figure, control or page that is none, a record that no
/// earlier step keeps.
[[nodiscard]] Lesson readLesson(const QByteArray& json, const QString& file);

/// The same of a file on disk; Error (NotFound, Io) where it cannot be read.
[[nodiscard]] Lesson readLessonFile(const QString& path);

/// The lessons that come with the program, in the order of their file names.
[[nodiscard]] const std::vector<Lesson>& bundledLessons();

}  // namespace kvloupe
