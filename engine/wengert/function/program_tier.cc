#include "wengert/function/program_tier.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "wengert/function/batch_tier.h"
#include "wengert/function/late_tangent.h"
#include "wengert/program/compile.h"

namespace wengert {
namespace {

using program::Compiled;

// Which guard it was, if it was one, isn't known.
constexpr Tier::Flip kAskNodes = {0, std::numeric_limits<double>::quiet_NaN()};

// So many directions share a run of a matrix's program. With more, the values of a loop's block
// leave the cache.
constexpr uint32_t kDirections = 4;

size_t BytesOf(const LateTangent& product) {
  return product.get() != nullptr ? product.get()->bytes() : 0;
}

// Two directions more cost what another run does.
bool AreSeveral(size_t total) { return total > 2; }

// A product with one direction, and the program that a matrix takes several at once of.
struct Products {
  Products(LateTangent::Product product, const TierSource& source,
           const std::vector<Operand>& computed)
      : one(product, 1, source, computed), several(product, kDirections, source, computed) {}

  void ExpectMatrix(size_t total) const {
    if (AreSeveral(total)) several.Expect(total);
    if (!AreSeveral(total) || several.failed()) one.Expect(total);
  }
  // What makes a matrix of so many; null if there is nothing.
  const LateTangent* ForMatrix(size_t total) const {
    const bool has_one = one.get() != nullptr, has_several = several.get() != nullptr;
    if (has_several && (AreSeveral(total) || !has_one)) return &several;
    return has_one ? &one : nullptr;
  }
  size_t bytes() const { return BytesOf(one) + BytesOf(several); }

  const LateTangent one, several;
};

struct ProgramWorkspace : Tier::Workspace {
  using Memory = std::unique_ptr<program::Machine::Workspace>;
  std::unique_ptr<Compiled::Workspace> compiled;
  Memory jvp, jvps, vjps, hvp, hvps;
  std::vector<double> inputs;           // x, then p
  std::vector<double> w, ws, y, y_dot;  // of the outputs that aren't constant
  BatchDriver::Workspace batch;
};

// Points gain nothing from each other where loops fill the lanes by themselves: of Rosenbrock's
// function, n = 1000, a point costs 1.3 us by the program and 4.9 us in a batch; of a regression of
// 20 samples 0.24 and 0.12, of an LSTM 35 and 20.
bool BatchesGain(const Compiled& compiled) {
  return compiled.tape_cost().batch() < compiled.cost();
}

class ProgramTier : public Tier {
 public:
  ProgramTier(std::unique_ptr<const Compiled> compiled, const TierSource& source,
              const std::vector<Operand>& computed)
      : compiled_(std::move(compiled)),
        jvp_(LateTangent::Product::kJvp, source, computed),
        vjps_(LateTangent::Product::kVjp, kDirections, source, computed),
        hvp_(LateTangent::Product::kHvp, source, computed),
        batch_(source),
        has_batch_(batch_.is_there() && BatchesGain(*compiled_)),
        inputs_(source.tape.inputs().size()) {
    for (size_t j = 0; j < source.dependents.size(); ++j) {
      const bool is_constant = source.dependents[j].is_constant();
      computed_.push_back(!is_constant);
      constants_.push_back(is_constant ? source.constants[j] : 0.0);
    }
  }

  std::unique_ptr<Workspace> MakeWorkspace() const override {
    auto workspace = std::make_unique<ProgramWorkspace>();
    workspace->compiled = compiled_->MakeWorkspace();
    workspace->inputs.resize(inputs_);
    const auto size = static_cast<size_t>(std::count(computed_.begin(), computed_.end(), true));
    workspace->w.reserve(size);
    workspace->y.resize(size);
    return workspace;
  }
  size_t bytes() const override {
    return compiled_->bytes() + jvp_.bytes() + BytesOf(vjps_) + hvp_.bytes();
  }
  std::string Explain() const override { return compiled_->Explain(); }
  std::string Listing() const override { return compiled_->BlockListing(); }
  std::string Dot(const std::string& prefix) const override { return compiled_->Dot(prefix); }
  bool is_exact() const override { return false; }
  Drivers drivers() const override {
    return {.jvp = jvp_.one.get() != nullptr,
            .hvp = hvp_.one.get() != nullptr,
            .gradient_batch = has_batch_,
            .many_vjps = IsMostlyInLanes(*compiled_),
            .many_jvps = AreMostlyInLanes(jvp_),
            .many_hvps = AreMostlyInLanes(hvp_)};
  }
  void Expect(bool Drivers::*driver, size_t times) const override {
    if (driver == &Drivers::jvp) jvp_.one.Expect(times);
    if (driver == &Drivers::hvp) hvp_.one.Expect(times);
    if (driver == &Drivers::many_vjps && AreSeveral(times)) vjps_.Expect(times);
    if (driver == &Drivers::many_jvps) jvp_.ExpectMatrix(times);
    if (driver == &Drivers::many_hvps) hvp_.ExpectMatrix(times);
  }

  std::optional<Flip> Forward(const Point& at, Workspace& workspace) const override {
    ProgramWorkspace& w = MovedTo(at, workspace);
    if (!compiled_->Values(w.inputs, *w.compiled, absl::MakeSpan(w.y))) return kAskNodes;
    return std::nullopt;
  }

  void Values(const Workspace& workspace, absl::Span<double> y) const override {
    const double* computed = static_cast<const ProgramWorkspace&>(workspace).y.data();
    for (size_t j = 0; j < y.size(); ++j) y[j] = computed_[j] ? *computed++ : constants_[j];
  }

  // The program has no reverse of its own: forward and reverse are interleaved.
  bool Reverse(absl::Span<const double> weights, absl::Span<double> x_bar,
               Workspace& workspace) const override {
    auto& w = static_cast<ProgramWorkspace&>(workspace);
    TakeWeights(weights, w.w);
    return compiled_->Gradient(w.inputs, w.w, *w.compiled, absl::MakeSpan(w.y), x_bar);
  }

  std::optional<Flip> ForwardReverse(const Point& at, absl::Span<const double> weights,
                                     absl::Span<double> x_bar,
                                     Workspace& workspace) const override {
    if (Reverse(weights, x_bar, MovedTo(at, workspace))) return std::nullopt;
    return kAskNodes;
  }

  // So have its products.
  bool Jvp(absl::Span<const double> v, absl::Span<double> y_dot,
           Workspace& workspace) const override {
    auto& w = static_cast<ProgramWorkspace&>(workspace);
    return Jvps(1, *jvp_.one.get(), v, y_dot, w, w.jvp);
  }
  bool Hvp(absl::Span<const double> weights, absl::Span<const double> v, absl::Span<double> h,
           Workspace& workspace) const override {
    auto& w = static_cast<ProgramWorkspace&>(workspace);
    return Hvps(1, *hvp_.one.get(), weights, v, h, w, w.hvp);
  }
  bool Jvps(Rows rows, absl::Span<const double> v, absl::Span<double> y_dot,
            Workspace& workspace) const override {
    auto& w = static_cast<ProgramWorkspace&>(workspace);
    const LateTangent& product = *jvp_.ForMatrix(rows.total);
    return Jvps(rows.count, *product.get(), v, y_dot, w, &product == &jvp_.one ? w.jvp : w.jvps);
  }
  bool Vjps(Rows rows, absl::Span<const double> weights, absl::Span<double> x_bar,
            Workspace& workspace) const override {
    const program::CompiledTangent* const product = vjps_.get();
    if (product == nullptr || !AreSeveral(rows.total)) {
      return Tier::Vjps(rows, weights, x_bar, workspace);
    }
    auto& w = static_cast<ProgramWorkspace&>(workspace);
    if (w.vjps == nullptr) w.vjps = product->MakeWorkspace();
    const size_t n = x_bar.size() / rows.count;
    TakeWeights(weights, w.ws);
    const size_t m = w.ws.size() / rows.count;
    return ForRuns(rows.count, *product, [&](size_t first, size_t count) {
      return product->Vjp(w.inputs, absl::MakeConstSpan(w.ws).subspan(first * m, count * m),
                          *w.vjps, x_bar.subspan(first * n, count * n));
    });
  }
  bool Hvps(Rows rows, absl::Span<const double> weights, absl::Span<const double> v,
            absl::Span<double> h, Workspace& workspace) const override {
    auto& w = static_cast<ProgramWorkspace&>(workspace);
    const LateTangent& product = *hvp_.ForMatrix(rows.total);
    return Hvps(rows.count, *product.get(), weights, v, h, w,
                &product == &hvp_.one ? w.hvp : w.hvps);
  }
  std::optional<Flip> ForwardJvp(const Point& at, absl::Span<const double> v,
                                 absl::Span<double> y_dot, Workspace& workspace) const override {
    if (Jvp(v, y_dot, MovedTo(at, workspace))) return std::nullopt;
    return kAskNodes;
  }
  std::optional<Flip> ForwardHvp(const Point& at, absl::Span<const double> weights,
                                 absl::Span<const double> v, absl::Span<double> h,
                                 Workspace& workspace) const override {
    if (Hvp(weights, v, h, MovedTo(at, workspace))) return std::nullopt;
    return kAskNodes;
  }

  void GradientBatch(absl::Span<const double> points, absl::Span<const double> p,
                     absl::Span<double> values, absl::Span<double> gradients,
                     absl::Span<uint8_t> holds, Workspace& workspace) const override {
    batch_.GradientBatch(points, p, values, gradients, holds,
                         static_cast<ProgramWorkspace&>(workspace).batch);
  }

 private:
  static ProgramWorkspace& MovedTo(const Point& at, Workspace& workspace) {
    auto& w = static_cast<ProgramWorkspace&>(workspace);
    std::copy(at.p.begin(), at.p.end(), std::copy(at.x.begin(), at.x.end(), w.inputs.begin()));
    return w;
  }

  // Rows of weights without those of constants.
  void TakeWeights(absl::Span<const double> rows, std::vector<double>& taken) const {
    const size_t m = computed_.size();
    taken.clear();
    for (size_t begin = 0; begin < rows.size(); begin += m) {
      for (size_t j = 0; j < m; ++j) {
        if (computed_[j]) taken.push_back(rows[begin + j]);
      }
    }
  }

  // f(first, count) for the rows that each run takes.
  template <class F>
  static bool ForRuns(size_t rows, const program::CompiledTangent& product, F&& f) {
    bool done = true;
    for (size_t first = 0; done && first < rows; first += product.directions()) {
      done = f(first, std::min<size_t>(product.directions(), rows - first));
    }
    return done;
  }

  bool Jvps(size_t rows, const program::CompiledTangent& product, absl::Span<const double> v,
            absl::Span<double> y_dot, ProgramWorkspace& w, ProgramWorkspace::Memory& memory) const {
    if (memory == nullptr) memory = product.MakeWorkspace();
    const size_t n = v.size() / rows, m = computed_.size();
    return ForRuns(rows, product, [&](size_t first, size_t count) {
      w.y_dot.resize(count * w.y.size());
      const absl::Span<double> found = absl::MakeSpan(w.y_dot);
      if (!product.Jvp(w.inputs, v.subspan(first * n, count * n), *memory, found)) return false;
      const double* computed = w.y_dot.data();
      for (size_t i = first * m; i < (first + count) * m; ++i) {
        y_dot[i] = computed_[i % m] ? *computed++ : 0.0;
      }
      return true;
    });
  }

  bool Hvps(size_t rows, const program::CompiledTangent& product, absl::Span<const double> weights,
            absl::Span<const double> v, absl::Span<double> h, ProgramWorkspace& w,
            ProgramWorkspace::Memory& memory) const {
    if (memory == nullptr) memory = product.MakeWorkspace();
    TakeWeights(weights, w.w);
    const size_t n = v.size() / rows;
    return ForRuns(rows, product, [&](size_t first, size_t count) {
      return product.Hvp(w.inputs, w.w, v.subspan(first * n, count * n), *memory,
                         h.subspan(first * n, count * n));
    });
  }

  template <class Program>
  static bool IsMostlyInLanes(const Program& program) {
    return program.scalar_share() < 0.1;
  }
  static bool AreMostlyInLanes(const Products& products) {
    const LateTangent* const product = products.ForMatrix(kDirections);
    return product != nullptr && IsMostlyInLanes(*product->get());
  }

  const std::unique_ptr<const Compiled> compiled_;
  const Products jvp_;
  const LateTangent vjps_;  // one at a time, the gradient's program makes them
  const Products hvp_;
  const BatchDriver batch_;
  const bool has_batch_;
  const size_t inputs_;
  std::vector<bool> computed_;     // of each output; else it is
  std::vector<double> constants_;  // this
};

}  // namespace

absl::StatusOr<std::unique_ptr<const Tier>> MakeProgramTier(const TierSource& source) {
  std::vector<Operand> computed;
  for (Operand dependent : source.dependents) {
    if (!dependent.is_constant()) computed.push_back(dependent);
  }
  if (computed.empty()) return std::unique_ptr<const Tier>();
  auto compiled = Compiled::Compile(source.tape, source.n, computed, {.threads = source.threads});
  if (!compiled.ok()) {
    auto batches = MakeBatchTier(source, std::string(compiled.status().message()));
    if (batches == nullptr) return compiled.status();
    return batches;
  }
  return std::make_unique<const ProgramTier>(*std::move(compiled), source, computed);
}

TierMaker ProgramTiers() { return MakeProgramTier; }

}  // namespace wengert
