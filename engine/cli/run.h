#ifndef CLI_RUN_H_
#define CLI_RUN_H_

#include <istream>
#include <ostream>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace cli {

// The `wengert` command: its arguments without the program's name, to its exit status.
int Run(absl::Span<const absl::string_view> words, std::istream& in, std::ostream& out,
        std::ostream& errors);

}  // namespace cli

#endif  // CLI_RUN_H_
