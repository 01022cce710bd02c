#include "cli/run.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/expression.h"
#include "cli/points.h"
#include "cli/report.h"
#include "cli/text.h"

namespace cli {
namespace {

absl::Status Open(const std::string& file, std::ifstream& opened) {
  std::error_code is_no_folder;
  if (std::filesystem::is_directory(file, is_no_folder)) {
    return absl::InvalidArgumentError(absl::StrCat(file, " is a folder and can't be read"));
  }
  opened.open(file, std::ios::binary);
  if (opened) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(file, " can't be opened"));
}

// Of a file no more is read than Parse takes.
absl::StatusOr<std::string> ReadText(const std::string& file, std::istream& in) {
  std::ifstream opened;
  if (file != "-") {
    if (absl::Status status = Open(file, opened); !status.ok()) return status;
  }
  std::istream& from = file == "-" ? in : opened;
  std::string text(ParseLimits().length + 1, '\0');
  from.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (from.bad()) return absl::DataLossError(absl::StrCat(file, " can't be read"));
  text.resize(static_cast<size_t>(from.gcount()));
  if (absl::StartsWith(text, kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

absl::Status CheckNames(const Expression& expression, const Arguments& arguments) {
  const std::vector<std::string>& variables = expression.variables();
  for (const auto& [name, value] : arguments.values) {
    if (std::find(variables.begin(), variables.end(), name) == variables.end()) {
      return absl::InvalidArgumentError(absl::StrCat("the expression has no variable ", name));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<double>> PointOf(const Expression& expression,
                                            const Arguments& arguments) {
  std::vector<double> x;
  for (const std::string& name : expression.variables()) {
    const auto value = arguments.values.find(name);
    if (value == arguments.values.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the variable ", name, " has no value; add ", name, "=<number>"));
    }
    x.push_back(value->second);
  }
  return x;
}

absl::Status Evaluate(const Arguments& arguments, std::istream& in, std::ostream& out) {
  if (!arguments.load.empty()) return ReportSaved(arguments.load, out);
  std::string text = arguments.expression;
  if (!arguments.file.empty()) {
    absl::StatusOr<std::string> read = ReadText(arguments.file, in);
    if (!read.ok()) return read.status();
    text = *std::move(read);
  }
  const absl::StatusOr<Expression> expression = Expression::Parse(text);
  if (!expression.ok()) return expression.status();
  if (absl::Status status = CheckNames(*expression, arguments); !status.ok()) return status;
  if (arguments.points == "-") {
    return GradientsAtPoints(*expression, arguments.values, "standard input", in, out);
  }
  if (!arguments.points.empty()) {
    std::ifstream points;
    if (absl::Status status = Open(arguments.points, points); !status.ok()) return status;
    return GradientsAtPoints(*expression, arguments.values, arguments.points, points, out);
  }
  const absl::StatusOr<std::vector<double>> x = PointOf(*expression, arguments);
  if (!x.ok()) return x.status();
  return Report(*expression, *x, arguments, out);
}

}  // namespace

int Run(absl::Span<const absl::string_view> words, std::istream& in, std::ostream& out,
        std::ostream& errors) {
  const absl::StatusOr<Arguments> arguments = ParseArguments(words);
  absl::Status status = arguments.status();
  if (status.ok() && arguments->show == Arguments::Show::kHelp) {
    out << kUsage;
  } else if (status.ok() && arguments->show == Arguments::Show::kOperations) {
    ListOperations(out);
  } else if (status.ok()) {
    status = Evaluate(*arguments, in, out);
  }
  if (!out.flush() && status.ok()) status = absl::DataLossError("the output can't be written");
  if (status.ok()) return 0;
  if (absl::IsAborted(status)) return 1;
  errors << "wengert: " << std::string(status.message()) << "\n";
  return 2;
}

}  // namespace cli
