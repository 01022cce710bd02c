// A fuzzer's inputs where there is no libFuzzer: every file of the folders and files named, then as
// many random changes of them as asked for. It isn't guided by coverage.
//
//   fuzz_calls [executions=N] [seed=S] corpus...

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "test/fuzz/fuzz_input.h"

namespace {

using Random = std::mt19937_64;

constexpr char kLast[] = "fuzz_last_input";
constexpr size_t kLongest = 4096;

void Run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

std::vector<std::string> Read(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> paths = {path};
  if (std::filesystem::is_directory(path)) {
    paths.assign(std::filesystem::directory_iterator(path), {});
    std::sort(paths.begin(), paths.end());
  }
  std::vector<std::string> inputs;
  for (const auto& each : paths) {
    std::ifstream in(each, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

// One to eight bytes set, inserted, removed, or a piece of another input put in.
std::string Changed(const std::vector<std::string>& inputs, Random& random) {
  const auto below = [&](size_t n) {
    return static_cast<size_t>(random() % std::max<size_t>(n, 1));
  };
  std::string bytes = inputs[below(inputs.size())];
  for (size_t changes = 1 + below(8); changes > 0; --changes) {
    const size_t at = below(bytes.size() + 1);
    const char byte = static_cast<char>(random());
    switch (below(4)) {
      case 0:
        if (at < bytes.size()) bytes[at] = byte;
        break;
      case 1:
        bytes.insert(at, 1, byte);
        break;
      case 2:
        bytes.erase(at, 1 + below(4));
        break;
      default: {
        const std::string& other = inputs[below(inputs.size())];
        bytes.insert(at, other.substr(below(other.size()), 1 + below(32)));
      }
    }
  }
  return bytes.substr(0, kLongest);
}

}  // namespace

int main(int argc, char** argv) {
  size_t executions = 200;
  uint64_t seed = 1;
  std::vector<std::string> inputs;
  for (int k = 1; k < argc; ++k) {
    const std::string_view word = argv[k];
    if (word.starts_with("executions=")) {
      executions = std::strtoull(argv[k] + 11, nullptr, 10);
    } else if (word.starts_with("seed=")) {
      seed = std::strtoull(argv[k] + 5, nullptr, 10);
    } else {
      for (std::string& each : Read(argv[k])) inputs.push_back(std::move(each));
    }
  }
  if (inputs.empty()) {
    std::fprintf(stderr, "no inputs\n");
    return 1;
  }
  for (const std::string& input : inputs) Run(input);
  Random random(seed);
  for (size_t k = 0; k < executions; ++k) {
    const std::string bytes = Changed(inputs, random);
    if (std::getenv("WENGERT_KEEP_LAST_INPUT") != nullptr) {
      std::ofstream(kLast, std::ios::binary) << bytes;
    }
    Run(bytes);
  }
  std::printf("%zu inputs and %zu changes of them: 0 failed\n", inputs.size(), executions);
  return 0;
}
