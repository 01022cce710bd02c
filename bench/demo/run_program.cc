#include "bench/demo/run_program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace bench {
namespace {

constexpr int kNoDirectory = 126;
constexpr int kNotInstalled = 127;

}  // namespace

absl::Status RunProgram(const std::string& directory, std::vector<std::string> words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const pid_t child = fork();
  if (child < 0) return absl::InternalError(absl::StrCat(words[0], " can't be started"));
  if (child == 0) {
    if (chdir(directory.c_str()) != 0) _exit(kNoDirectory);
    execvp(argv[0], argv.data());
    _exit(kNotInstalled);
  }

  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotInstalled) {
    return absl::NotFoundError(absl::StrCat(words[0], " isn't installed"));
  }
  return absl::InternalError(absl::StrCat(words[0], " failed in ", directory));
}

}  // namespace bench
