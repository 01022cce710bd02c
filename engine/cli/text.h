#ifndef CLI_TEXT_H_
#define CLI_TEXT_H_

// Numbers and text as other programs write them.

#include <string>

#include "absl/strings/string_view.h"

namespace cli {

// What some programs (spreadsheets) begin a file of UTF-8 with. It is no part of the text.
inline constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// False for what is no number, or is beyond a double; "inf" and "nan" are numbers.
bool ReadNumber(absl::string_view text, double* number);

// As few digits as bring the number back. A NaN has no sign: whether it got one depends on the CPU.
void AppendNumber(std::string& text, double number);

}  // namespace cli

#endif  // CLI_TEXT_H_
