#ifndef CLI_POINTS_H_
#define CLI_POINTS_H_

#include <cstddef>
#include <istream>
#include <map>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "cli/expression.h"

namespace cli {

// Bytes of a line of CSV, which may come from strangers.
inline constexpr size_t kLongestCsvLine = size_t{1} << 20;

// Reads CSV, whose first line names the columns, and writes it with the columns value and d_<name>
// for each variable of the expression, in its order. The variables in `constants` have these values
// at all points and aren't differentiated; every other needs a column. Other columns are copied;
// one that has the name of an added one is an error. Cells may stand in quotes, with commas but no
// line breaks inside. Works through thousands of points at a time, by Function::GradientBatch;
// numbers are written with as many digits as bring them back. InvalidArgument names `file`, line
// and column; a line that is too long is ResourceExhausted.
absl::Status GradientsAtPoints(const Expression& expression,
                               const std::map<std::string, double>& constants,
                               const std::string& file, std::istream& in, std::ostream& out);

}  // namespace cli

#endif  // CLI_POINTS_H_
