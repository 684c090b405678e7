// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/run_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include "io/run_store/lists.hpp"
#include "io/run_store/records.hpp"
#include "io/run_store/structure_check.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr const char* kFormat = "KV Loupe run";
constexpr std::size_t kImageIncrement = 1 << 20;

void writeModelRun(const GroupWriter& group, const ModelRun& run) {
  writeModel(group.group("model"), run.model);
  if (run.analysis) writeAnalysis(group.group("analysis"), *run.analysis);
  const GroupWriter evaluation = group.group("evaluation");
  if (run.baseline) writeEvaluation(evaluation.group("baseline"), *run.baseline);
  writeList(evaluation.group("plans"), run.plans, writeEvaluation);
  if (run.sensitivity) writeSensitivity(group.group("sensitivity"), *run.sensitivity);
  if (run.layerCosts) writeLayerCosts(group.group("layer_costs"), *run.layerCosts);
  if (run.sweep) writeSweep(group.group("sweep"), *run.sweep);
  if (!run.passages.empty()) writeList(group.group("passages"), run.passages, writePassage);
}

ModelRun readModelRun(const GroupReader& group) {
  ModelRun run;
  run.model = readModel(group.group("model"));
  if (group.has("analysis"))
    run.analysis = readAnalysis(group.group("analysis"), run.model.numLayers);
  const GroupReader evaluation = group.group("evaluation");
  if (evaluation.has("baseline")) run.baseline = readEvaluation(evaluation.group("baseline"));
  run.plans = readList(evaluation.group("plans"), readEvaluation);
  if (group.has("sensitivity")) run.sensitivity = readSensitivity(group.group("sensitivity"));
  if (group.has("layer_costs")) run.layerCosts = readLayerCosts(group.group("layer_costs"));
  if (group.has("sweep")) run.sweep = readSweep(group.group("sweep"));
  if (group.has("passages"))
    run.passages = readList(group.group("passages"), [&](const GroupReader& passage) {
      return readPassage(passage, run.model);
    });
  return run;
}

// Writes the run below the root group, or compares it with what is there.
void walkRun(hid_t file, const std::string& path, GroupWriter::Mode mode, const Run& run) {
  const Place place{path, "/"};
  const GroupWriter root(
      checked(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, place, "the root group cannot be opened"),
      place, mode);
  root.text("format", kFormat);
  root.integer("schema_version", kSchemaVersion);
  root.text("program_version", run.programVersion);
  root.text("created", run.created);
  root.text("command", run.command);
  if (!run.session.empty()) root.longText("session", run.session);
  writeModelRun(root.group("a"), run.a);
  if (run.b) writeModelRun(root.group("b"), *run.b);
}

[[noreturn]] void failOpening(const std::string& path, int error) {
  const bool absent = error == ENOENT || error == ENOTDIR;
  throw Error(absent ? ErrorCode::NotFound : ErrorCode::Io, {.message = "the file cannot be opened",
                                                             .file = path,
                                                             .place = {},
                                                             .expected = {},
                                                             .found = std::strerror(error),
                                                             .advice = {}});
}

// The size of what looks like an HDF5 file from outside; everything else is refused.
std::uint64_t checkSignature(const std::string& path) {
  // Without O_NONBLOCK a named pipe would block here.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) failOpening(path, errno);
  struct stat status {};
  std::array<unsigned char, 8> head{};
  const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const ssize_t n = regular ? ::pread(fd, head.data(), head.size(), 0) : 0;
  const int error = errno;
  ::close(fd);
  if (n < 0) failOpening(path, error);
  const auto refuse = [&](const std::string& message, const std::string& found) {
    throw Error(ErrorCode::Malformed, {.message = message,
                                       .file = path,
                                       .place = "byte 0",
                                       .expected = "the HDF5 signature",
                                       .found = found,
                                       .advice = {}});
  };
  if (!regular)
    refuse("this is not a file of its own",
           S_ISDIR(status.st_mode) ? "a folder" : "a device or pipe");
  if (head != kSignature)
    refuse("this is no run file",
           n < 8 ? fmt::format("{} bytes", n) : fmt::format("{:02x}", fmt::join(head, " ")));
  return static_cast<std::uint64_t>(status.st_size);
}

Handle openFile(const std::string& path) {
  const Place place{path, {}};
  const Handle access =
      checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, place, "no file access can be set up");
  // Reading takes no lock: a run on a read-only or network disk opens, and so does one that h5py
  // has open.
  checked(H5Pset_file_locking(access.get(), false, true), place, "no file access can be set up");
  return checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, place,
                 "the file is damaged or cut short");
}

}  // namespace

std::vector<std::byte> runImage(const Run& run) {
  prepareThread();
  const Place place{"the run in memory", {}};
  const std::string message = "the file cannot be made";
  const Handle access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, place, message);
  checked(H5Pset_fapl_core(access.get(), kImageIncrement, false), place, message);
  const Handle file = checked(H5Fcreate("run.kvl.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()),
                              H5Fclose, place, message);
  walkRun(file.get(), place.file, GroupWriter::Mode::Write, run);
  checked(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), place, message);
  const ssize_t size = checked(H5Fget_file_image(file.get(), nullptr, 0), place, message);
  std::vector<std::byte> image(static_cast<std::size_t>(size));
  checked(H5Fget_file_image(file.get(), image.data(), image.size()), place, message);
  return image;
}

Run readRunFile(const std::string& path) try {
  prepareThread();
  const std::uint64_t fileBytes = checkSignature(path);
  const Handle file = openFile(path);
  const Place place{path, "/"};
  const GroupReader root(checked(H5Gopen2(file.get(), "/", H5P_DEFAULT), H5Gclose, place,
                                 "the root group cannot be opened"),
                         place);
  // First, because a later schema may use what the structure check refuses.
  const std::string format = root.text("format");
  if (format != kFormat) root.refuse("format", "this is no run file", kFormat, format);
  const std::int64_t schema = root.integer("schema_version");
  if (schema != kSchemaVersion)
    throw Error(ErrorCode::Unsupported,
                {.message = "a schema version that this program does not know",
                 .file = path,
                 .place = "/@schema_version",
                 .expected = fmt::format("{}", kSchemaVersion),
                 .found = fmt::format("{}", schema),
                 .advice = schema > kSchemaVersion
                               ? "A newer KV Loupe wrote it"
                               : "An older KV Loupe wrote it, which kept fewer figures: measure it "
                                 "again"});
  checkStructure(file.get(), fileBytes, place);
  Run run;
  run.programVersion = root.text("program_version");
  run.created = root.text("created");
  run.command = root.text("command");
  if (root.has("session")) run.session = root.text("session");
  run.a = readModelRun(root.group("a"));
  if (root.has("b")) run.b = readModelRun(root.group("b"));
  return run;
} catch (const std::bad_alloc&) {
  throw Error(ErrorCode::OutOfMemory, {.message = "there is not enough memory to read it",
                                       .file = path,
                                       .place = {},
                                       .expected = {},
                                       .found = {},
                                       .advice = {}});
}

void verifyRunFile(const std::string& path, const Run& run) {
  (void)readRunFile(path);  // what is saved must open again
  const Handle file = openFile(path);
  walkRun(file.get(), path, GroupWriter::Mode::Verify, run);
}

}  // namespace kvloupe::hdf5
