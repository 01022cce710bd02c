#ifndef WENGERT_FUNCTION_BATCH_TIER_H_
#define WENGERT_FUNCTION_BATCH_TIER_H_

// GradientBatch of a tier: program/batch.h behind the seam of tier.h.

#include <memory>
#include <mutex>
#include <string>

#include "wengert/function/tier.h"
#include "wengert/program/batch.h"

namespace wengert {

// For tiers to have as a member. The code for lanes is made by the first batch, since building it
// takes some recordings' time, and most functions are never asked for one.
class BatchDriver {
 public:
  using Workspace = std::unique_ptr<program::Batch::Workspace>;

  // There is one if the source has one dependent, a node.
  explicit BatchDriver(const TierSource& source);
  bool is_there() const { return is_there_; }

  // As Tier::GradientBatch; the workspace may be null at first. Where the recording is too large
  // for lanes, no point holds.
  void GradientBatch(absl::Span<const double> points, absl::Span<const double> p,
                     absl::Span<double> values, absl::Span<double> gradients,
                     absl::Span<uint8_t> holds, Workspace& workspace) const;

 private:
  const Tape& tape_;
  const size_t n_;
  const bool is_there_;
  const Operand dependent_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const program::Batch> batch_;
};

// A tier that has batches and leaves single points to the interpreter, for traces with nothing to
// roll; `why` is what it explains. Null for what has no single gradient.
std::unique_ptr<const Tier> MakeBatchTier(const TierSource& source, std::string why);

}  // namespace wengert

#endif  // WENGERT_FUNCTION_BATCH_TIER_H_
