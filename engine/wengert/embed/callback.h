#ifndef WENGERT_EMBED_CALLBACK_H_
#define WENGERT_EMBED_CALLBACK_H_

// What the callbacks of every adapter share. The frames between a callback and whoever started the
// solver aren't ours, and often C: an exception stops at the callback, the solver is told to stop
// in its own way, and the caller gets the exception when it has returned.

#include <cmath>
#include <exception>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "wengert/base/check.h"
#include "wengert/function/function.h"

namespace wengert {

class KeptException {
 public:
  // call(), or false when it throws now or did before: a solver may go on for a while.
  template <class Call>
  bool Run(Call&& call) noexcept {
    if (exception_ != nullptr) return false;
    try {
      std::forward<Call>(call)();
      return true;
    } catch (...) {
      exception_ = std::current_exception();
      return false;
    }
  }

  bool is_set() const { return exception_ != nullptr; }
  // Throws it, if there is one, once.
  void Rethrow() {
    if (exception_ != nullptr) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  std::exception_ptr exception_;
};

inline bool AllFinite(absl::Span<const double> numbers) {
  for (double each : numbers) {
    if (!std::isfinite(each)) return false;
  }
  return true;
}

// UsageError unless f has `inputs` inputs.
inline void CheckInputs(const char* where, const Function& f, size_t inputs) {
  if (f.inputs() == inputs) return;
  ThrowUsageError(where, absl::StrCat("a Function of ", f.inputs(), " inputs for ", inputs),
                  "record it with as many inputs as the problem has variables");
}

// UsageError unless f can be an objective: of one output and `inputs` inputs.
inline void CheckObjective(const char* where, const Function& f, size_t inputs) {
  CheckInputs(where, f, inputs);
  if (f.outputs() == 1) return;
  ThrowUsageError(where, absl::StrCat("an objective of ", f.outputs(), " outputs"),
                  "record a callable that gives a single Var");
}

}  // namespace wengert

#endif  // WENGERT_EMBED_CALLBACK_H_
