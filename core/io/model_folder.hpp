// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kvloupe {

/// An open regular file, read by position: several threads may read at once, and a file that
/// shrinks meanwhile is an Error, not a signal.
class ReadableFile {
 public:
  /// `shownName` is the name that messages carry. Throws Error(NotFound, Io), also where the path
  /// is a folder, a pipe or a device.
  ReadableFile(const std::filesystem::path& path, std::string shownName);
  ~ReadableFile();
  ReadableFile(ReadableFile&& other) noexcept;
  ReadableFile& operator=(ReadableFile&& other) noexcept;

  [[nodiscard]] std::int64_t bytes() const { return bytes_; }  // when it was opened
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Fills `out` from byte `offset` on, or throws Error(Io).
  void read(std::int64_t offset, std::span<std::byte> out) const;
  /// The whole file as text; over `maxBytes` is an Error(Malformed).
  [[nodiscard]] std::string readAll(std::int64_t maxBytes) const;

 private:
  int descriptor_ = -1;
  std::int64_t bytes_ = 0;
  std::string name_;
};

/// Whether a file name is relative, has no `..` in it and no zero byte.
[[nodiscard]] bool staysInFolder(std::string_view name);

/// A model folder from a stranger: files are reached by plain names only, and a symbolic link may
/// lead within the folder or, in a hub cache (models--org--name/snapshots/<revision>), into that
/// cache's own blobs.
class ModelFolder {
 public:
  /// Throws Error(NotFound) where `path` is no folder.
  explicit ModelFolder(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Whether there is a directory entry of this name.
  [[nodiscard]] bool has(std::string_view name) const;
  /// Opens a file. Throws Error: NotFound; Malformed where the name is absolute, has `..` in it or
  /// its link leads out, or where a Git LFS pointer or an HTML page stands in its place.
  [[nodiscard]] ReadableFile open(std::string_view name) const;
  /// The whole of a text file.
  [[nodiscard]] std::string readText(std::string_view name, std::int64_t maxBytes) const;

 private:
  [[nodiscard]] std::filesystem::path resolve(std::string_view name) const;
  std::filesystem::path path_;       // absolute, as given
  std::filesystem::path canonical_;  // links of the folder itself resolved
};

/// Where `path` is a hub cache's folder of one model (models--org--name): the snapshot that
/// `refs/main` names or, where that names none, the only one there is; every other path as it is.
/// `path` is canonical, and so is the result. Throws Error(NotFound) that lists the snapshots where
/// none of them is meant.
[[nodiscard]] std::filesystem::path hubSnapshot(const std::filesystem::path& path);

/// "org/name" of a snapshot in a hub cache, of any other folder its own name.
[[nodiscard]] std::string modelName(const std::filesystem::path& canonicalFolder);

}  // namespace kvloupe
