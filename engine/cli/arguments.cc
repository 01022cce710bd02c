#include "cli/arguments.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/text.h"

namespace cli {
namespace {

// The length of the name in "name=value", or 0 if the word is something else.
size_t NameLength(absl::string_view word) {
  const size_t equals = word.find('=');
  if (equals == 0 || equals == absl::string_view::npos) return 0;
  if (absl::StrContains(word, ';') || word.substr(equals, 2) == "==") return 0;
  if (absl::ascii_isdigit(static_cast<unsigned char>(word[0]))) return 0;
  for (char each : word.substr(0, equals)) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(each)) && each != '_') return 0;
  }
  return equals;
}

absl::Status SetValue(absl::string_view word, size_t name_length, Arguments* arguments) {
  const std::string name(word.substr(0, name_length));
  double value = 0.0;
  if (!ReadNumber(word.substr(name_length + 1), &value)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", word, "\": expected a number after ="));
  }
  if (!arguments->values.emplace(name, value).second) {
    return absl::InvalidArgumentError(absl::StrCat(name, " is given twice"));
  }
  return absl::OkStatus();
}

bool SetSwitch(absl::string_view word, Arguments* arguments) {
  using Show = Arguments::Show;
  const std::map<absl::string_view, Show> shows = {{"--dot", Show::kDot},
                                                   {"--svg", Show::kSvg},
                                                   {"--program", Show::kProgram},
                                                   {"--program-dot", Show::kProgramDot},
                                                   {"--check", Show::kCheck},
                                                   {"--help", Show::kHelp},
                                                   {"--operations", Show::kOperations}};
  const auto show = shows.find(word);
  if (show != shows.end()) {
    arguments->shows_several |= arguments->show != Show::kTape && arguments->show != show->second;
    arguments->show = show->second;
  }
  if (word == "--hessian") arguments->hessian = true;
  return show != shows.end() || word == "--hessian";
}

absl::Status CheckComplete(const Arguments& arguments) {
  if (arguments.show == Arguments::Show::kHelp || arguments.show == Arguments::Show::kOperations) {
    return absl::OkStatus();
  }
  if (!arguments.load.empty()) {
    const bool is_alone = arguments.expression.empty() && arguments.file.empty() &&
                          arguments.points.empty() && arguments.save.empty() &&
                          arguments.values.empty() && !arguments.hessian &&
                          arguments.show == Arguments::Show::kTape;
    return is_alone
               ? absl::OkStatus()
               : absl::InvalidArgumentError("--load prints a saved tape and takes nothing else");
  }
  if (arguments.expression.empty() == arguments.file.empty()) {
    return absl::InvalidArgumentError(arguments.file.empty()
                                          ? "no expression is given"
                                          : "both --file and an expression are given");
  }
  if (arguments.file == "-" && arguments.points == "-") {
    return absl::InvalidArgumentError("standard input can't be both expression and points");
  }
  if (!arguments.points.empty() &&
      (arguments.hessian || !arguments.save.empty() || arguments.show != Arguments::Show::kTape)) {
    return absl::InvalidArgumentError("--points prints values and gradients only");
  }
  if (arguments.shows_several || (arguments.hessian && arguments.show != Arguments::Show::kTape)) {
    return absl::InvalidArgumentError(
        "of --hessian, --dot, --svg, --program, --program-dot and --check only one is printed");
  }
  if (arguments.show == Arguments::Show::kCheck && !arguments.save.empty()) {
    return absl::InvalidArgumentError("--check records no tape that --save could take");
  }
  return absl::OkStatus();
}

// Where an option that takes a file keeps its name; null for any other word.
std::string* FileOf(absl::string_view option, Arguments* arguments) {
  const std::map<absl::string_view, std::string*> files = {{"--file", &arguments->file},
                                                           {"--points", &arguments->points},
                                                           {"--save", &arguments->save},
                                                           {"--load", &arguments->load}};
  const auto found = files.find(option);
  return found == files.end() ? nullptr : found->second;
}

}  // namespace

absl::StatusOr<Arguments> ParseArguments(absl::Span<const absl::string_view> words) {
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    absl::string_view word = words[i];
    if (SetSwitch(word, &arguments)) continue;
    const absl::string_view option = word.substr(0, word.find('='));
    if (std::string* const file = FileOf(option, &arguments); file != nullptr) {
      if (option.size() == word.size() && ++i == words.size()) {
        return absl::InvalidArgumentError(absl::StrCat(option, " needs a file"));
      }
      *file = std::string(option.size() == word.size() ? words[i] : word.substr(option.size() + 1));
      if (file->empty()) return absl::InvalidArgumentError(absl::StrCat(option, " needs a file"));
    } else if (const size_t name_length = NameLength(word); name_length > 0) {
      absl::Status status = SetValue(word, name_length, &arguments);
      if (!status.ok()) return status;
    } else if (absl::StartsWith(word, "--")) {
      return absl::InvalidArgumentError(absl::StrCat("unknown option ", word, "; see --help"));
    } else if (!arguments.expression.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", word, "\" is a second expression; put the expression in quotes"));
    } else {
      arguments.expression = std::string(word);
    }
  }
  if (absl::Status status = CheckComplete(arguments); !status.ok()) return status;
  return arguments;
}

}  // namespace cli
