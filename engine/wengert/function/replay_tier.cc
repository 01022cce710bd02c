#include "wengert/function/replay_tier.h"

#include <algorithm>
#include <cmath>

#include "wengert/sweep/forward.h"
#include "wengert/sweep/records.h"
#include "wengert/sweep/reverse.h"
#include "wengert/sweep/underflow.h"

namespace wengert {

struct ReplayTier::Memory : Workspace {
  std::vector<Cell> primals;
  std::vector<double> adjoints;  // one a record, after a 0
  // Of nodes, where the sweep over records met what isn't finite.
  std::vector<double> node_primals, node_adjoints;
};

ReplayTier::ReplayTier(const Tape& tape, size_t n, absl::Span<const uint32_t> dependents,
                       absl::Span<const double> constants)
    : tape_(tape), n_(n), dependents_(dependents), constants_(constants), replay_(tape) {
  for (uint32_t record : dependents) {
    if (record != kNoRecord) count_ = std::max<size_t>(count_, record + size_t{1});
  }
  if (count_ > 0) end_ = replay_.EndOf(static_cast<uint32_t>(count_ - 1));
}

std::unique_ptr<Tier::Workspace> ReplayTier::MakeWorkspace() const {
  auto memory = std::make_unique<Memory>();
  memory->primals = replay_.MakePrimals();
  return memory;
}

std::optional<Tier::Flip> ReplayTier::Forward(const Point& at, Workspace& workspace) const {
  std::vector<Cell>& primals = static_cast<Memory&>(workspace).primals;
  const absl::Span<const uint32_t> inputs = tape_.records().inputs;
  for (size_t k = 0; k < inputs.size(); ++k) {
    primals[inputs[k]].value = k < n_ ? at.x[k] : at.p[k - n_];
  }
  const std::optional<RecordReplay::Flip> flip = replay_.Sweep(primals);
  if (!flip.has_value()) return std::nullopt;
  return Flip{flip->guard, flip->outcome};
}

void ReplayTier::Values(const Workspace& workspace, absl::Span<double> y) const {
  const std::vector<Cell>& primals = static_cast<const Memory&>(workspace).primals;
  for (size_t j = 0; j < y.size(); ++j) {
    y[j] = dependents_[j] == kNoRecord ? constants_[j] : primals[dependents_[j]].value;
  }
}

bool ReplayTier::Reverse(absl::Span<const double> w, absl::Span<double> x_bar,
                         Workspace& workspace) const {
  Memory& memory = static_cast<Memory&>(workspace);
  std::fill(x_bar.begin(), x_bar.end(), 0.0);
  if (count_ == 0) return true;
  memory.adjoints.assign(count_ + 1, 0.0);
  double* const adjoints = memory.adjoints.data() + 1;
  for (size_t j = 0; j < w.size(); ++j) {
    if (dependents_[j] != kNoRecord) adjoints[dependents_[j]] += w[j];
  }
  const UnderflowWatch underflow;
  ReverseRecords(end_, static_cast<uint32_t>(count_ - 1), memory.primals.data(), adjoints);
  if (!std::isfinite(adjoints[-1]) || (underflow.HasSeenOne() && IsLossy(memory))) {
    ReverseNodes(w, x_bar, memory);
    return true;
  }
  const absl::Span<const uint32_t> inputs = tape_.records().inputs;
  for (size_t k = 0; k < n_ && inputs[k] < count_; ++k) x_bar[k] = adjoints[inputs[k]];
  return true;
}

bool ReplayTier::IsLossy(Memory& memory) const {
  memory.node_adjoints.assign(count_ + 1, 0.0);
  return PartialsUnderflow(end_, static_cast<uint32_t>(count_ - 1), memory.primals.data(),
                           memory.node_adjoints.data() + 1);
}

// As Tape::Backward does.
void ReplayTier::ReverseNodes(absl::Span<const double> w, absl::Span<double> x_bar,
                              Memory& memory) const {
  const View view = tape_;
  const absl::Span<const uint32_t> inputs = tape_.records().inputs;
  memory.node_primals.resize(view.nodes.size());
  for (size_t k = 0; k < inputs.size(); ++k) {
    memory.node_primals[view.inputs[k]] = memory.primals[inputs[k]].value;
  }
  ForwardSweep(view, memory.node_primals.data());
  const size_t end = tape_.NodeOfRecord(static_cast<uint32_t>(count_ - 1)).index() + size_t{1};
  memory.node_adjoints.assign(end, 0.0);
  for (size_t j = 0; j < w.size(); ++j) {
    if (dependents_[j] != kNoRecord) {
      memory.node_adjoints[tape_.NodeOfRecord(dependents_[j]).index()] += w[j];
    }
  }
  ReverseSweep(view, memory.node_primals.data(), memory.node_adjoints.data(), end);
  for (size_t k = 0; k < n_ && view.inputs[k] < end; ++k) {
    x_bar[k] = memory.node_adjoints[view.inputs[k]];
  }
}

}  // namespace wengert
