#ifndef WENGERT_FUNCTION_PARAMETERS_H_
#define WENGERT_FUNCTION_PARAMETERS_H_

// Parameters named at the spot: literals that a recorded function can be given anew later.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wengert/tape/tape.h"
#include "wengert/tape/var.h"

namespace wengert {

// While a Function records: a parameter that Function::Set can change by this name. Its value is
// `value` until then; one name is one parameter, and its first value counts. Not differentiated.
// Outside a recording: the constant `value`.
Var Parameter(double value, std::string_view name);

struct NamedParameter {
  std::string name;
  double value;
};

// What holds for every call that doesn't say otherwise. Published whole, never changed.
struct Settings {
  std::vector<double> p;
  std::vector<NamedParameter> named;
};

// While it lives, Parameter on this thread makes inputs of `tape` and finds values in `known`, to
// which new names are added.
class ParameterRecording {
 public:
  ParameterRecording(Tape& tape, std::vector<NamedParameter>& known);
  ~ParameterRecording();
  ParameterRecording(const ParameterRecording&) = delete;
  ParameterRecording& operator=(const ParameterRecording&) = delete;

  // The names that were used, as indices into `known`, in order of their inputs on the tape.
  const std::vector<uint32_t>& used() const { return used_; }

 private:
  friend Var Parameter(double value, std::string_view name);
  Var Make(double value, std::string_view name);

  Tape& tape_;
  std::vector<NamedParameter>& known_;
  std::vector<uint32_t> used_;
  std::vector<Var> vars_;
  ParameterRecording* outer_;
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_PARAMETERS_H_
