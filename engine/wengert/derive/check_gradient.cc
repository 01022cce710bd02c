#include "wengert/derive/check_gradient.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "wengert/derive/nearby_flip.h"
#include "wengert/derive/node_suspicion.h"
#include "wengert/ops/rule.h"
#include "wengert/tape/tape.h"

namespace wengert {
namespace {

// A user's operation under its own name.
std::string NameOf(const Tape& tape, const Node& node) {
  if (node.op == Op::kCustom) return tape.calls()[node.call()].rules->name;
  return InfoOf(node.op).text;
}

std::string InWords(const NodeSuspicion& s, const Tape& tape) {
  const Node& node = tape.nodes()[s.node];
  return absl::StrFormat(
      "node %d, %s: its partial towards operand %d is %.6g, its own differences %.6g +- %.2g%s",
      s.node, NameOf(tape, node), s.operand, s.partial, s.quotient.value, s.quotient.error,
      HasTrait(node.op, kKink) ? "; the operation has a kink or jump nearby" : "");
}

std::string ReportOf(const GradientCheck& check, const Tape& tape) {
  if (check.ok) return "the gradient agrees with differences of the function";
  std::vector<std::string> lines = {
      absl::StrFormat("gradient[%d] is %.17g, but differences of the function give %.17g +- %.2g",
                      check.input, check.found, check.expected.value, check.expected.error)};
  if (check.suspicion) lines.push_back(InWords(*check.suspicion, tape));
  if (!check.nearby_flip.empty()) {
    lines.push_back(absl::StrCat("the differences see another branch: ", check.nearby_flip));
  }
  if (lines.size() == 1) {
    lines.push_back(
        "every operation's partial agrees with its own differences: the function depends on its "
        "inputs in a way that isn't recorded (value(), Freeze, state of its own)");
  }
  return absl::StrJoin(lines, "\n");
}

// Steps from the size of x down may be too long for a function that does more than one thing within
// them, a peak far from zero or a fast oscillation: what they estimate, and how well, is then by
// chance. Such a quotient is contradicted by those of shorter steps, of which one agrees with the
// gradient. A kink that is nearby would be, too, but is to be found.
template <class QuotientAt>
bool ShorterStepsAgree(double found, double step, QuotientAt&& quotient_at, double slack) {
  constexpr double kShorter = 1.0 / (1 << kDifferenceSteps);
  const DifferenceQuotient first = quotient_at(step);
  for (int k = 0; k < 2; ++k) {
    step *= kShorter;
    const DifferenceQuotient shorter = quotient_at(step);
    const double gap = std::abs(shorter.value - first.value);
    const bool contradicts = !first.converged() || gap > slack * (shorter.error + first.error);
    if (contradicts && Distance(found, shorter) <= slack) return true;
  }
  return false;
}

bool IsAtAKink(const GradientCheck& check, const Tape& tape) {
  if (!check.nearby_flip.empty()) return true;
  return check.suspicion && HasTrait(tape.nodes()[check.suspicion->node].op, kKink);
}

}  // namespace

GradientCheck CheckGradient(const std::function<Var(absl::Span<const Var>)>& f,
                            absl::Span<const double> x, double slack) {
  Tape tape;
  const Var root = f(tape.Inputs(x));
  const Adjoints& adjoints = tape.Backward(root);
  const std::vector<double> gradient = adjoints.Gradient();
  std::vector<double> point(x.begin(), x.end());
  const auto value_at = [&](size_t j, double t) {
    point[j] = x[j] + t;
    Tape probe;
    const double y = f(probe.Inputs(point)).value();
    point[j] = x[j];
    return y;
  };
  const auto worst_input = [&](bool with_shorter_steps) {
    GradientCheck check;
    double worst = -1.0;
    for (size_t j = 0; j < x.size(); ++j) {
      const auto quotient_at = [&](double step) {
        return RichardsonDerivative([&](double t) { return value_at(j, t); }, step);
      };
      const double step = FirstStep(x[j]);
      const DifferenceQuotient quotient = quotient_at(step);
      const double distance = Distance(gradient[j], quotient);
      if (distance <= worst) continue;
      if (with_shorter_steps && distance > slack &&
          ShorterStepsAgree(gradient[j], step, quotient_at, slack)) {
        continue;
      }
      worst = distance;
      check.input = j;
      check.found = gradient[j];
      check.expected = quotient;
    }
    check.ok = worst <= slack;
    if (check.ok) return check;
    check.suspicion = MostSuspicious(tape, adjoints.nodes(), slack);
    check.nearby_flip = NearbyFlip(tape, x, check.input);
    return check;
  };
  if (!std::isfinite(root.value())) {
    GradientCheck check;
    check.ok = false;
    check.report =
        absl::StrCat("f isn't finite here: it is ", std::isnan(root.value()) ? "nan" : "infinite",
                     ", and has no gradient; FirstNonFinite finds the operation");
    return check;
  }
  GradientCheck check = worst_input(false);
  if (!check.ok && !IsAtAKink(check, tape)) check = worst_input(true);
  check.report = ReportOf(check, tape);
  return check;
}

GradientCheck CheckGradient(
    const std::function<Var(absl::Span<const Var>, absl::Span<const Var>)>& f,
    absl::Span<const double> x, absl::Span<const double> p, double slack) {
  const std::vector<Var> constants(p.begin(), p.end());
  return CheckGradient([&](absl::Span<const Var> inputs) { return f(inputs, constants); }, x,
                       slack);
}

}  // namespace wengert
