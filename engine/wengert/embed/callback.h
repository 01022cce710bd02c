#ifndef WENGERT_EMBED_CALLBACK_H_
#define WENGERT_EMBED_CALLBACK_H_

// What the callbacks of every adapter share. The frames between a callback and whoever started the
// solver aren't ours, and often C: an exception stops at the callback, the solver is told to stop
// in its own way, and the caller gets the exception when it has returned.

#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "wengert/base/check.h"
#include "wengert/function/function.h"

namespace wengert {

// The first of several threads' exceptions is kept.
class KeptException {
 public:
  // call(), or false when it throws now or one did before: a solver may go on for a while.
  template <class Call>
  bool Run(Call&& call) noexcept {
    if (is_set()) return false;
    try {
      std::forward<Call>(call)();
      return true;
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (exception_ == nullptr) exception_ = std::current_exception();
      is_set_.store(true, std::memory_order_release);
      return false;
    }
  }

  bool is_set() const { return is_set_.load(std::memory_order_acquire); }

  // Both are for when the solver isn't running. Rethrow throws the exception, if there is one,
  // once.
  void Forget() {
    exception_ = nullptr;
    is_set_ = false;
  }
  void Rethrow() {
    const std::exception_ptr kept = exception_;
    Forget();
    if (kept != nullptr) std::rethrow_exception(kept);
  }

 private:
  std::atomic<bool> is_set_{false};
  std::mutex mutex_;
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
