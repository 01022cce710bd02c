#ifndef CLI_REPORT_H_
#define CLI_REPORT_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "cli/arguments.h"
#include "cli/expression.h"

namespace cli {

// What `arguments.show` asks for, of the expression at the point x, one number for each variable.
// Aborted if the gradient was checked and found wrong.
absl::Status Report(const Expression& expression, absl::Span<const double> x,
                    const Arguments& arguments, std::ostream& out);

// A tape that was saved by --save, or by SaveTape.
absl::Status ReportSaved(const std::string& file, std::ostream& out);

// The operations by name, with the number of operands.
void ListOperations(std::ostream& out);

}  // namespace cli

#endif  // CLI_REPORT_H_
