#include "cli/points.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "cli/place.h"
#include "cli/text.h"
#include "wengert/function/function.h"

namespace cli {
namespace {

using wengert::Function;
using wengert::Var;

constexpr size_t kPointsAtOnce = 4096, kBytesAtOnce = size_t{1} << 22;

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
    while (in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()))) {
      ++number_;
      line_ = absl::string_view(buffer_.data(), LengthRead());
      absl::ConsumeSuffix(&line_, "\r");
      if (number_ == 1) absl::ConsumePrefix(&line_, kByteOrderMark);
      if (!absl::StripAsciiWhitespace(line_).empty()) return true;
    }
    return false;
  }
  // Until the next one.
  absl::string_view line() const { return line_; }
  // Why there is no next one: OK at the end of the file.
  absl::Status End() const {
    if (in_.bad()) return absl::DataLossError(absl::StrCat(file_, " can't be read"));
    if (in_.eof()) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat(
        file_, ":", number_ + 1, ": a line is longer than ", kLongestCsvLine, " bytes"));
  }
  absl::Status Fault(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(file_, ":", number_, ": ", what));
  }

 private:
  // The line's end is counted as read, but isn't there where the file ends.
  size_t LengthRead() const { return static_cast<size_t>(in_.gcount()) - (in_.eof() ? 0 : 1); }

  const std::string file_;
  std::istream& in_;
  std::vector<char> buffer_ = std::vector<char>(kLongestCsvLine + 1);
  absl::string_view line_;
  size_t number_ = 0;
};

// Where the variables' values come from: a column, or none for a constant.
class Columns {
 public:
  static absl::StatusOr<Columns> Find(const Expression& expression,
                                      const std::map<std::string, double>& constants,
                                      const Lines& header) {
    Columns columns;
    std::multimap<absl::string_view, size_t> places;
    for (const absl::string_view name : Cells(header.line())) places.emplace(name, places.size());
    columns.count_ = places.size();
    for (const std::string& variable : expression.variables()) {
      if (constants.count(variable) != 0) continue;
      const auto column = places.find(variable);
      if (column == places.end()) {
        return header.Fault(absl::StrCat("no column is called ", variable));
      }
      if (places.count(variable) > 1) {
        return header.Fault(absl::StrCat("two columns are called ", variable));
      }
      columns.names_.push_back(variable);
      columns.columns_.push_back(column->second);
    }
    for (const std::string& added : columns.Added()) {
      if (places.count(added) == 0) continue;
      return header.Fault(
          absl::StrCat("a column is called ", added, ", the name of one that is added"));
    }
    return columns;
  }

  bool empty() const { return names_.empty(); }
  // The names of those that the output has beside the file's.
  std::vector<std::string> Added() const {
    std::vector<std::string> added = {"value"};
    for (const std::string& name : names_) added.push_back(absl::StrCat("d_", name));
    return added;
  }

  absl::Status Read(const Lines& row, std::vector<double>& points) const {
    const std::vector<absl::string_view> cells = Cells(row.line());
    if (cells.size() != count_) {
      return row.Fault(absl::StrCat(cells.size(), " cells, where the first line has ", count_));
    }
    for (size_t j = 0; j < columns_.size(); ++j) {
      double number = 0.0;
      const absl::string_view cell = cells[columns_[j]];
      if (!ReadNumber(cell, &number)) {
        return row.Fault(
            absl::StrCat("column ", names_[j], ": \"", Beginning(cell), "\" isn't a number"));
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
  if (!lines.Next()) {
    const absl::Status end = lines.End();
    return end.ok() ? lines.Fault("no line that names the columns") : end;
  }
  const absl::StatusOr<Columns> columns = Columns::Find(expression, constants, lines);
  if (!columns.ok()) return columns.status();
  if (columns->empty()) return lines.Fault("no variable is left to differentiate by");
  out << lines.line();
  for (const std::string& name : columns->Added()) out << "," << name;
  out << "\n";

  std::optional<Function> f;
  std::vector<std::string> rows;
  std::vector<double> points;
  size_t bytes = 0;
  bool more = true;
  while (more) {
    more = lines.Next();
    if (more) {
      if (absl::Status status = columns->Read(lines, points); !status.ok()) return status;
      rows.emplace_back(lines.line());
      bytes += lines.line().size();
      if (!f.has_value()) f = FunctionOf(expression, constants, points);
    }
    if (more && rows.size() < kPointsAtOnce && bytes < kBytesAtOnce) continue;
    if (!rows.empty()) Write(*f, rows, points, out);
    rows.clear();
    points.clear();
    bytes = 0;
  }
  return lines.End();
}

}  // namespace cli
