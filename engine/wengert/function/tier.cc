#include "wengert/function/tier.h"

#include "wengert/base/check.h"

namespace wengert {
namespace {

[[noreturn]] void ThrowNoDriver(const char* where) {
  ThrowUsageError(where, "the tier has no such driver", "ask Tier::drivers() before");
}

}  // namespace

bool Tier::Jvp(absl::Span<const double> /*v*/, absl::Span<double> /*y_dot*/,
               Workspace& /*workspace*/) const {
  ThrowNoDriver("Tier::Jvp");
}

bool Tier::Hvp(absl::Span<const double> /*w*/, absl::Span<const double> /*v*/,
               absl::Span<double> /*h*/, Workspace& /*workspace*/) const {
  ThrowNoDriver("Tier::Hvp");
}

bool Tier::Jvps(Rows rows, absl::Span<const double> v, absl::Span<double> y_dot,
                Workspace& workspace) const {
  const size_t n = v.size() / rows.count, m = y_dot.size() / rows.count;
  bool done = true;
  for (size_t r = 0; done && r < rows.count; ++r) {
    done = Jvp(v.subspan(r * n, n), y_dot.subspan(r * m, m), workspace);
  }
  return done;
}

bool Tier::Vjps(Rows rows, absl::Span<const double> w, absl::Span<double> x_bar,
                Workspace& workspace) const {
  const size_t m = w.size() / rows.count, n = x_bar.size() / rows.count;
  bool done = true;
  for (size_t r = 0; done && r < rows.count; ++r) {
    done = Reverse(w.subspan(r * m, m), x_bar.subspan(r * n, n), workspace);
  }
  return done;
}

bool Tier::Hvps(Rows rows, absl::Span<const double> w, absl::Span<const double> v,
                absl::Span<double> h, Workspace& workspace) const {
  const size_t n = v.size() / rows.count;
  bool done = true;
  for (size_t r = 0; done && r < rows.count; ++r) {
    done = Hvp(w, v.subspan(r * n, n), h.subspan(r * n, n), workspace);
  }
  return done;
}

void Tier::GradientBatch(absl::Span<const double> /*points*/, absl::Span<const double> /*p*/,
                         absl::Span<double> /*values*/, absl::Span<double> /*gradients*/,
                         absl::Span<uint8_t> /*holds*/, Workspace& /*workspace*/) const {
  ThrowNoDriver("Tier::GradientBatch");
}

}  // namespace wengert
