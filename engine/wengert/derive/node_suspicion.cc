#include "wengert/derive/node_suspicion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "wengert/ops/rule.h"
#include "wengert/sweep/calls.h"
#include "wengert/sweep/operands.h"
#include "wengert/sweep/view.h"

namespace wengert {
namespace {

// The partial towards operand k of an operation at these operands, and its difference quotient.
template <class R, int k, size_t arity>
NodeSuspicion ExamineOperand(const std::array<double, arity>& x, double y) {
  NodeSuspicion examined;
  examined.operand = k;
  const auto value_at = [&](double t) {
    std::array<double, arity> moved = x;
    moved[k] += t;
    return std::apply([](auto... operands) { return R::Value(operands...); }, moved);
  };
  examined.partial =
      std::apply([&](auto... operands) { return R::template Partial<k>(operands..., y); }, x);
  examined.quotient = RichardsonDerivative(value_at, FirstStep(x[k]));
  return examined;
}

// The same for an output of a user's operation, by its vjp.
NodeSuspicion ExamineCallOperand(const View& view, const CustomCall& call, size_t output, size_t k,
                                 const double* primals) {
  const OperandReader<double> read{primals, view.constants.data()};
  const absl::Span<const Operand> operands = view.OperandsOf(call);
  CallFrame frame(&view.source, *call.rules, call.inputs());
  for (size_t j = 0; j < operands.size(); ++j) frame.x[j] = read(operands[j]);
  const double x = frame.x[k];
  frame.Value();
  std::fill(frame.y_bar.begin(), frame.y_bar.end(), 0.0);
  frame.y_bar[output] = 1.0;
  frame.Vjp();
  NodeSuspicion examined;
  examined.operand = static_cast<int>(k);
  examined.partial = frame.x_bar[k];
  const auto value_at = [&](double t) {
    frame.x[k] = x + t;
    frame.Value();
    return frame.y[output];
  };
  examined.quotient = RichardsonDerivative(value_at, FirstStep(x));
  return examined;
}

// The worst operand of all nodes that the root is sensitive to.
class Search {
 public:
  Search(const Tape& tape, double slack) : view_(tape), tape_(tape), worst_distance_(slack) {}

  void Examine(uint32_t i) {
    const Node& node = view_.nodes[i];
    VisitOp(node.op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) ExamineNode<R>(node, i);
      if constexpr (R::op == Op::kCustom) ExamineCall(view_.CallOf(node), i);
    });
  }
  const std::optional<NodeSuspicion>& worst() const { return worst_; }

 private:
  template <class R>
  void ExamineNode(const Node& node, uint32_t i) {
    const OperandReader<double> read{tape_.primals().data(), view_.constants.data()};
    const auto operands = WithOperands<R::arity>(
        read, node, [](auto... x) { return std::array<double, sizeof...(x)>{x...}; });
    ForActiveOperands<R::arity>(node, [&](auto k, uint32_t) {
      Compare(i, ExamineOperand<R, decltype(k)::value>(operands, tape_.primals()[i]));
    });
  }

  void ExamineCall(const CustomCall& call, uint32_t i) {
    const absl::Span<const Operand> operands = view_.OperandsOf(call);
    for (size_t k = 0; k < operands.size(); ++k) {
      if (operands[k].is_constant()) continue;
      Compare(i, ExamineCallOperand(view_, call, i - call.first, k, tape_.primals().data()));
    }
  }

  void Compare(uint32_t i, NodeSuspicion examined) {
    examined.node = i;
    const double distance = Distance(examined.partial, examined.quotient);
    if (distance <= worst_distance_) return;
    worst_distance_ = distance;
    worst_ = examined;
  }

  const View view_;
  const Tape& tape_;
  std::optional<NodeSuspicion> worst_;
  double worst_distance_;
};

}  // namespace

// How many error estimates apart; infinite if one of them isn't a number to compare with.
double Distance(double found, const DifferenceQuotient& quotient) {
  const double gap = std::abs(found - quotient.value);
  if (std::isnan(gap) || !quotient.converged()) return std::numeric_limits<double>::infinity();
  constexpr double kTiny = std::numeric_limits<double>::min();
  return gap / std::max(quotient.error, kTiny);
}

std::optional<NodeSuspicion> MostSuspicious(const Tape& tape, absl::Span<const double> adjoints,
                                            double slack) {
  Search search(tape, slack);
  for (uint32_t i = 0; i < adjoints.size(); ++i) {
    if (adjoints[i] != 0.0) search.Examine(i);
  }
  return search.worst();
}

}  // namespace wengert
