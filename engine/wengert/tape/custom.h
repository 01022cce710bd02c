#ifndef WENGERT_TAPE_CUSTOM_H_
#define WENGERT_TAPE_CUSTOM_H_

// Operations of a user's own: a function f: R^n -> R^m with its own derivative rules (a call into
// another library, a table lookup, a matrix kernel, an implicit solver) that is one operation on
// the tape, in every driver.
//
//   const CustomOperation log_sum({.name = "log_sum", .value = ..., .vjp = ...});
//   const Var y = log_sum({a, b, c})[0];
//
// (Griewank and Walther, Evaluating Derivatives, section 5.3, call such operations elementals.)

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "wengert/base/sparsity_pattern.h"
#include "wengert/tape/node.h"
#include "wengert/tape/var.h"

namespace wengert {

// What Wengert is told about f. x holds n numbers, those of the call's operands; y holds the m
// numbers f(x). A rule writes its last argument, which is zero when it is called. It may be called
// at any point and, where a tape is shared, by several threads at once. Rules are not called with
// seeds or directions that are zero throughout; what such a call would give is zero. While a rule
// runs, tapes of its thread don't record, and clearing, rewinding, stopping or replaying one of
// them is a UsageError; a Tape that it makes for itself is free.
//
// A driver that needs a rule that isn't here throws a UsageError which names it (a forward driver
// needs it of every call that is recorded before the last dependent and whose operands move):
//   value       recording, Replay, Function                  always needed
//   vjp         Backward, Vjp, Jacobian by rows, retaping
//   jvp         Jvp, Jacobian by columns                     else m calls of vjp
//   hvp         Hvp, Hessian, derivatives of a retaped vjp   else taped_vjp, recorded at each call
//   taped_vjp   retaping                                     else vjp becomes an operation itself
//               third derivatives, by retaping and Hvp       always needed
struct CustomRules {
  std::string name = "custom";  // in listings and errors
  size_t outputs = 1;           // m

  // y = f(x)
  std::function<void(absl::Span<const double> x, absl::Span<double> y)> value{};

  // x_bar = J(x)' y_bar
  std::function<void(absl::Span<const double> x, absl::Span<const double> y,
                     absl::Span<const double> y_bar, absl::Span<double> x_bar)>
      vjp{};

  // y_dot = J(x) x_dot
  std::function<void(absl::Span<const double> x, absl::Span<const double> y,
                     absl::Span<const double> x_dot, absl::Span<double> y_dot)>
      jvp{};

  // h = sum_i w[i] H_i(x) v, with H_i the Hessian of y_i; m weights, h and v of n numbers
  std::function<void(absl::Span<const double> x, absl::Span<const double> w,
                     absl::Span<const double> v, absl::Span<double> h)>
      hvp{};

  // The vjp once more, in arithmetic on Var: returns x_bar, n Vars. With it f can be differentiated
  // to any order.
  std::function<std::vector<Var>(absl::Span<const Var> x, absl::Span<const Var> y,
                                 absl::Span<const Var> y_bar)>
      taped_vjp{};

  // Which partials can be non-zero anywhere: m rows, n columns; and second partials of any output:
  // n rows and columns, symmetric. Without, all of them. A linear f has a Hessian without entries,
  // and needs neither hvp nor taped_vjp.
  std::optional<SparsityPattern> jacobian{};
  std::optional<SparsityPattern> hessian{};

  bool is_linear() const { return hessian.has_value() && hessian->size() == 0; }  // by its Hessian
};

class CustomOperation {  // An operation that a user defines by its rules.
 public:
  // UsageError without `value` or outputs, and for a pattern that isn't compressed rows or, of the
  // Hessian, isn't symmetric.
  explicit CustomOperation(CustomRules rules);
  explicit CustomOperation(std::shared_ptr<const CustomRules> rules);

  // The m outputs, recorded as one operation on this thread's recording tape, which keeps the rules
  // alive; constants, unrecorded, if all operands are. UsageError for a pattern of another shape.
  // Costs value and O(n + m).
  std::vector<Var> operator()(absl::Span<const Var> x) const;

  const CustomRules& rules() const { return *rules_; }  // as given

 private:
  std::shared_ptr<const CustomRules> rules_;
};

// A call on a tape, as its nodes have it: output k is node first + k. Its operands are Tape's
// call_operands() from operands_begin to operands_end.
struct CustomCall {
  std::shared_ptr<const CustomRules> rules;  // of the operation
  uint32_t first;                            // node of output 0
  size_t operands_begin, operands_end;       // in call_operands()

  size_t inputs() const { return operands_end - operands_begin; }  // operands
  size_t outputs() const { return rules->outputs; }                // nodes
};

// The calls of a tape as recorded, in terms of records.
struct RecordedCalls {
  struct Call {
    std::shared_ptr<const CustomRules> rules;
    uint32_t first;         // record of the first output
    size_t words;           // of the stream before it
    size_t operands_begin;  // in `operands`
    size_t operands_end;

    uint32_t end() const { return first + static_cast<uint32_t>(rules->outputs); }
  };
  std::vector<Call> calls;
  std::vector<VarFields> operands;

  size_t bytes() const { return calls.size() * sizeof(Call) + operands.size() * sizeof(VarFields); }
  size_t reserved_bytes() const {
    return calls.capacity() * sizeof(Call) + operands.capacity() * sizeof(VarFields);
  }
  void Truncate(size_t size) {
    calls.resize(size);
    operands.resize(size == 0 ? 0 : calls.back().operands_end);
  }
};

}  // namespace wengert

#endif  // WENGERT_TAPE_CUSTOM_H_
