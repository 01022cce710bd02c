#include "cli/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace cli {

bool ReadNumber(absl::string_view text, double* number) {
  if (!absl::SimpleAtod(text, number)) return false;
  return !std::isinf(*number) || std::none_of(text.begin(), text.end(), absl::ascii_isdigit);
}

void AppendNumber(std::string& text, double number) {
  char digits[32];
  const double shown = std::isnan(number) ? std::abs(number) : number;
  text.append(digits, std::to_chars(digits, digits + sizeof(digits), shown).ptr);
}

}  // namespace cli
