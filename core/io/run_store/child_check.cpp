// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/child_check.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <vector>

extern char** environ;

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "kvloupe-h5check";
constexpr std::size_t kMaxVerdict = 1 << 20;

// Beside the running program or the module that this code is in, or where an installation or a
// build tree puts it from there.
std::optional<fs::path> findProgram() {
  std::vector<fs::path> folders;
  std::error_code error;
  if (const fs::path self = fs::read_symlink("/proc/self/exe", error); !error)
    folders.push_back(self.parent_path());
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&checkInChild), &info) != 0 && info.dli_fname)
    if (const fs::path module = fs::canonical(info.dli_fname, error); !error)
      folders.push_back(module.parent_path());
  for (const fs::path& folder : folders)
    for (const char* from : {".", "../bin", "../libexec/kvloupe", "../../libexec/kvloupe"}) {
      const fs::path candidate = folder / from / kProgram;
      if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  return std::nullopt;
}

// Owns the child from spawn to its end.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      (void)wait();
    }
  }
  /// The signal that ended it, or 0.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0)
      if (errno != EINTR) break;
    pid_ = -1;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

 private:
  pid_t pid_;
};

[[noreturn]] void refuse(const std::string& path, const std::string& found) {
  throw Error(ErrorCode::Malformed, {.message = "the file is damaged",
                                     .file = path,
                                     .place = {},
                                     .expected = "a run file",
                                     .found = found,
                                     .advice = {}});
}

// All that the child says until it closes its end.
std::string readVerdict(int fd, const std::string& path, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() < kMaxVerdict) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      refuse(path, fmt::format("that checking it takes over {} ms", patience.count()));
    pollfd poll{fd, POLLIN, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) break;
    if (ready <= 0) continue;
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return text;
}

// Throws what the verdict says; returns where it says "ok" and the child ended in peace.
void obeyVerdict(const std::string& verdict, const std::string& path, int signal) {
  if (verdict == encodeVerdict(std::nullopt) && signal == 0) return;
  std::vector<std::string> parts;
  for (std::size_t begin = 0, end; (end = verdict.find('\0', begin)) != std::string::npos;
       begin = end + 1)
    parts.push_back(verdict.substr(begin, end - begin));
  int code = -1;
  if (parts.size() == 7) std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), code);
  if (code < 0 || code > static_cast<int>(ErrorCode::Internal))
    refuse(path, signal != 0 ? fmt::format("that reading it ends the checking program ({})",
                                           ::strsignal(signal))
                             : "that reading it ends the checking program");
  throw Error(static_cast<ErrorCode>(code), {.message = parts[1],
                                             .file = parts[2],
                                             .place = parts[3],
                                             .expected = parts[4],
                                             .found = parts[5],
                                             .advice = parts[6]});
}

}  // namespace

std::string encodeVerdict(const std::optional<Error>& error) {
  if (!error) return "ok";
  const ErrorDetail& d = error->detail();
  std::string text = fmt::format("{}", static_cast<int>(error->code())) + '\0';
  for (const std::string* part : {&d.message, &d.file, &d.place, &d.expected, &d.found, &d.advice})
    text += std::string(part->c_str()) + '\0';
  return text;
}

void checkInChild(const std::string& path, std::chrono::milliseconds patience) {
  const auto program = findProgram();
  if (!program) return;
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string name = kProgram, end = "--", file = path;
  const std::array<char*, 4> arguments = {name.data(), end.data(), file.data(), nullptr};
  pid_t pid = -1;
  const int failure =
      ::posix_spawn(&pid, program->c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (failure != 0) {
    ::close(pipe[0]);
    return;
  }
  Child child(pid);
  std::string verdict;
  try {
    verdict = readVerdict(pipe[0], path, patience);
  } catch (...) {
    ::close(pipe[0]);
    throw;
  }
  ::close(pipe[0]);
  obeyVerdict(verdict, path, child.wait());
}

}  // namespace kvloupe
