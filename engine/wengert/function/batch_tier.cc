#include "wengert/function/batch_tier.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace wengert {
namespace {

struct BatchWorkspace : Tier::Workspace {
  BatchDriver::Workspace batch;
};

class BatchTier : public Tier {
 public:
  BatchTier(const TierSource& source, std::string why) : batch_(source), why_(std::move(why)) {}

  std::unique_ptr<Workspace> MakeWorkspace() const override {
    return std::make_unique<BatchWorkspace>();
  }
  size_t bytes() const override { return sizeof(BatchTier); }
  std::string Explain() const override { return why_ + "; batches in lanes"; }
  bool is_exact() const override { return false; }
  Drivers drivers() const override { return {.gradient_batch = true, .point = false}; }

  // Nobody asks for a point.
  std::optional<Flip> Forward(const Point& /*at*/, Workspace& /*workspace*/) const override {
    return std::nullopt;
  }
  void Values(const Workspace& /*workspace*/, absl::Span<double> /*y*/) const override {}
  bool Reverse(absl::Span<const double> /*w*/, absl::Span<double> /*x_bar*/,
               Workspace& /*workspace*/) const override {
    return false;
  }

  void GradientBatch(absl::Span<const double> points, absl::Span<const double> p,
                     absl::Span<double> values, absl::Span<double> gradients,
                     absl::Span<uint8_t> holds, Workspace& workspace) const override {
    batch_.GradientBatch(points, p, values, gradients, holds,
                         static_cast<BatchWorkspace&>(workspace).batch);
  }

 private:
  const BatchDriver batch_;
  const std::string why_;
};

}  // namespace

BatchDriver::BatchDriver(const TierSource& source)
    : tape_(source.tape),
      n_(source.n),
      is_there_(source.dependents.size() == 1 && !source.dependents[0].is_constant()),
      dependent_(is_there_ ? source.dependents[0] : Operand()) {}

void BatchDriver::GradientBatch(absl::Span<const double> points, absl::Span<const double> p,
                                absl::Span<double> values, absl::Span<double> gradients,
                                absl::Span<uint8_t> holds, Workspace& workspace) const {
  std::call_once(once_, [&] {
    auto batch = program::Batch::Build(tape_, n_, dependent_);
    if (batch.ok()) batch_ = *std::move(batch);
  });
  if (batch_ == nullptr) {
    std::fill(holds.begin(), holds.end(), uint8_t{0});
    return;
  }
  if (workspace == nullptr) workspace = batch_->MakeWorkspace();
  batch_->Gradient(points, p, values, gradients, holds, *workspace);
}

std::unique_ptr<const Tier> MakeBatchTier(const TierSource& source, std::string why) {
  if (!BatchDriver(source).is_there()) return nullptr;
  return std::make_unique<BatchTier>(source, std::move(why));
}

}  // namespace wengert
