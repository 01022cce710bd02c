#ifndef WENGERT_BASE_CHECK_H_
#define WENGERT_BASE_CHECK_H_

// How misuse is answered. Every public call checks its arguments in O(1) in every build and throws
// UsageError with three facts: what is wrong, where it was noticed, how to mend it. A program that
// is built without exceptions can't catch it: the C++ library prints the text and aborts.

#include <stdexcept>
#include <string>

namespace wengert {

class UsageError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// "where: what; mend". Never returns.
[[noreturn]] void ThrowUsageError(const char* where, const std::string& what, const char* mend);

}  // namespace wengert

#endif  // WENGERT_BASE_CHECK_H_
