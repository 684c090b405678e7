// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace kvloupe {

/// Throws Error where writeAtomically could not put a file at `path`, before the work for it is
/// done: NotFound or Io, where its folder cannot be written to, or a folder, pipe or device has its
/// name. `refusal` says what cannot be done.
void checkWritable(const std::string& path, const char* refusal);

/// Puts `bytes` at `path` so that, whatever happens, the path holds what it held before or all of
/// the new bytes: a temporary file in the same folder is written, synced, shown to `verify` (empty:
/// to nobody), renamed, and the folder synced. On failure the temporary file is removed and Error
/// thrown (NoSpace or Io). Temporary files of this path that killed programs left are removed.
void writeAtomically(const std::string& path, std::span<const std::byte> bytes,
                     const std::function<void(const std::string& temporary)>& verify = {});
void writeAtomically(const std::string& path, std::string_view text);

}  // namespace kvloupe
