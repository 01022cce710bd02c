#ifndef WENGERT_FUNCTION_REPLAY_TIER_H_
#define WENGERT_FUNCTION_REPLAY_TIER_H_

// The tier that every trace has from the start: it interprets the tape's records. The reverse sweep
// is that of Tape::Backward, so values and gradients have the bits of a fresh recording's.

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "wengert/function/tier.h"
#include "wengert/sweep/record_replay.h"

namespace wengert {

class ReplayTier : public Tier {
 public:
  // Of each dependent, its record, or kNoRecord and its value in `constants`. All outlive the tier.
  static constexpr uint32_t kNoRecord = ~uint32_t{0};
  ReplayTier(const Tape& tape, size_t n, absl::Span<const uint32_t> dependents,
             absl::Span<const double> constants);

  std::unique_ptr<Workspace> MakeWorkspace() const override;
  size_t bytes() const override { return replay_.bytes(); }
  bool is_exact() const override { return true; }
  std::optional<Flip> Forward(const Point& at, Workspace& workspace) const override;
  void Values(const Workspace& workspace, absl::Span<double> y) const override;
  bool Reverse(absl::Span<const double> w, absl::Span<double> x_bar,
               Workspace& workspace) const override;

 private:
  struct Memory;

  bool IsLossy(Memory& memory) const;  // the sweep over records, by an underflow
  void ReverseNodes(absl::Span<const double> w, absl::Span<double> x_bar, Memory& memory) const;

  const Tape& tape_;
  const size_t n_;
  const absl::Span<const uint32_t> dependents_;
  const absl::Span<const double> constants_;
  const RecordReplay replay_;
  size_t count_ = 0;           // of records up to the last dependent
  const Word* end_ = nullptr;  // where that ends
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_REPLAY_TIER_H_
