#include "wengert/function/parameters.h"

#include <algorithm>

namespace wengert {
namespace {

thread_local constinit ParameterRecording* innermost = nullptr;

}  // namespace

ParameterRecording::ParameterRecording(Tape& tape, std::vector<NamedParameter>& known)
    : tape_(tape), known_(known), outer_(innermost) {
  innermost = this;
}

ParameterRecording::~ParameterRecording() { innermost = outer_; }

Var ParameterRecording::Make(double value, std::string_view name) {
  const auto same = [&](const NamedParameter& parameter) { return parameter.name == name; };
  const auto found = std::find_if(known_.begin(), known_.end(), same);
  const auto index = static_cast<uint32_t>(found - known_.begin());
  if (found == known_.end()) known_.push_back({std::string(name), value});
  const auto again = std::find(used_.begin(), used_.end(), index);
  if (again != used_.end()) return vars_[static_cast<size_t>(again - used_.begin())];
  vars_.push_back(tape_.Input(known_[index].value));
  used_.push_back(index);
  return vars_.back();
}

Var Parameter(double value, std::string_view name) {
  return innermost == nullptr ? Var(value) : innermost->Make(value, name);
}

}  // namespace wengert
