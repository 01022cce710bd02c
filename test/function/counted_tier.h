#ifndef TEST_FUNCTION_COUNTED_TIER_H_
#define TEST_FUNCTION_COUNTED_TIER_H_

// A tier that sweeps the nodes and counts what it is asked for.

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "wengert/derive/products.h"
#include "wengert/derive/recording.h"
#include "wengert/function/tier.h"
#include "wengert/sweep/forward.h"
#include "wengert/sweep/guards.h"

namespace wengert::testing {

struct Counts {
  std::atomic<int> made{0}, forward{0}, reverse{0}, fused{0}, jvp{0}, hvp{0}, batches{0},
      held_in_batches{0};
};

class CountedTier : public Tier {
 public:
  struct Features {
    Drivers drivers{};
    bool is_exact = true;
    double threshold_error = 0.0;  // added to the first operand of a comparison: an inexact tier's
  };

  CountedTier(const TierSource& source, Counts& counts, Features features)
      : source_(source), counts_(counts), features_(features) {
    for (const Operand& y : source.dependents) {
      if (!y.is_constant()) end_ = std::max<size_t>(end_, y.index() + size_t{1});
    }
    ++counts_.made;
  }

  std::unique_ptr<Tier::Workspace> MakeWorkspace() const override {
    return std::make_unique<Memory>();
  }
  size_t bytes() const override { return 1234; }
  bool is_exact() const override { return features_.is_exact; }
  Drivers drivers() const override { return features_.drivers; }

  std::optional<Flip> Forward(const Point& at, Tier::Workspace& workspace) const override {
    ++counts_.forward;
    return Sweep(at, Of(workspace));
  }
  void Values(const Tier::Workspace& workspace, absl::Span<double> y) const override {
    for (size_t j = 0; j < y.size(); ++j) {
      const Operand operand = source_.dependents[j];
      y[j] = operand.is_constant() ? source_.constants[j]
                                   : static_cast<const Memory&>(workspace).primals[operand.index()];
    }
  }
  bool Reverse(absl::Span<const double> w, absl::Span<double> x_bar,
               Tier::Workspace& workspace) const override {
    ++counts_.reverse;
    wengert::Vjp(RecordingAt(Of(workspace)), w, x_bar, Of(workspace).drivers);
    return true;
  }
  std::optional<Flip> ForwardReverse(const Point& at, absl::Span<const double> w,
                                     absl::Span<double> x_bar,
                                     Tier::Workspace& workspace) const override {
    ++counts_.fused;
    const std::optional<Flip> flip = Sweep(at, Of(workspace));
    wengert::Vjp(RecordingAt(Of(workspace)), w, x_bar, Of(workspace).drivers);
    return flip;
  }
  bool Jvp(absl::Span<const double> v, absl::Span<double> y_dot,
           Tier::Workspace& workspace) const override {
    ++counts_.jvp;
    wengert::Jvp(RecordingAt(Of(workspace)), v, y_dot, Of(workspace).drivers);
    return true;
  }
  bool Hvp(absl::Span<const double> w, absl::Span<const double> v, absl::Span<double> h,
           Tier::Workspace& workspace) const override {
    ++counts_.hvp;
    wengert::Hvp(RecordingAt(Of(workspace)), w, v, h, Of(workspace).drivers);
    return true;
  }
  void GradientBatch(absl::Span<const double> points, absl::Span<const double> p,
                     absl::Span<double> values, absl::Span<double> gradients,
                     absl::Span<uint8_t> holds, Tier::Workspace& workspace) const override {
    ++counts_.batches;
    const double one = 1.0;
    for (size_t k = 0; k < values.size(); ++k) {
      const absl::Span<const double> x = points.subspan(k * source_.n, source_.n);
      holds[k] = Sweep({x, p}, Of(workspace)).has_value() ? 0 : 1;
      counts_.held_in_batches += holds[k];
      Values(workspace, values.subspan(k, 1));
      wengert::Vjp(RecordingAt(Of(workspace)), {&one, 1},
                   gradients.subspan(k * source_.n, source_.n), Of(workspace).drivers);
    }
  }

 private:
  struct Memory : Tier::Workspace {
    std::vector<double> primals;
    wengert::Workspace drivers;
  };
  static Memory& Of(Tier::Workspace& workspace) { return static_cast<Memory&>(workspace); }

  std::optional<Flip> Sweep(const Point& at, Memory& memory) const {
    const Tape& tape = source_.tape;
    memory.primals.resize(tape.size());
    for (size_t k = 0; k < tape.inputs().size(); ++k) {
      memory.primals[tape.inputs()[k]] = k < source_.n ? at.x[k] : at.p[k - source_.n];
    }
    ForwardSweep(tape, memory.primals.data());
    for (size_t k = 0; k < tape.guards().size(); ++k) {
      const Guard& guard = tape.guards()[k];
      double& a = memory.primals[guard.a.index()];
      const double exact = a;
      a += features_.threshold_error;
      const double outcome = OutcomeOf(tape, memory.primals.data(), guard);
      a = exact;
      if (outcome != guard.outcome) return Flip{k, outcome};
    }
    return std::nullopt;
  }

  derive_internal::Recording RecordingAt(const Memory& memory) const {
    derive_internal::Recording f = {
        source_.tape, {}, memory.primals.data(), source_.dependents, end_};
    f.passive = f.view.inputs.subspan(source_.n);
    f.view.inputs = f.view.inputs.subspan(0, source_.n);
    return f;
  }

  const TierSource source_;
  Counts& counts_;
  const Features features_;
  size_t end_ = 0;
};

inline constexpr Tier::Drivers kAllDrivers = {.jvp = true, .hvp = true, .gradient_batch = true};
inline constexpr Tier::Drivers kMatrixDrivers = {
    .jvp = true, .hvp = true, .many_vjps = true, .many_jvps = true, .many_hvps = true};

inline TierMaker Counted(Counts& counts, CountedTier::Features features = {}) {
  return [&counts, features](const TierSource& source) {
    return std::make_unique<const CountedTier>(source, counts, features);
  };
}

}  // namespace wengert::testing

#endif  // TEST_FUNCTION_COUNTED_TIER_H_
