// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/model_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "common/error.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

std::string reason(int number) { return std::generic_category().message(number); }

bool startsWithIgnoringCase(std::string_view text, std::string_view lowerCase) {
  return text.size() >= lowerCase.size() &&
         std::equal(lowerCase.begin(), lowerCase.end(), text.begin(), [](char want, char got) {
           return want == static_cast<char>(std::tolower(static_cast<unsigned char>(got)));
         });
}

/// What a download that went wrong leaves in place of a model's file.
void refuseStandIn(const ReadableFile& file) {
  std::array<char, 128> bytes{};
  const auto size =
      static_cast<std::size_t>(std::min(file.bytes(), static_cast<std::int64_t>(bytes.size())));
  file.read(0, std::as_writable_bytes(std::span(bytes)).first(size));
  std::string_view start(bytes.data(), size);

  const bool ofWeights = file.name().find(".safetensors") != std::string::npos;
  if (start.starts_with("version https://git-lfs.github.com/spec/"))
    throw Error(ErrorCode::Malformed,
                {.message = fmt::format("looks like a Git LFS pointer: the {} not downloaded",
                                        ofWeights ? "weights were" : "file was"),
                 .file = file.name(),
                 .place = "byte 0",
                 .expected = "the file itself",
                 .found = fmt::format("a pointer of {} bytes", file.bytes()),
                 .advice = "Run `git lfs pull` in the model's folder"});

  if (start.starts_with("\xef\xbb\xbf")) start.remove_prefix(3);
  while (!start.empty() && std::isspace(static_cast<unsigned char>(start.front())))
    start.remove_prefix(1);
  if (startsWithIgnoringCase(start, "<!doctype html") || startsWithIgnoringCase(start, "<html"))
    throw Error(ErrorCode::Malformed,
                {.message = "looks like an HTML page: the download got a web page instead",
                 .file = file.name(),
                 .place = "byte 0",
                 .expected = "the file itself",
                 .found = fmt::format("a page of {} bytes", file.bytes()),
                 .advice = "Download the file again"});
}

constexpr std::string_view kRepository = "models--";
constexpr std::int64_t kMaxRevisionBytes = 256;

bool isRepository(const fs::path& folder) {
  return folder.filename().string().starts_with(kRepository);
}

/// models--org--name of a canonical models--org--name/snapshots/<revision>.
std::optional<fs::path> repositoryOf(const fs::path& snapshot) {
  const fs::path snapshots = snapshot.parent_path(), repository = snapshots.parent_path();
  if (snapshots.filename() != "snapshots" || !isRepository(repository)) return std::nullopt;
  return repository;
}

/// Whether it is there, and there is no link on the way to it.
bool isCanonical(const fs::path& path) {
  std::error_code failure;
  return fs::canonical(path, failure) == path && !failure;
}

bool isRevision(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](unsigned char letter) { return std::isxdigit(letter) != 0; });
}

/// The revision in refs/main; empty where there is no such file, or something else in it.
std::string mainRevision(const fs::path& repository) {
  const fs::path main = repository / "refs" / "main";
  if (!isCanonical(main)) return {};
  const std::string text = ReadableFile(main, main.string()).readAll(kMaxRevisionBytes);
  const std::string revision = text.substr(0, text.find('\n'));
  return isRevision(revision) ? revision : std::string();
}

bool isWithin(const fs::path& path, const fs::path& folder) {
  const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace

ReadableFile::ReadableFile(const fs::path& path, std::string shownName)
    : name_(std::move(shownName)) {
  // Without O_NONBLOCK the opening of a named pipe would wait for ever.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    const int number = errno;
    const bool absent = number == ENOENT || number == ENOTDIR;
    throw Error(absent ? ErrorCode::NotFound : ErrorCode::Io,
                {.message = absent ? "no such file" : "cannot be opened",
                 .file = name_,
                 .place = {},
                 .expected = "a readable file",
                 .found = reason(number),
                 .advice = {}});
  }
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    const std::string found = S_ISDIR(status.st_mode) ? "a folder" : "a device or pipe";
    ::close(descriptor_);
    throw Error(ErrorCode::Io, {.message = "not a regular file",
                                .file = name_,
                                .place = {},
                                .expected = "a regular file",
                                .found = found,
                                .advice = {}});
  }
  bytes_ = status.st_size;
}

ReadableFile::~ReadableFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ReadableFile::ReadableFile(ReadableFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_),
      name_(std::move(other.name_)) {}

ReadableFile& ReadableFile::operator=(ReadableFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  std::swap(name_, other.name_);
  return *this;
}

void ReadableFile::read(std::int64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor_, out.data(), out.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      throw Error(ErrorCode::Io, {.message = got == 0 ? "the file became shorter while it was read"
                                                      : "cannot be read",
                                  .file = name_,
                                  .place = fmt::format("byte {}", offset),
                                  .expected = fmt::format("{} more bytes", out.size()),
                                  .found = got == 0 ? "the end of the file" : reason(errno),
                                  .advice = {}});
    out = out.subspan(static_cast<std::size_t>(got));
    offset += got;
  }
}

std::string ReadableFile::readAll(std::int64_t maxBytes) const {
  if (bytes_ > maxBytes)
    throw Error(ErrorCode::Malformed, {.message = "the file is too large",
                                       .file = name_,
                                       .place = {},
                                       .expected = fmt::format("at most {} bytes", maxBytes),
                                       .found = fmt::format("{} bytes", bytes_),
                                       .advice = {}});
  std::string text(static_cast<std::size_t>(bytes_), '\0');
  read(0, std::as_writable_bytes(std::span(text)));
  return text;
}

bool staysInFolder(std::string_view name) {
  const fs::path path(name);
  return !name.empty() && name.find('\0') == std::string_view::npos && path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

ModelFolder::ModelFolder(const fs::path& path) : path_(fs::absolute(path).lexically_normal()) {
  std::error_code failure;
  canonical_ = fs::canonical(path_, failure);
  const bool isFolder = !failure && fs::is_directory(canonical_, failure);
  if (!isFolder || failure)
    throw Error(ErrorCode::NotFound, {.message = "no such model folder",
                                      .file = path_.string(),
                                      .place = {},
                                      .expected = "a folder with config.json in it",
                                      .found = failure ? failure.message() : "a file",
                                      .advice = {}});
}

bool ModelFolder::has(std::string_view name) const {
  std::error_code failure;
  return fs::exists(fs::symlink_status(path_ / name, failure));
}

fs::path ModelFolder::resolve(std::string_view name) const {
  if (!staysInFolder(name))
    throw Error(ErrorCode::Malformed, {.message = "the file name leads out of the model's folder",
                                       .file = path_.string(),
                                       .place = {},
                                       .expected = "a file name within the folder",
                                       .found = fmt::format("\"{}\"", name),
                                       .advice = {}});

  const fs::path path = path_ / name;
  std::error_code failure;
  const fs::path target = fs::canonical(path, failure);
  if (failure) {
    std::error_code unused;
    const bool link = fs::is_symlink(path, unused);
    throw Error(ErrorCode::NotFound,
                {.message = link ? "a link that leads nowhere" : "no such file",
                 .file = path.string(),
                 .place = {},
                 .expected = "a readable file",
                 .found = failure.message(),
                 .advice = link ? "Download the file again" : ""});
  }

  const auto repository = repositoryOf(canonical_);
  if (!isWithin(target, canonical_) && !(repository && isWithin(target, *repository / "blobs")))
    throw Error(ErrorCode::Malformed, {.message = "a link that leads out of the model's folder",
                                       .file = path.string(),
                                       .place = {},
                                       .expected = "a file within the folder, or a blob of its hub "
                                                   "cache",
                                       .found = "a link to " + target.string(),
                                       .advice = {}});
  return target;
}

ReadableFile ModelFolder::open(std::string_view name) const {
  ReadableFile file(resolve(name), (path_ / name).string());
  refuseStandIn(file);
  return file;
}

std::string ModelFolder::readText(std::string_view name, std::int64_t maxBytes) const {
  return open(name).readAll(maxBytes);
}

fs::path hubSnapshot(const fs::path& path) {
  const fs::path snapshots = path / "snapshots";
  if (!isRepository(path) || !isCanonical(snapshots)) return path;
  const std::string main = mainRevision(path);
  std::set<std::string> revisions;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(snapshots, failure)) {
    const std::string name = entry.path().filename().string();
    if (isRevision(name) && isCanonical(entry.path()) && entry.is_directory(failure))
      revisions.insert(name);
  }
  if (revisions.contains(main)) return snapshots / main;
  if (main.empty() && revisions.size() == 1) return snapshots / *revisions.begin();
  throw Error(
      ErrorCode::NotFound,
      {.message = "which snapshot of this hub cache is meant",
       .file = snapshots.string(),
       .place = {},
       .expected = main.empty() ? "one, or the one that refs/main names" : main,
       .found = revisions.empty() ? "none" : fmt::format("{}", fmt::join(revisions, ", ")),
       .advice = revisions.empty() ? "Download the model again" : "Give a snapshot's folder"});
}

std::string modelName(const fs::path& canonicalFolder) {
  const auto repository = repositoryOf(canonicalFolder);
  if (!repository) return canonicalFolder.filename().string();
  const std::string name = repository->filename().string().substr(kRepository.size());
  const std::size_t split = name.find("--");
  return split == std::string::npos ? name : name.substr(0, split) + '/' + name.substr(split + 2);
}

}  // namespace kvloupe
