#ifndef CLI_PLACE_H_
#define CLI_PLACE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace cli {

// "line 2, column 5: what", and below it the line, or the part of it around the place, with a caret
// under the byte `at` of the text:
//
//   line 1, column 3: expected a number, a variable or '('
//     a*)b
//       ^
std::string AtPlace(absl::string_view text, size_t at, absl::string_view what);

// As much of the text as an error shows, on one line; "..." stands for more.
std::string Beginning(absl::string_view text);

// The word among those that are at most two edits away from `word`, or nothing.
class NearestWord {
 public:
  explicit NearestWord(absl::string_view word) : word_(word) {}
  void Offer(absl::string_view candidate);
  const std::string& nearest() const { return nearest_; }

 private:
  absl::string_view word_;
  std::string nearest_;
  size_t distance_ = 3;
};

}  // namespace cli

#endif  // CLI_PLACE_H_
