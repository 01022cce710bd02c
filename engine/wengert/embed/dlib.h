#ifndef WENGERT_EMBED_DLIB_H_
#define WENGERT_EMBED_DLIB_H_

// dlib's minimisers on a Function:
//
//    dlib::matrix<double, 0, 1> x = {-1.2, 1.0};
//    double minimum = wengert::DlibFindMin(dlib::lbfgs_search_strategy(10),
//                                          dlib::objective_delta_stop_strategy(1e-9), f, x);
//    wengert::DlibFindMinTrustRegion(dlib::gradient_norm_stop_strategy(1e-9), f, x);  // by
//    Hessians
//
// Value and gradient at one x share a forward sweep. Where they aren't finite dlib is told of a
// slope that rises from the iterate (mirrored_slope.h) and shortens its step; an infinity would
// become NaN in its interpolation, and NaN keeps it searching for ever. dlib is all C++ templates:
// what a callable throws goes through it.

#include <dlib/optimization.h>

#include <limits>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "wengert/embed/callback.h"
#include "wengert/embed/mirrored_slope.h"
#include "wengert/function/function.h"

namespace wengert {

// A column, as dlib::find_min wants it.
using DlibVector = dlib::matrix<double, 0, 1>;

// A Function as dlib's optimisers see it. One optimisation at a time.
class DlibObjective {
 public:
  // UsageError unless f has n inputs, at least one, and one output.
  DlibObjective(Function f, long n) : f_(std::move(f)), x_(n), gradient_(n) {
    CheckObjective("DlibObjective", f_, static_cast<size_t>(n));
    if (n == 0) {
      ThrowUsageError("DlibObjective", "an objective without inputs",
                      "dlib ends the program where there is no variable");
    }
  }

  // The value; where it is not finite, one that leads back (mirrored_slope.h).
  template <class Expression>
  double Value(const dlib::matrix_exp<Expression>& x) {
    x_ = x;
    double value = f_.Value(Point());
    if (!std::isfinite(value) && slope_.has_iterate()) value = slope_.Value(Point());
    return value;
  }

  // Valid until the next call.
  template <class Expression>
  const DlibVector& Gradient(const dlib::matrix_exp<Expression>& x) {
    x_ = x;
    const absl::Span<double> g(&gradient_(0), Size());
    const double value = f_.Gradient(Point(), g);
    if (!(std::isfinite(value) && AllFinite(g)) && slope_.has_iterate()) {
      slope_.Gradient(Point(), g);
    }
    return gradient_;
  }

  // The dense matrix of second derivatives.
  template <class Matrix>
  void Hessian(const DlibVector& x, Matrix& hessian) {
    x_ = x;
    numbers_.resize(Size() * Size());
    f_.Hessian(Point(), numbers_);
    hessian.set_size(x.size(), x.size());
    std::copy(numbers_.begin(), numbers_.end(), hessian.begin());
  }

  // The last point that was accepted.
  void SetIterate(const DlibVector& x, double value, const DlibVector& gradient) {
    slope_.SetIterate({&x(0), Size()}, value, {&gradient(0), Size()});
  }

 private:
  size_t Size() const { return static_cast<size_t>(x_.size()); }
  absl::Span<const double> Point() const { return {&x_(0), Size()}; }

  Function f_;
  DlibVector x_, gradient_;
  std::vector<double> numbers_;
  MirroredSlope slope_;
};

namespace dlib_internal {

// A stop strategy that tells the objective each iterate before it is asked.
template <class Stop>
class Watched {
 public:
  Watched(Stop stop, DlibObjective& objective) : stop_(std::move(stop)), objective_(objective) {}

  bool should_continue_search(const DlibVector& x, double value, const DlibVector& gradient) {
    objective_.SetIterate(x, value, gradient);
    return stop_.should_continue_search(x, value, gradient);
  }

 private:
  Stop stop_;
  DlibObjective& objective_;
};

// What find_min_trust_region wants of a model.
class TrustRegionModel {
 public:
  using column_vector = DlibVector;
  using general_matrix = dlib::matrix<double>;

  explicit TrustRegionModel(DlibObjective& objective) : objective_(objective) {}

  template <class Expression>
  double operator()(const dlib::matrix_exp<Expression>& x) const {
    return objective_.Value(x);
  }
  void get_derivative_and_hessian(const DlibVector& x, DlibVector& gradient,
                                  general_matrix& hessian) const {
    gradient = objective_.Gradient(x);
    objective_.Hessian(x, hessian);
    objective_.SetIterate(x, objective_.Value(x), gradient);
  }

 private:
  DlibObjective& objective_;
};

inline auto ValueOf(DlibObjective& objective) {
  return [&objective](const auto& x) { return objective.Value(x); };
}
inline auto GradientOf(DlibObjective& objective) {
  return [&objective](const auto& x) -> const DlibVector& { return objective.Gradient(x); };
}

}  // namespace dlib_internal

// No value ends a search.
inline constexpr double kDlibNoMinimum = std::numeric_limits<double>::lowest();

// dlib::find_min: the minimum, x becomes the minimiser. dlib::error where f isn't finite at x. The
// search ends where f is below `least`.
template <class Search, class Stop>
double DlibFindMin(Search search, Stop stop, const Function& f, DlibVector& x,
                   double least = kDlibNoMinimum) {
  DlibObjective objective(f, x.size());
  return dlib::find_min(std::move(search), dlib_internal::Watched<Stop>(std::move(stop), objective),
                        dlib_internal::ValueOf(objective), dlib_internal::GradientOf(objective), x,
                        least);
}

// dlib::find_min_box_constrained: the same between lower and upper.
template <class Search, class Stop>
double DlibFindMinBoxConstrained(Search search, Stop stop, const Function& f, DlibVector& x,
                                 const DlibVector& lower, const DlibVector& upper) {
  DlibObjective objective(f, x.size());
  return dlib::find_min_box_constrained(
      std::move(search), dlib_internal::Watched<Stop>(std::move(stop), objective),
      dlib_internal::ValueOf(objective), dlib_internal::GradientOf(objective), x, lower, upper);
}

// dlib::find_min_trust_region, by dense Hessians.
template <class Stop>
double DlibFindMinTrustRegion(Stop stop, const Function& f, DlibVector& x, double radius = 1.0) {
  DlibObjective objective(f, x.size());
  return dlib::find_min_trust_region(std::move(stop), dlib_internal::TrustRegionModel(objective), x,
                                     radius);
}

}  // namespace wengert

#endif  // WENGERT_EMBED_DLIB_H_
