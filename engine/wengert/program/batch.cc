#include "wengert/program/batch.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wengert/program/batch_body.h"
#include "wengert/program/lane_listing.h"
#include "wengert/program/transpose.h"

namespace wengert::program {
namespace {

// Wide blocks share the cost of an instruction among many lanes, narrow ones stay in the cache. As
// many packs as fit here, a second-level cache, but for kLeastPacks. Nanoseconds a point (AVX-512,
// 2 MiB of L2; slots and rows together, at 16 packs):
//
//   packs                       1      2      3      4      6      8     11     16
//   random, 0.3 MiB           917    636    546    527    508    485    517    471
//   random, 1.7 MiB          8050   4978   3995   3343   3207   2891   2869   2985
//   random, 7.1 MiB         42270  24218  19117  17892  14584  13375  14272  16783
//   Rosenbrock, 4.9 MiB      6521   4596   4150   4366   4894   7059   8535  10809
constexpr size_t kBlockBytes = size_t{2} << 20;
constexpr size_t kLeastPacks = 6;

uint32_t PacksFor(size_t vectors) {
  const size_t fitting = kBlockBytes / (vectors * kPackWidth * sizeof(double));
  return static_cast<uint32_t>(std::clamp<size_t>(fitting, kLeastPacks, kMaxPacks));
}

// The rows of the results: the gradient, then y, then whether they count.
size_t RowCount(size_t n) { return n + 2; }

}  // namespace

absl::StatusOr<std::unique_ptr<const Batch>> Batch::Build(const Tape& tape, size_t n,
                                                          Operand dependent,
                                                          const BatchOptions& options) try {
  const BlockBody body = BatchBody(tape, static_cast<uint32_t>(n), dependent);
  absl::StatusOr<LoweredBody> code = Lower(body, std::max(options.packs, 1u));
  if (code.ok() && options.packs == 0) {
    const uint32_t packs = PacksFor(code->slots + code->columns.size() + RowCount(n));
    code = Lower(body, packs);
  }
  if (!code.ok()) return code.status();
  std::unique_ptr<Batch> batch(new Batch());
  batch->code_ = *std::move(code);
  batch->kernels_ = options.kernels != nullptr ? options.kernels : &BestKernels();
  batch->n_ = n;
  return batch;
} catch (const TooLarge& too_large) {
  return too_large.status();
}

std::unique_ptr<Batch::Workspace> Batch::MakeWorkspace() const {
  auto workspace = std::make_unique<Workspace>();
  workspace->inputs_ = AlignedBuffer(code_.columns.size() * width());
  workspace->outputs_ = AlignedBuffer(RowCount(n_) * width());
  workspace->slots_ = AlignedBuffer(code_.slots * width());
  workspace->uniforms_ = AlignedBuffer(code_.uniforms.size() * kPackWidth);
  workspace->numbers_ = AlignedBuffer(code_.numbers.size());
  return workspace;
}

void Batch::Prepare(absl::Span<const double> p, Workspace& workspace) const {
  double** const bases = workspace.context_.bases;
  bases[kSlots] = workspace.slots_.data();
  bases[kColumns] = workspace.inputs_.data();
  bases[kConstants] = const_cast<double*>(code_.constants.data());
  bases[kUniforms] = workspace.uniforms_.data();
  bases[kNumbers] = workspace.numbers_.data();
  bases[kOutputs] = workspace.outputs_.data();
  for (size_t u = 0; u < code_.uniforms.size(); ++u) {
    std::fill_n(workspace.uniforms_.data() + u * kPackWidth, kPackWidth, p[code_.uniforms[u] - n_]);
  }
  for (size_t u = 0; u < code_.numbers.size(); ++u) {
    workspace.numbers_.data()[u] = p[code_.numbers[u] - n_];
  }
}

void Batch::Gradient(absl::Span<const double> points, absl::Span<const double> p,
                     absl::Span<double> values, absl::Span<double> gradients,
                     absl::Span<uint8_t> holds, Workspace& workspace) const {
  Prepare(p, workspace);
  const uint32_t* const begin = code_.words.data();
  const uint32_t* const end = begin + code_.words.size();
  const double* const gradient = workspace.outputs_.data();
  const double* const y = gradient + n_ * width();
  const double* const held = y + width();
  for (size_t first = 0; first < values.size(); first += width()) {
    const size_t lanes = std::min(width(), values.size() - first);
    LoadPoints(points.data() + first * n_, lanes, workspace.inputs_.data());
    workspace.context_.lanes = static_cast<int>(lanes);
    kernels_->run(begin, end, workspace.context_);
    Transpose(gradient, {n_, lanes}, width(), gradients.data() + first * n_, n_);
    std::copy_n(y, lanes, values.data() + first);
    for (size_t lane = 0; lane < lanes; ++lane) holds[first + lane] = held[lane] == 1.0 ? 1 : 0;
  }
}

// The columns are the inputs that are used, by number. Lanes behind the last one that are computed,
// too, repeat it.
void Batch::LoadPoints(const double* points, size_t lanes, double* rows) const {
  const std::vector<uint32_t>& inputs = code_.columns;
  for (size_t c = 0; c < inputs.size();) {
    size_t end = c + 1;
    while (end < inputs.size() && inputs[end] == inputs[end - 1] + 1) ++end;
    Transpose(points + inputs[c], {lanes, end - c}, n_, rows + c * width(), width());
    c = end;
  }
  if (lanes % kPackWidth == 0) return;
  for (size_t c = 0; c < inputs.size(); ++c) {
    double* const row = rows + c * width();
    std::fill(row + lanes, row + (lanes + kPackWidth - 1) / kPackWidth * kPackWidth,
              row[lanes - 1]);
  }
}

std::string Batch::Listing() const {
  return absl::StrCat(code_.instructions, " instructions, blocks of ", code_.packs, " packs, ",
                      code_.slots, " slots, ", code_.uniform_leaves(), " uniforms\n",
                      LaneListing(code_));
}

size_t Batch::bytes() const {
  return sizeof(Batch) + code_.words.size() * sizeof(uint32_t) +
         code_.constants.size() * sizeof(double);
}

size_t Batch::Workspace::bytes() const {
  return sizeof(Workspace) + sizeof(double) * (inputs_.size() + outputs_.size() + slots_.size() +
                                               uniforms_.size() + numbers_.size());
}

}  // namespace wengert::program
