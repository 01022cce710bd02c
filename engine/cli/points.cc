#include "cli/points.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cli/text.h"
#include "wengert/function/function.h"

namespace cli {
namespace {

using wengert::Function;
using wengert::Var;

constexpr size_t kPointsAtOnce = 4096;

// Where the cell ends that begins there: at a comma outside of quotes, or with the line.
size_t EndOfCell(absl::string_view line, size_t at) {
  bool is_quoted = false;
  while (at < line.size() && (is_quoted || line[at] != ',')) {
    if (line[at] == '"') is_quoted = !is_quoted;
    ++at;
  }
  return at;
}

absl::string_view Unquoted(absl::string_view cell) {
  const bool is_quoted = cell.size() > 1 && cell.front() == '"' && cell.back() == '"';
  return is_quoted ? cell.substr(1, cell.size() - 2) : cell;
}

std::vector<absl::string_view> Cells(absl::string_view line) {
  std::vector<absl::string_view> cells;
  for (size_t begin = 0; begin <= line.size();) {
    const size_t end = EndOfCell(line, begin);
    const absl::string_view cell = absl::StripAsciiWhitespace(line.substr(begin, end - begin));
    cells.push_back(Unquoted(cell));
    begin = end + 1;
  }
  return cells;
}

// Lines of a CSV file, those that are blank left out.
class Lines {
 public:
  Lines(const std::string& file, std::istream& in) : file_(file), in_(in) {}

  bool Next() {
    while (std::getline(in_, line_)) {
      ++number_;
      if (!line_.empty() && line_.back() == '\r') line_.pop_back();
      if (number_ == 1 && absl::StartsWith(line_, kByteOrderMark)) {
        line_.erase(0, kByteOrderMark.size());
      }
      if (!absl::StripAsciiWhitespace(line_).empty()) return true;
    }
    return false;
  }
  const std::string& line() const { return line_; }
  bool failed() const { return in_.bad(); }
  absl::Status Fault(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(file_, ":", number_, ": ", what));
  }

 private:
  const std::string file_;
  std::istream& in_;
  std::string line_;
  size_t number_ = 0;
};

// Where the variables' values come from: a column, or none for a constant.
class Columns {
 public:
  static absl::StatusOr<Columns> Find(const Expression& expression,
                                      const std::map<std::string, double>& constants,
                                      const Lines& header) {
    Columns columns;
    const std::vector<absl::string_view> names = Cells(header.line());
    columns.count_ = names.size();
    for (const std::string& variable : expression.variables()) {
      if (constants.count(variable) != 0) continue;
      const auto column = std::find(names.begin(), names.end(), variable);
      if (column == names.end()) {
        return header.Fault(absl::StrCat("no column is called ", variable));
      }
      if (std::find(column + 1, names.end(), variable) != names.end()) {
        return header.Fault(absl::StrCat("two columns are called ", variable));
      }
      columns.names_.push_back(variable);
      columns.columns_.push_back(static_cast<size_t>(column - names.begin()));
    }
    return columns;
  }

  const std::vector<std::string>& names() const { return names_; }

  absl::Status Read(const Lines& row, std::vector<double>& points) const {
    const std::vector<absl::string_view> cells = Cells(row.line());
    if (cells.size() != count_) {
      return row.Fault(absl::StrCat(cells.size(), " cells, where the first line has ", count_));
    }
    for (size_t j = 0; j < columns_.size(); ++j) {
      double number = 0.0;
      const absl::string_view cell = cells[columns_[j]];
      if (!ReadNumber(cell, &number)) {
        return row.Fault(absl::StrCat("column ", names_[j], ": \"", cell, "\" isn't a number"));
      }
      points.push_back(number);
    }
    return absl::OkStatus();
  }

 private:
  std::vector<std::string> names_;
  std::vector<size_t> columns_;
  size_t count_ = 0;
};

// The expression as a Function of the variables that have columns.
Function FunctionOf(const Expression& expression, const std::map<std::string, double>& constants,
                    absl::Span<const double> first_point) {
  return Function::Record(
      [&expression, constants](absl::Span<const Var> x) {
        std::vector<Var> all;
        size_t next = 0;
        for (const std::string& variable : expression.variables()) {
          const auto constant = constants.find(variable);
          all.push_back(constant == constants.end() ? x[next++] : Var(constant->second));
        }
        return expression(all);
      },
      first_point);
}

void Write(const Function& f, const std::vector<std::string>& rows,
           const std::vector<double>& points, std::ostream& out) {
  const size_t n = f.inputs();
  std::vector<double> values(rows.size()), gradients(rows.size() * n);
  f.GradientBatch(points, values, gradients);
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::StrAppend(&text, rows[i], ",");
    AppendNumber(text, values[i]);
    for (size_t j = 0; j < n; ++j) {
      text.push_back(',');
      AppendNumber(text, gradients[i * n + j]);
    }
    text.push_back('\n');
  }
  out << text;
}

}  // namespace

absl::Status GradientsAtPoints(const Expression& expression,
                               const std::map<std::string, double>& constants,
                               const std::string& file, std::istream& in, std::ostream& out) {
  Lines lines(file, in);
  if (!lines.Next()) return lines.Fault("no line that names the columns");
  const absl::StatusOr<Columns> columns = Columns::Find(expression, constants, lines);
  if (!columns.ok()) return columns.status();
  if (columns->names().empty()) return lines.Fault("no variable is left to differentiate by");
  out << lines.line() << ",value";
  for (const std::string& name : columns->names()) out << ",d_" << name;
  out << "\n";

  std::optional<Function> f;
  std::vector<std::string> rows;
  std::vector<double> points;
  bool more = true;
  while (more) {
    more = lines.Next();
    if (more) {
      if (absl::Status status = columns->Read(lines, points); !status.ok()) return status;
      rows.push_back(lines.line());
      if (!f.has_value()) f = FunctionOf(expression, constants, points);
    }
    if (rows.size() < (more ? kPointsAtOnce : 1)) continue;
    Write(*f, rows, points, out);
    rows.clear();
    points.clear();
  }
  return lines.failed() ? absl::DataLossError(absl::StrCat(file, " can't be read"))
                        : absl::OkStatus();
}

}  // namespace cli
