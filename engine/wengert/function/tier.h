#ifndef WENGERT_FUNCTION_TIER_H_
#define WENGERT_FUNCTION_TIER_H_

// A tier: one way to evaluate a trace, faster than node by node. The seam between Function, which
// decides when a trace gets which tier and what happens when a branch changes, and those that make
// them: an optimiser is a TierMaker.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/function/tier_maker.h"  // IWYU pragma: export
#include "wengert/tape/tape.h"

namespace wengert {

// What a tier is made from: a recording of y = f(x; p), R^n -> R^m.
struct TierSource {
  const Tape& tape;                      // stopped, where it was recorded; outlives the tier
  size_t n;                              // the tape's first n independents are x, the rest are p
  absl::Span<const Operand> dependents;  // a node each, or constant: then its value is in
  absl::Span<const double> constants;    // `constants`; m of both
  // How often a driver is worth asking for in vain before a tier gets it: FunctionOptions' own.
  int64_t compile_after = 0;
  int threads = 1;  // that an evaluation may use
};

// Immutable, and swept by any number of threads, each with a workspace. Lengths are the caller's
// duty. Nothing but MakeWorkspace and the first sweeps in a workspace may allocate.
class Tier {
 public:
  struct Point {
    absl::Span<const double> x;  // n
    absl::Span<const double> p;  // the tape's other independents
  };
  // The first of the tape's guards that came out differently than recorded, and how: an outcome is
  // what Guard::outcome says. Those before it held.
  struct Flip {
    size_t guard;
    double outcome;
  };
  class Workspace {
   public:
    Workspace() = default;
    virtual ~Workspace() = default;
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
  };

  Tier() = default;
  virtual ~Tier() = default;
  Tier(const Tier&) = delete;
  Tier& operator=(const Tier&) = delete;

  virtual std::unique_ptr<Workspace> MakeWorkspace() const = 0;
  virtual size_t bytes() const = 0;  // of the tier, without workspaces
  // What it does, for Function::Explain: lines, the last one ended, too.
  virtual std::string Explain() const { return ""; }
  // Its code, for Listing of a Function: lines, the last one ended, too; and for Dot statements of
  // a Graphviz digraph, whose names begin with `prefix`.
  virtual std::string Listing() const { return ""; }
  virtual std::string Dot(const std::string& /*prefix*/) const { return ""; }
  // Whether every primal has the bits of a recording at the point. If not, a flip that the tier
  // reports is checked by sweeping the nodes, whose answer counts.
  virtual bool is_exact() const = 0;

  // Moves the workspace to a point. After a flip it is nowhere, until the next Forward.
  virtual std::optional<Flip> Forward(const Point& at, Workspace& workspace) const = 0;
  // y, m numbers, where the workspace is.
  virtual void Values(const Workspace& workspace, absl::Span<double> y) const = 0;
  // x_bar = J' w, m numbers to n, where the workspace is. False, of a tier that isn't exact, where
  // the nodes must be asked; then the workspace is nowhere, and what x_bar holds doesn't matter.
  virtual bool Reverse(absl::Span<const double> w, absl::Span<double> x_bar,
                       Workspace& workspace) const = 0;
  // Both at once, for tiers that fuse them: what x_bar holds after a flip doesn't matter. A tier
  // that isn't exact gives any flip where the nodes must be asked.
  virtual std::optional<Flip> ForwardReverse(const Point& at, absl::Span<const double> w,
                                             absl::Span<double> x_bar, Workspace& workspace) const {
    const std::optional<Flip> flip = Forward(at, workspace);
    if (flip.has_value() || Reverse(w, x_bar, workspace)) return flip;
    return Flip{0, 0.0};
  }

  // What a tier needn't have; for what it hasn't, the Function sweeps the nodes.
  struct Drivers {
    bool jvp = false;
    bool hvp = false;
    bool gradient_batch = false;
    bool point = true;  // Forward, Values and Reverse; without them, the tier is for batches only
    // Whether a matrix is made sooner of such products than by sweeping the nodes with eight at
    // once.
    bool many_vjps = false, many_jvps = false, many_hvps = false;
  };
  virtual Drivers drivers() const { return {}; }
  // Called before one of those is asked for so many times: a tier may get it then.
  virtual void Expect(bool Drivers::* /*driver*/, size_t /*times*/) const {}

  // y_dot = J v and h = (the Hessian of w'y) v, where the workspace is. False as of Reverse.
  virtual bool Jvp(absl::Span<const double> v, absl::Span<double> y_dot,
                   Workspace& workspace) const;
  virtual bool Hvp(absl::Span<const double> w, absl::Span<const double> v, absl::Span<double> h,
                   Workspace& workspace) const;
  // Of a matrix that takes `total` such products, the next `count`: v, y_dot, h, and of Vjps w and
  // x_bar are rows. The bits of one may depend on the total, and on its place among them.
  struct Rows {
    size_t count, total;
  };
  virtual bool Jvps(Rows rows, absl::Span<const double> v, absl::Span<double> y_dot,
                    Workspace& workspace) const;
  // As Reverse.
  virtual bool Vjps(Rows rows, absl::Span<const double> w, absl::Span<double> x_bar,
                    Workspace& workspace) const;
  virtual bool Hvps(Rows rows, absl::Span<const double> w, absl::Span<const double> v,
                    absl::Span<double> h, Workspace& workspace) const;
  // As ForwardReverse is to Reverse.
  virtual std::optional<Flip> ForwardJvp(const Point& at, absl::Span<const double> v,
                                         absl::Span<double> y_dot, Workspace& workspace) const {
    const std::optional<Flip> flip = Forward(at, workspace);
    if (flip.has_value() || Jvp(v, y_dot, workspace)) return flip;
    return Flip{0, 0.0};
  }
  virtual std::optional<Flip> ForwardHvp(const Point& at, absl::Span<const double> w,
                                         absl::Span<const double> v, absl::Span<double> h,
                                         Workspace& workspace) const {
    const std::optional<Flip> flip = Forward(at, workspace);
    if (flip.has_value() || Hvp(w, v, h, workspace)) return flip;
    return Flip{0, 0.0};
  }
  // For m = 1, values and gradients at k points that share p: `points` and `gradients` are k x n
  // row by row. holds[i], of k, says whether the guards held at point i; where one didn't, it is 0
  // and the results there don't matter. Leaves the workspace nowhere.
  virtual void GradientBatch(absl::Span<const double> points, absl::Span<const double> p,
                             absl::Span<double> values, absl::Span<double> gradients,
                             absl::Span<uint8_t> holds, Workspace& workspace) const;
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_TIER_H_
