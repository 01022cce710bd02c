#include "wengert/program/machine.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "wengert/program/lane_listing.h"
#include "wengert/program/run_cost.h"
#include "wengert/program/segments.h"
#include "wengert/program/words.h"

namespace wengert::program {
namespace {

// Lanes behind the last valid one are read, so an array may be read beyond its end by so much.
constexpr size_t kSlack = size_t{kMaxPacks} * kPackWidth;

// The sum of a pack's lanes, in a fixed order.
double FoldedPack(const double* p) {
  return ((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7]));
}

}  // namespace

struct Machine::Cache {
  std::map<std::tuple<const BlockBody*, uint32_t, Rows>, const LoweredBody*> codes;
  std::map<std::vector<uint32_t>, const double*> columns;
};

absl::StatusOr<Machine> Machine::Build(Blocks blocks, CellRange zeroed, MachineOptions options) {
  Machine machine;
  machine.blocks_ = std::move(blocks);
  machine.zeroed_ = zeroed;
  machine.kernels_ = options.kernels != nullptr ? options.kernels : &BestKernels();
  machine.pool_ = WorkerPool::Shared(options.threads);
  machine.cache_ = std::make_shared<Cache>();
  machine.room_.emplace(machine.blocks_, machine.blocks_.cells + kSlack);
  for (Block& block : machine.blocks_.blocks) {
    if (absl::Status status = machine.AddStep(block); !status.ok()) return status;
  }
  machine.cache_ = nullptr;
  machine.room_->Close();
  machine.ForgetColumns();
  return machine;
}

// Loops have their columns in order of lanes; only what is executed a number at a time reads the
// original ones.
void Machine::ForgetColumns() {
  std::vector<bool> is_read(blocks_.columns.size());
  const auto note = [&](const Source& source) {
    if (source.access == Access::kColumn) is_read[source.at] = true;
  };
  for (const Step& step : steps_) {
    if (step.scalar == nullptr) continue;
    for (const Source& leaf : step.block->leaves) note(leaf);
    for (const Target& target : step.block->targets) note(target.where);
  }
  for (size_t c = 0; c < is_read.size(); ++c) {
    if (!is_read[c]) blocks_.columns[c] = {};
  }
}

absl::Status Machine::AddStep(Block& block) {
  Step step;
  step.count = block.count;
  step.cells = static_cast<uint32_t>(cells_.size());
  step.zeroed = static_cast<uint32_t>(block.zeroed.size());
  step.copies = static_cast<uint32_t>(block.copies.size());
  step.folds = static_cast<uint32_t>(block.folds.size());
  cost_ += CostOfMoves(block);
  for (const CellRange& range : block.zeroed) cells_.insert(cells_.end(), {range.begin, range.end});
  for (const Move& move : block.copies) cells_.insert(cells_.end(), {move.to, move.from});
  if (IsInLanes(block)) {
    if (absl::Status status = AddLoop(block, step); !status.ok()) return status;
    block.leaves = {};
    block.targets = {};
  } else if (block.body != nullptr) {
    if (std::optional<LinearChain> chain = LinearChain::Of(block)) {
      chains_.push_back(std::make_unique<LinearChain>(*chain));
      step.chain = chains_.back().get();
      cost_ += CostOfChain(block.count);
    } else {
      scalar_codes_.push_back(std::make_unique<ScalarCode>(blocks_, block, *room_));
      step.scalar = scalar_codes_.back().get();
      step.block = &block;
      cost_ += CostOfScalarCode(block);
      scalar_operations_ += step.scalar->instructions() * block.count;
    }
  }
  for (const Move& move : block.folds) cells_.insert(cells_.end(), {move.to, move.from});
  block.zeroed = {};
  block.copies = block.folds = {};
  steps_.push_back(step);
  return absl::OkStatus();
}

absl::StatusOr<const LoweredBody*> Machine::CodeOf(const Block& block) {
  const uint32_t packs = PacksOfBlock(block.count);
  const auto [place, is_new] =
      cache_->codes.try_emplace({block.body.get(), packs, RowsOf(blocks_, block)});
  if (is_new) {
    absl::StatusOr<LoweredBody> code = Lower(*block.body, packs, std::get<Rows>(place->first));
    if (!code.ok()) return code.status();
    codes_.push_back(std::make_unique<LoweredBody>(*std::move(code)));
    place->second = codes_.back().get();
  }
  return place->second;
}

// The constants that differ from iteration to iteration, a block of lanes after the other, in each
// a column after the other.
const double* Machine::ColumnsOf(const Block& block, const LoweredBody& code) {
  if (code.columns.empty()) return nullptr;
  std::vector<uint32_t> key = {block.count, code.packs};
  for (uint32_t entry : code.columns) key.push_back(SourceOf(block, entry).at);
  const auto [place, is_new] = cache_->columns.try_emplace(key, nullptr);
  if (!is_new) return place->second;
  const size_t width = size_t{code.packs} * kPackWidth;
  const size_t lane_blocks = LaneBlocksOf(block.count, code.packs * kPackWidth);
  auto buffer = std::make_unique<AlignedBuffer>(lane_blocks * code.columns.size() * width);
  double* to = buffer->data();
  for (size_t b = 0; b < lane_blocks; ++b) {
    for (uint32_t entry : code.columns) {
      const std::vector<double>& column = blocks_.columns[SourceOf(block, entry).at];
      for (size_t lane = 0; lane < width; ++lane) {
        *to++ = column[std::min(b * width + lane, column.size() - 1)];
      }
    }
  }
  columns_.push_back(std::move(buffer));
  return place->second = columns_.back()->data();
}

absl::Status Machine::AddLoop(const Block& block, Step& step) {
  const absl::StatusOr<const LoweredBody*> code = CodeOf(block);
  if (!code.ok()) return code.status();
  const LoweredBody& body = **code;
  step.code = &body;
  step.columns = ColumnsOf(block, body);
  step.tables = static_cast<uint32_t>(index_.size());
  for (uint32_t leaf : body.uniforms) cells_.push_back(block.leaves[leaf].at);
  for (uint32_t leaf : body.numbers) cells_.push_back(block.leaves[leaf].at);
  for (uint32_t entry : body.streams) cells_.push_back(SourceOf(block, entry).at);
  for (uint32_t root : body.accumulators) cells_.push_back(block.targets[root].where.at);
  for (uint32_t entry : body.tables) {
    const Source& source = SourceOf(block, entry);
    cells_.push_back(source.offset);
    index_.push_back(blocks_.tables[source.at].data());
  }
  lane_operations_ += size_t{body.instructions} * block.count;
  step.segments = SegmentsOf(blocks_, block, body);
  cost_ += CostInLanes(block, body);
  slots_ = std::max(slots_, size_t{body.slots} * body.packs * kPackWidth);
  uniforms_ = std::max(uniforms_, body.uniforms.size() * kPackWidth);
  numbers_ = std::max(numbers_, body.numbers.size());
  accumulators_ =
      std::max(accumulators_, body.accumulators.size() * kPackWidth * size_t{step.segments});
  tables_ = std::max(tables_, body.tables.size());
  return absl::OkStatus();
}

std::unique_ptr<Machine::Workspace> Machine::MakeWorkspace() const {
  auto workspace = std::make_unique<Workspace>();
  workspace->memory_ = AlignedBuffer(room_->end());
  workspace->uniforms_ = AlignedBuffer(uniforms_);
  workspace->numbers_ = AlignedBuffer(numbers_);
  workspace->accumulators_ = AlignedBuffer(accumulators_);
  std::copy(room_->constants().begin(), room_->constants().end(),
            workspace->memory() + room_->first_constant());
  for (const auto& [cell, value] : blocks_.presets) workspace->memory()[cell] = value;
  for (int k = pool_ == nullptr ? 1 : pool_->threads(); k > 0; --k) {
    auto worker = std::make_unique<Workspace::Worker>();
    worker->slots = AlignedBuffer(slots_);
    worker->tables.resize(tables_);
    worker->context.bases[kSlots] = worker->slots.data();
    worker->context.bases[kUniforms] = workspace->uniforms_.data();
    worker->context.bases[kNumbers] = workspace->numbers_.data();
    workspace->workers_.push_back(std::move(worker));
  }
  return workspace;
}

bool Machine::Run(Workspace& workspace) const {
  double* memory = workspace.memory();
  std::fill(memory + zeroed_.begin, memory + zeroed_.end, 0.0);
  for (const Step& step : steps_) {
    const uint32_t* cell = cells_.data() + step.cells;
    for (uint32_t j = 0; j < step.zeroed; ++j, cell += 2) {
      std::fill(memory + cell[0], memory + cell[1], 0.0);
    }
    for (uint32_t j = 0; j < step.copies; ++j, cell += 2) memory[cell[0]] = memory[cell[1]];
    if (!RunBody(step, cell, workspace)) return false;
    for (uint32_t j = 0; j < step.folds; ++j, cell += 2) memory[cell[0]] += memory[cell[1]];
  }
  return true;
}

bool Machine::RunBody(const Step& step, const uint32_t*& cell, Workspace& workspace) const {
  if (step.code != nullptr) return RunLoop(step, cell, workspace);
  if (step.chain != nullptr) {
    step.chain->Execute(step.count, workspace.memory(), *kernels_);
  } else if (step.scalar != nullptr) {
    return step.scalar->Execute(blocks_, *step.block, workspace.memory());
  }
  return true;
}

bool Machine::RunLoop(const Step& step, const uint32_t*& cell, Workspace& workspace) const {
  const LoweredBody& code = *step.code;
  const double* const memory = workspace.memory();
  double* uniform = workspace.uniforms_.data();
  for (size_t j = code.uniforms.size(); j > 0; --j, uniform += kPackWidth) {
    std::fill_n(uniform, kPackWidth, memory[*cell++]);
  }
  double* number = workspace.numbers_.data();
  for (size_t j = code.numbers.size(); j > 0; --j) *number++ = memory[*cell++];
  bool passed = true;
  if (step.segments == 1) {
    passed = RunIterations(step, cell, {0, step.count}, workspace.accumulators_.data(), workspace,
                           *workspace.workers_[0]);
  } else if (pool_ != nullptr) {
    std::atomic<bool> all_passed{true};
    pool_->Run(step.segments, [&](uint32_t segment, int worker) {
      const auto w = static_cast<size_t>(worker);
      if (!RunSegment(step, cell, segment, workspace, *workspace.workers_[w])) {
        all_passed.store(false, std::memory_order_relaxed);
      }
    });
    passed = all_passed.load(std::memory_order_relaxed);
  } else {
    for (uint32_t s = 0; s < step.segments; ++s) {
      passed &= RunSegment(step, cell, s, workspace, *workspace.workers_[0]);
    }
  }
  AddSums(step, cell + code.streams.size(), workspace);
  cell += code.streams.size() + code.accumulators.size() + code.tables.size();
  return passed;
}

bool Machine::RunSegment(const Step& step, const uint32_t* cell, uint32_t segment,
                         Workspace& workspace, Workspace::Worker& worker) const {
  const LoweredBody& code = *step.code;
  const uint32_t width = code.packs * kPackWidth;
  const uint64_t lane_blocks = LaneBlocksOf(step.count, width);
  const auto first_of = [&](uint32_t s) {
    return static_cast<uint32_t>(lane_blocks * s / step.segments) * width;
  };
  const size_t sums = code.accumulators.size() * kPackWidth;
  return RunIterations(step, cell, {first_of(segment), std::min(first_of(segment + 1), step.count)},
                       workspace.accumulators_.data() + sums * segment, workspace, worker);
}

bool Machine::RunIterations(const Step& step, const uint32_t* cell, Iterations iterations,
                            double* accumulators, Workspace& workspace,
                            Workspace::Worker& worker) const {
  const LoweredBody& code = *step.code;
  double* const memory = workspace.memory();
  LaneContext& context = worker.context;
  uint32_t first = iterations.first;

  context.bases[kConstants] = const_cast<double*>(code.constants.data());
  context.bases[kColumns] = const_cast<double*>(step.columns) + code.columns.size() * size_t{first};
  context.bases[kAccumulators] = accumulators;
  std::fill_n(accumulators, code.accumulators.size() * kPackWidth, 0.0);
  double** const stream = context.bases + kFirstStream;
  const size_t streams = code.streams.size();
  for (size_t j = 0; j < streams; ++j) stream[j] = memory + *cell++ + first;
  cell += code.accumulators.size();
  for (size_t t = 0; t < code.tables.size(); ++t) {
    worker.tables[t].index = index_[step.tables + t];
    worker.tables[t].array = memory + *cell++;
  }
  context.tables = worker.tables.data();
  context.mismatch = false;

  const uint32_t* const begin = code.words.data();
  const uint32_t* const end = begin + code.words.size();
  const uint32_t width = code.packs * kPackWidth;
  while (true) {
    context.first = first;
    context.lanes = static_cast<int>(std::min(width, step.count - first));
    kernels_->run(begin, end, context);
    first += width;
    if (first >= iterations.last) break;
    context.bases[kColumns] += code.columns.size() * width;
    for (size_t j = 0; j < streams; ++j) stream[j] += width;
  }
  return !context.mismatch;
}

// Segment after segment, whichever was done first.
void Machine::AddSums(const Step& step, const uint32_t* sums, Workspace& workspace) const {
  const size_t count = step.code->accumulators.size();
  double* const total = workspace.accumulators_.data();
  for (uint32_t s = 1; s < step.segments; ++s) {
    const double* const more = total + s * count * kPackWidth;
    for (size_t i = 0; i < count * kPackWidth; ++i) total[i] += more[i];
  }
  for (size_t j = 0; j < count; ++j) {
    workspace.memory()[sums[j]] += FoldedPack(total + j * kPackWidth);
  }
}

std::string Machine::Listing() const {
  std::string text;
  for (const auto& code : codes_) {
    absl::StrAppend(&text, code->instructions, " instructions, blocks of ", code->packs, " packs, ",
                    code->slots, " slots, ", code->uniform_leaves(), " uniforms\n",
                    LaneListing(*code));
  }
  return text;
}

size_t Machine::instructions() const {
  size_t instructions = 0;
  for (const auto& code : codes_) instructions += code->instructions;
  return instructions;
}

double Machine::scalar_share() const {
  const auto scalar = static_cast<double>(scalar_operations_);
  return scalar == 0.0 ? 0.0 : scalar / (scalar + static_cast<double>(lane_operations_));
}

uint32_t Machine::segments() const {
  uint32_t most = 1;
  for (const Step& step : steps_) most = std::max(most, step.segments);
  return most;
}

size_t Machine::bytes() const {
  size_t bytes = cells_.size() * sizeof(uint32_t) + steps_.size() * sizeof(Step);
  for (const auto& code : codes_) {
    bytes += code->words.size() * sizeof(uint32_t) + code->constants.size() * sizeof(double);
  }
  for (const auto& code : scalar_codes_) bytes += code->bytes();
  for (const auto& columns : columns_) bytes += columns->size() * sizeof(double);
  for (const auto& table : blocks_.tables) bytes += table.size() * sizeof(uint32_t);
  for (const auto& column : blocks_.columns) bytes += column.size() * sizeof(double);
  return bytes;
}

size_t Machine::Workspace::bytes() const {
  size_t bytes = sizeof(Workspace);
  for (const auto& worker : workers_) {
    bytes += sizeof(Worker) + worker->slots.size() * sizeof(double) +
             worker->tables.size() * sizeof(LaneTable);
  }
  return bytes + sizeof(double) *
                     (memory_.size() + uniforms_.size() + numbers_.size() + accumulators_.size());
}

}  // namespace wengert::program
