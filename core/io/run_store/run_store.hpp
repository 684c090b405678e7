// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "types/run.hpp"

namespace kvloupe {

/// Throws Error where a run cannot be saved as `path`: no such folder or one that cannot be written
/// to, a folder or device of that name, or a file of another kind, which would be lost.
void checkSavePath(const std::string& path);

/// Writes a run as one HDF5 file (resources/manual/file-format.md). Atomic: whatever happens, kill
/// -9 included, `path` holds what it held before or the whole new run. The file is written beside
/// `path`, synced, opened again and compared with the run, and only then renamed. `Analysis::taps`
/// is kept in its documented order, by layer and then by tap. Throws Error: as checkSavePath;
/// NoSpace where the disk or a quota is full, Io where the system refuses, Internal where the run
/// contradicts itself (a tap twice, a layer the model does not have).
void saveRun(const Run& run, const std::string& path);

/// Reads a run file that may come from a stranger. It is first read whole by `kvloupe-h5check`, a
/// small program with limits on memory and time, so that a file that breaks the HDF5 library breaks
/// that program; where the program is not installed the file is checked in this process alone.
/// Throws Error that names file, place in the file, what was found and what was expected: NotFound,
/// Io, Malformed, Mismatch (wrong rank, shape or type), Unsupported (another schema version, or
/// HDF5 features that run files do not use).
Run loadRun(const std::string& path);

}  // namespace kvloupe
