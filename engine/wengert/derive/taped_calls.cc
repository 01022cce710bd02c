#include "wengert/derive/taped_calls.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/sweep/sparsity.h"
#include "wengert/tape/while_rule_runs.h"

namespace wengert::derive_internal {
namespace {

using Rules = std::shared_ptr<const CustomRules>;
using Numbers = absl::Span<const double>;
using Result = absl::Span<double>;

// The operands of f.vjp: x, the seeds and the values, one after the other.
struct Parts {
  Parts(Numbers operands, size_t n, size_t m)
      : x(operands.subspan(0, n)), y_bar(operands.subspan(n, m)), y(operands.subspan(n + m, m)) {}
  Numbers x, y_bar, y;
};

SparsityPattern Empty(size_t size) {
  SparsityPattern pattern;
  pattern.columns = size;
  pattern.row_begin.assign(size + 1, 0);
  return pattern;
}

// Row j: what x_bar[j] depends on. x through the Hessian, y_bar through the Jacobian's column.
std::optional<SparsityPattern> VjpPattern(const CustomRules& f, size_t n) {
  if (!f.jacobian.has_value() && !f.hessian.has_value()) return std::nullopt;
  const size_t m = f.outputs;
  std::optional<SparsityPattern> columns;
  if (f.jacobian.has_value()) columns = Transposed(*f.jacobian);
  SparsityPattern pattern;
  pattern.columns = n + 2 * m;
  for (size_t j = 0; j < n; ++j) {
    for (uint32_t k = 0; k < n && !f.hessian.has_value(); ++k) pattern.column.push_back(k);
    if (f.hessian.has_value()) {
      for (uint32_t k : f.hessian->Row(j)) pattern.column.push_back(k);
    }
    for (uint32_t i = 0; i < m && !columns.has_value(); ++i) {
      pattern.column.push_back(static_cast<uint32_t>(n) + i);
    }
    if (columns.has_value()) {
      for (uint32_t i : columns->Row(j)) pattern.column.push_back(static_cast<uint32_t>(n) + i);
    }
    pattern.row_begin.push_back(pattern.column.size());
  }
  return pattern;
}

// sum_i w[i] H_i v, by the rule that f has.
void AddCurvature(const CustomRules& f, Numbers x, Numbers w, Numbers v, Result h) {
  CallFrame frame(nullptr, f, x.size());
  std::copy(x.begin(), x.end(), frame.x.begin());
  std::copy(w.begin(), w.end(), frame.w.begin());
  std::copy(v.begin(), v.end(), frame.x_dot.begin());
  if (!frame.Hvp()) return;
  for (size_t j = 0; j < h.size(); ++j) h[j] += frame.x_bar[j];
}

void AddProduct(const CustomRules& f, const Parts& at, Numbers x_dot, Result y_dot) {
  CallFrame frame(nullptr, f, at.x.size());
  std::copy(at.x.begin(), at.x.end(), frame.x.begin());
  std::copy(at.y.begin(), at.y.end(), frame.y.begin());
  std::copy(x_dot.begin(), x_dot.end(), frame.x_dot.begin());
  frame.Jvp();
  for (size_t i = 0; i < y_dot.size(); ++i) y_dot[i] += frame.y_dot[i];
}

bool IsZero(Numbers numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double each) { return each == 0.0; });
}

CustomRules VjpAsOperation(const Rules& f, size_t n) {
  const size_t m = f->outputs;
  CustomRules g;
  g.name = absl::StrCat(f->name, ".vjp");
  g.outputs = n;
  g.value = [f, n, m](Numbers operands, Result x_bar) {
    const Parts at(operands, n, m);
    if (!IsZero(at.y_bar)) f->vjp(at.x, at.y, at.y_bar, x_bar);
  };
  g.vjp = [f, n, m](Numbers operands, Numbers, Numbers u, Result back) {
    const Parts at(operands, n, m);
    AddCurvature(*f, at.x, at.y_bar, u, back.subspan(0, n));
    AddProduct(*f, at, u, back.subspan(n, m));
  };
  g.jvp = [f, n, m](Numbers operands, Numbers, Numbers dot, Result x_bar_dot) {
    const Parts at(operands, n, m), along(dot, n, m);
    if (!IsZero(along.y_bar)) f->vjp(at.x, at.y, along.y_bar, x_bar_dot);
    AddCurvature(*f, at.x, at.y_bar, along.x, x_bar_dot);
  };
  g.jacobian = VjpPattern(*f, n);
  g.hvp = [f](Numbers, Numbers, Numbers, Result) {
    ThrowMissingRule(*f, "third-order sweep", "taped_vjp");
  };
  if (f->is_linear()) g.hessian = Empty(n + 2 * m);
  return g;
}

}  // namespace

std::vector<Var> RecordCallVjp(const Tape& swept, const Rules& rules, absl::Span<const Var> x,
                               absl::Span<const Var> y, absl::Span<const Var> y_bar) {
  if (rules->taped_vjp != nullptr) {
    const WhileRuleRuns rule(&swept, WhileRuleRuns::Recording::kGoesOn);
    std::vector<Var> x_bar = rules->taped_vjp(x, y, y_bar);
    if (x_bar.size() == x.size()) return x_bar;
    ThrowUsageError("CustomRules::taped_vjp",
                    absl::StrCat("that of ", rules->name, " gave ", x_bar.size(), " Vars for ",
                                 x.size(), " operands"),
                    "return one Var for each operand");
  }
  if (rules->vjp == nullptr) ThrowMissingRule(*rules, "RecordVjp", "taped_vjp, nor a vjp");
  std::vector<Var> operands(x.begin(), x.end());
  operands.insert(operands.end(), y_bar.begin(), y_bar.end());
  operands.insert(operands.end(), y.begin(), y.end());
  return CustomOperation(VjpAsOperation(rules, x.size()))(operands);
}

}  // namespace wengert::derive_internal
