#ifndef CLI_EXPRESSION_H_
#define CLI_EXPRESSION_H_

// Arithmetic as text:   t = a * b;  relu(t + 3) ^ 2
//
//   program     { name = sum ; }  sum           a definition is computed once
//   sum         numbers, variables, ( ), + - * / ^, < <= > >= == (1 or 0), and every operation of
//               the table by its name; -a^2 is -(a^2), a^b^c is a^(b^c); # begins a comment
//
// It is turned into postfix steps by precedence climbing with a stack of its own, so neither
// parsing nor evaluating recurses. Text may come from strangers: its length and depth are capped.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wengert/ops/op.h"
#include "wengert/tape/var.h"

namespace cli {

struct ParseLimits {
  size_t length = size_t{1} << 20;  // bytes of text
  size_t depth = 10000;             // open brackets, calls and operators that wait
};

class Expression {
 public:
  // InvalidArgument, or ResourceExhausted beyond a limit: what is wrong, the line and a caret under
  // the place.
  static absl::StatusOr<Expression> Parse(absl::string_view text, const ParseLimits& limits = {});

  // In the order of their first appearance.
  const std::vector<std::string>& variables() const { return variables_; }

  // Its value where the variables have these values, as many as there are variables.
  wengert::Var operator()(absl::Span<const wengert::Var> x) const;

 private:
  friend class Parser;
  struct Step {
    enum class Kind : uint8_t { kNumber, kVariable, kDefine, kDefined, kOperation };
    Kind kind;
    wengert::Op op = wengert::Op::kInput;
    bool swapped = false;
    uint32_t index = 0;  // of the variable or definition
    double number = 0.0;
  };

  std::vector<Step> steps_;
  std::vector<std::string> variables_;
  size_t definitions_ = 0;
};

}  // namespace cli

#endif  // CLI_EXPRESSION_H_
