#ifndef WENGERT_PROGRAM_MACHINE_H_
#define WENGERT_PROGRAM_MACHINE_H_

// Executes a program: its loops in lanes, a block of iterations at a time, what is between them a
// number at a time. A Machine is immutable and shared by threads, each with a Workspace.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/base/aligned.h"
#include "wengert/base/worker_pool.h"
#include "wengert/program/blocks.h"
#include "wengert/program/chain.h"
#include "wengert/program/lane_kernels.h"
#include "wengert/program/lower.h"
#include "wengert/program/scalar_code.h"

namespace wengert::program {

struct MachineOptions {
  const LaneKernels* kernels = nullptr;  // null: the best this machine has
  int threads = 1;  // that share the iterations of long loops; results don't depend on it
};

class Machine {
 public:
  class Workspace {
   public:
    double* memory() { return memory_.data(); }
    size_t bytes() const;

   private:
    friend class Machine;
    // What a thread executes lanes with.
    struct Worker {
      AlignedBuffer slots;
      std::vector<LaneTable> tables;
      LaneContext context;
    };
    AlignedBuffer memory_, uniforms_, numbers_, accumulators_;
    std::vector<std::unique_ptr<Worker>> workers_;
  };

  // `zeroed` are cells that are set to zero at the beginning of every run.
  static absl::StatusOr<Machine> Build(Blocks blocks, CellRange zeroed,
                                       MachineOptions options = {});

  std::unique_ptr<Workspace> MakeWorkspace() const;

  // Executes the program over the workspace's memory, in which the inputs must stand. Returns
  // whether all checks passed; if not, nothing of what it computed counts.
  bool Run(Workspace& workspace) const;

  const Blocks& blocks() const { return blocks_; }
  const LaneKernels& kernels() const { return *kernels_; }
  size_t instructions() const;  // of its loops, each code once
  // How much of a run is executed a number at a time: of all operations, those of loops counted
  // once an iteration.
  double scalar_share() const;
  uint32_t segments() const;             // of the loop that has most
  double cost() const { return cost_; }  // of a run, in the nanoseconds of run_cost.h
  size_t bytes() const;
  // The code of its loops, each once.
  std::string Listing() const;

 private:
  // A block with its addresses. Those stand in `cells_` from `cells` on, so that a run reads them
  // one after the other: ranges to zero, copies, then of a loop its uniforms, numbers, streams,
  // sums and offsets of tables, then folds.
  struct Step {
    const LoweredBody* code = nullptr;  // null: not a loop in lanes
    const LinearChain* chain = nullptr;
    const ScalarCode* scalar = nullptr;  // of what is neither
    const Block* block = nullptr;        // with scalar code
    const double* columns = nullptr;
    uint32_t count = 0;
    uint32_t cells = 0;
    uint32_t tables = 0;  // in index_
    uint32_t zeroed = 0, copies = 0, folds = 0;
    uint32_t segments = 1;  // of a loop: each is summed on its own, by any thread
  };

  Machine() = default;
  absl::Status AddStep(Block& block);
  void ForgetColumns();
  absl::Status AddLoop(const Block& block, Step& step);
  absl::StatusOr<const LoweredBody*> CodeOf(const Block& block);
  const double* ColumnsOf(const Block& block, const LoweredBody& code);
  bool RunBody(const Step& step, const uint32_t*& cell, Workspace& workspace) const;
  bool RunLoop(const Step& step, const uint32_t*& cell, Workspace& workspace) const;
  bool RunSegment(const Step& step, const uint32_t* cell, uint32_t segment, Workspace& workspace,
                  Workspace::Worker& worker) const;
  // first ... last - 1, where first is a multiple of the lanes of a block.
  struct Iterations {
    uint32_t first, last;
  };
  bool RunIterations(const Step& step, const uint32_t* cell, Iterations iterations,
                     double* accumulators, Workspace& workspace, Workspace::Worker& worker) const;
  void AddSums(const Step& step, const uint32_t* sums, Workspace& workspace) const;

  struct Cache;
  Blocks blocks_;
  CellRange zeroed_{};
  const LaneKernels* kernels_ = nullptr;
  std::shared_ptr<WorkerPool> pool_;  // null: a single thread
  std::vector<Step> steps_;
  std::vector<uint32_t> cells_;
  std::vector<const uint32_t*> index_;
  std::vector<std::unique_ptr<LoweredBody>> codes_;
  std::vector<std::unique_ptr<LinearChain>> chains_;
  std::vector<std::unique_ptr<ScalarCode>> scalar_codes_;
  std::optional<ScalarRoom> room_;  // behind the cells
  std::vector<std::unique_ptr<AlignedBuffer>> columns_;
  std::shared_ptr<Cache> cache_;                        // while it is built
  size_t scalar_operations_ = 0, lane_operations_ = 0;  // of a run
  double cost_ = 0.0;
  size_t slots_ = 0, uniforms_ = 0, numbers_ = 0, accumulators_ = 0, tables_ = 0;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_MACHINE_H_
