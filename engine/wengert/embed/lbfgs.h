#ifndef WENGERT_EMBED_LBFGS_H_
#define WENGERT_EMBED_LBFGS_H_

// libLBFGS on a Function:
//
//    lbfgs_parameter_t parameters;
//    lbfgs_parameter_init(&parameters);
//    const wengert::LbfgsResult result = wengert::LbfgsMinimize(f, absl::MakeSpan(x), parameters);
//    if (result.status != LBFGS_SUCCESS) ...                // LBFGSERR_...
//
// Where the value or gradient isn't finite, libLBFGS is told of a slope that rises from the iterate
// (mirrored_slope.h): it shortens its step with each of its line searches, while an infinity ends
// the default one.

#include <lbfgs.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include "absl/types/span.h"
#include "wengert/embed/callback.h"
#include "wengert/embed/mirrored_slope.h"
#include "wengert/function/function.h"

namespace wengert {

// What an optimisation came to.
struct LbfgsResult {
  int status;  // of lbfgs()
  // The value at the last iterate, and how often it was asked for.
  double minimum;
  int iterations;
  int evaluations;
};

// After each iteration: its number from 1, the iterate, the value there. False: enough, which is
// LBFGSERR_CANCELED.
using LbfgsProgress = std::function<bool(int iteration, absl::Span<const double> x, double value)>;

// A Function as lbfgs() sees it. One optimisation at a time.
class LbfgsObjective {
 public:
  // `progress` may be empty.
  LbfgsObjective(Function f, LbfgsProgress progress)
      : f_(std::move(f)), progress_(std::move(progress)) {}

  // For lbfgs(), with the LbfgsObjective as the instance.
  static double Evaluate(void* instance, const double* x, double* gradient, int n, double) {
    LbfgsObjective& self = *static_cast<LbfgsObjective*>(instance);
    const auto size = static_cast<size_t>(n);
    return self.Evaluate({x, size}, {gradient, size});
  }
  static int Progress(void* instance, const double* x, const double* gradient, double value, double,
                      double, double, int n, int iteration, int) {
    LbfgsObjective& self = *static_cast<LbfgsObjective*>(instance);
    const auto size = static_cast<size_t>(n);
    return self.Accept({x, size}, {gradient, size}, value, iteration) ? 0 : LBFGSERR_CANCELED;
  }

  // Of the optimisation so far; what a callable threw.
  int iterations() const { return iterations_; }
  int evaluations() const { return evaluations_; }
  KeptException& exception() { return exception_; }

 private:
  double Evaluate(absl::Span<const double> x, absl::Span<double> gradient) {
    ++evaluations_;
    double value = 0.0;
    if (!exception_.Run([&] { value = FiniteValue(x, gradient); })) {
      std::fill(gradient.begin(), gradient.end(), 0.0);
      return std::numeric_limits<double>::infinity();  // ends the line search
    }
    return value;
  }

  double FiniteValue(absl::Span<const double> x, absl::Span<double> gradient) {
    const double value = f_.Gradient(x, gradient);
    const bool finite = std::isfinite(value) && AllFinite(gradient);
    if (slope_.has_iterate()) {
      if (finite) return value;
      slope_.Gradient(x, gradient);
      return slope_.Value(x);
    }
    if (!finite) {
      ThrowUsageError("LbfgsMinimize", "the objective or its gradient isn't finite at the start",
                      "start inside its domain");
    }
    slope_.SetIterate(x, value, gradient);
    return value;
  }

  bool Accept(absl::Span<const double> x, absl::Span<const double> gradient, double value,
              int iteration) {
    iterations_ = iteration;
    bool go_on = true;
    return exception_.Run([&] {
      slope_.SetIterate(x, value, gradient);
      if (progress_) go_on = progress_(iteration, x, value);
    }) && go_on;
  }

  Function f_;
  LbfgsProgress progress_;
  MirroredSlope slope_;
  int iterations_ = 0;
  int evaluations_ = 0;
  KeptException exception_;
};

// lbfgs() from x, which becomes the minimiser. What a callable or `progress` threw arrives as it
// was. UsageError unless f has one output and as many inputs as x, or where it isn't finite at x.
inline LbfgsResult LbfgsMinimize(const Function& f, absl::Span<double> x,
                                 const lbfgs_parameter_t& parameters, LbfgsProgress progress = {}) {
  CheckObjective("LbfgsMinimize", f, x.size());
  const int n = static_cast<int>(x.size());
  // libLBFGS may work on a multiple of 16 numbers at once.
  const std::unique_ptr<double, decltype(&lbfgs_free)> point(lbfgs_malloc(n), &lbfgs_free);
  if (point == nullptr) throw std::bad_alloc();
  std::copy(x.begin(), x.end(), point.get());
  LbfgsObjective objective(f, std::move(progress));
  lbfgs_parameter_t own = parameters;
  LbfgsResult result = {};
  result.status = lbfgs(n, point.get(), &result.minimum, LbfgsObjective::Evaluate,
                        LbfgsObjective::Progress, &objective, &own);
  objective.exception().Rethrow();
  result.iterations = objective.iterations();
  result.evaluations = objective.evaluations();
  std::copy_n(point.get(), x.size(), x.begin());
  return result;
}

}  // namespace wengert

#endif  // WENGERT_EMBED_LBFGS_H_
