#include "wengert/base/check.h"

#include <cstdio>
#include <exception>

#include "absl/strings/str_cat.h"

namespace wengert {

void ThrowUsageError(const char* where, const std::string& what, const char* mend) {
  const std::string text = absl::StrCat(where, ": ", what, "; ", mend);
#if defined(__cpp_exceptions)
  throw UsageError(text);
#else
  std::fprintf(stderr, "wengert::UsageError: %s\n", text.c_str());
  std::terminate();
#endif
}

}  // namespace wengert
