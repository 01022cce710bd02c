#include "wengert/program/limits.h"

#include "absl/strings/str_cat.h"

namespace wengert::program {

absl::Status TooLarge::status() const {
  return absl::ResourceExhaustedError(absl::StrCat("its program would have too many ", what));
}

void ThrowTooLarge(const char* what) { throw TooLarge{what}; }

}  // namespace wengert::program
