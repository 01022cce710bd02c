#ifndef BENCH_DEMO_ARGUMENTS_H_
#define BENCH_DEMO_ARGUMENTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace bench {

inline constexpr char kUsage[] =
    R"(usage: wengert_demo [--out DIR] [--seed S] [--steps N] [--points N]
                    [--digit-steps N] [--pixels N] [--help]

  --out DIR         where the pictures and their data go (build/demo-out)
  --seed S          seed of the data and of the networks' first weights (1)
  --steps N         steps of the training on the two moons, 1 to 1000000 (100)
  --points N        points of the two moons, an even number from 4 to 100000 (100)
  --digit-steps N   steps of the training on digits, 1 to 1000000 (2000)
  --pixels N        height and width of a digit, 8 to 32 (28)

Exit status: 0 when every picture is written and the networks reach an accuracy of 99 % on the
moons and 95 % on digits they weren't trained on, which isn't asked of fewer steps or pixels than
the default; 1 when not, 2 for bad arguments.
)";

struct Arguments {
  std::string out = "build/demo-out";
  uint64_t seed = 1;
  uint64_t steps = 100;
  uint64_t points = 100;
  uint64_t digit_steps = 2000;
  uint64_t pixels = 28;
  bool help = false;
};

inline absl::Status ParseNumber(absl::string_view option, absl::string_view text, uint64_t low,
                                uint64_t high, uint64_t* number) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  if (digits && absl::SimpleAtoi(text, number) && *number >= low && *number <= high) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(option, " must be a whole number from ", low,
                                                 " to ", high, ", not \"", text, "\""));
}

inline absl::Status SetOption(absl::string_view option, absl::string_view value,
                              Arguments* arguments) {
  if (option == "--steps") return ParseNumber(option, value, 1, 1000000, &arguments->steps);
  if (option == "--digit-steps") {
    return ParseNumber(option, value, 1, 1000000, &arguments->digit_steps);
  }
  if (option == "--pixels") return ParseNumber(option, value, 8, 32, &arguments->pixels);
  if (option == "--seed") return ParseNumber(option, value, 0, UINT64_MAX, &arguments->seed);
  if (option == "--out") {
    if (value.empty()) return absl::InvalidArgumentError("--out must name a directory");
    arguments->out = std::string(value);
    return absl::OkStatus();
  }
  absl::Status status = ParseNumber(option, value, 4, 100000, &arguments->points);
  if (status.ok() && arguments->points % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--points must be even, half of them for each moon, not ", value));
  }
  return status;
}

// The command line without the program's name. Both `--steps 50` and `--steps=50` are understood.
inline absl::StatusOr<Arguments> ParseArguments(absl::Span<const absl::string_view> words) {
  constexpr absl::string_view kOptions[] = {"--out",    "--steps",       "--seed",
                                            "--points", "--digit-steps", "--pixels"};
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const size_t equals = words[i].find('=');
    const absl::string_view option = words[i].substr(0, equals);
    if (words[i] == "--help" || words[i] == "-h") {
      arguments.help = true;
      continue;
    }
    if (std::find(std::begin(kOptions), std::end(kOptions), option) == std::end(kOptions)) {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument \"", words[i], "\""));
    }
    if (equals == absl::string_view::npos && ++i == words.size()) {
      return absl::InvalidArgumentError(absl::StrCat(option, " needs a value"));
    }
    const absl::string_view value =
        equals == absl::string_view::npos ? words[i] : words[i].substr(equals + 1);
    if (absl::Status status = SetOption(option, value, &arguments); !status.ok()) return status;
  }
  return arguments;
}

}  // namespace bench

#endif  // BENCH_DEMO_ARGUMENTS_H_
