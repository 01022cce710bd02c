#include "wengert/tape/tape.h"

#include <algorithm>
#include <atomic>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/base/handover.h"
#include "wengert/tape/record.h"
#include "wengert/tape/while_rule_runs.h"

namespace wengert {
namespace {

// 0 marks constants, and the stamps of Recorder belong to no tape. A stale Var is taken for a live
// one only if exactly 2^25 generations of tapes were begun since it was made.
uint32_t NewStamp() {
  static std::atomic<uint32_t> last{kFirstStamp - kHints};
  uint32_t stamp;
  do {
    stamp = last += kHints;
  } while (stamp < kFirstStamp);
  return stamp;
}

// Never given twice, as the address of a thread's own variable would be.
uint64_t ThisThread() {
  static std::atomic<uint64_t> threads{0};
  thread_local const uint64_t mine = ++threads;
  return mine;
}

constexpr size_t kFirstWords = 4096;
constexpr size_t kUsualRecord = 4;  // words

}  // namespace

Tape::Tape(TapeOptions options)
    : max_records_(std::min(options.max_nodes, TapeOptions().max_nodes)),
      outer_(innermost_.recorder),
      owner_(ThisThread()) {
  const size_t reserve = std::min<size_t>(options.reserve_nodes, max_records_);
  cells_.Reserve(reserve);
  words_.Reserve(1 + kLongestRecord + (reserve > 0 ? reserve * kUsualRecord : kFirstWords));
  words_[0].bits = kBottomCode;
  primals_ = cells_.data();
  EndAt(words_.data() + 1);
  BeginGeneration();
  innermost_.recorder = this;
}

Tape::~Tape() {
  if (recording_) Stop();
}

void Tape::Stop() {
  if (!recording_) return;
  if (owner_ != ThisThread()) {
    ThrowUsageError("Tape::Stop", "this thread isn't the one that records on the tape",
                    "stop or destroy a tape on the thread that made it");
  }
  WhileRuleRuns::CheckIsFree(*this, "Tape::Stop");
  // A rule may have left a tape behind.
  if (Recorder** const link = LinkToThis(); link != nullptr) *link = outer_;
  recording_ = false;
}

Recorder** Tape::LinkToThis() const {
  for (Recorder** link = &innermost_.recorder; *link != &nobody_;
       link = &static_cast<Tape*>(*link)->outer_) {
    if (*link == this) return link;
  }
  return nullptr;
}

void Tape::CheckRecordsHere() const {
  WhileRuleRuns::CheckIsFree(*this, "Tape::Input");
  if (owner_ == ThisThread() && recording_) return;
  ThrowUsageError("Tape::Input", "the tape doesn't record on this thread",
                  "make inputs on the thread that made the tape, before Stop");
}

std::vector<Var> Tape::Inputs(absl::Span<const double> x) {
  std::vector<Var> inputs;
  inputs.reserve(x.size());
  for (double each : x) inputs.push_back(Input(each));
  return inputs;
}

void Tape::RecordGuard(Op op, const Var& a, const Var& b, double outcome) {
  Tape* const tape = Current();
  if (tape == nullptr) ThrowNotRecording();
  tape->CheckOperand(a.fields_);
  tape->CheckOperand(b.fields_);
  tape->CheckIsWhereRecorded();
  tape->recorded_guards_.push_back({op, a.Sealed(), b.Sealed(), tape->size_, outcome});
}

bool Tape::IsAlive(const VarFields& v) const {
  if (v.is_constant() || v.record >= size_) return false;
  auto generation = generations_.end();
  do {
    --generation;
  } while (generation->records_ > v.record);
  return (v.tag ^ generation->stamp_) < kHints;
}

// Whether this record is still the one of an earlier generation: it lies before all that began
// after that. Without the generation (the tape was cleared, or rewound past it), none is.
bool Tape::HadAt(uint32_t stamp, uint32_t record) const {
  const auto then = std::find_if(generations_.begin(), generations_.end(),
                                 [&](const Position& begin) { return begin.stamp_ == stamp; });
  if (then == generations_.end()) return false;
  return then + 1 == generations_.end() || record < then[1].records_;
}

void Tape::CheckOperand(const VarFields& v) const {
  if (!v.is_constant() && !IsAlive(v)) ThrowNotMine(v, "arithmetic on Var");
}

uint32_t Tape::RecordOf(const Var& v, const char* where) const {
  if (!IsAlive(v.fields_)) ThrowNotMine(v.fields_, where);
  return v.fields_.record;
}

uint32_t Tape::NodeOf(const Var& v, const char* where) const {
  return decoded().operand_of[RecordOf(v, where)].index();
}

double Tape::Primal(const Var& v) const {
  return v.is_constant() ? v.fields_.primal : primals_[RecordOf(v, "Tape::Primal")].value;
}

const TapeNodes& Tape::decoded() const {
  const uint64_t records = static_cast<uint64_t>(end_ - words_.data()) << 16 | end_[-1].bits;
  const size_t guards = recorded_guards_.size();
  const auto is_up_to_date = [&] {
    return decoded_records_.load(std::memory_order_acquire) == records &&
           decoded_guards_.load(std::memory_order_acquire) == guards;
  };
  if (is_up_to_date()) {
    NoteAcquire(&decoded_records_);
    return decoded_;
  }
  const std::lock_guard<std::mutex> lock(decoding_);
  if (is_up_to_date()) return decoded_;
  struct BeginAnew {  // when memory ends in the middle
    TapeNodes* nodes;
    ~BeginAnew() {
      if (nodes != nullptr) *nodes = TapeNodes();
    }
  } half_done = {&decoded_};
  decoded_.Extend(words_.data(), end_, size_, primals_, calls_);
  decoded_.Extend(recorded_guards_);
  half_done.nodes = nullptr;
  NoteRelease(&decoded_records_);
  decoded_guards_.store(guards, std::memory_order_release);
  decoded_records_.store(records, std::memory_order_release);
  return decoded_;
}

void Tape::BeginGeneration() {
  stamp_ = NewStamp();
  generations_.push_back(Here());
  decoded_.Clear();
  decoded_records_ = 0;
}

void Tape::Clear() {
  WhileRuleRuns::CheckIsFree(*this, "Tape::Clear");
  is_elsewhere_ = false;
  size_ = 0;
  EndAt(words_.data() + 1);
  recorded_guards_.clear();
  input_records_.clear();
  calls_.Truncate(0);
  generations_.clear();
  BeginGeneration();
}

Tape::Position Tape::Mark() {
  WhileRuleRuns::CheckIsFree(*this, "Tape::Mark");
  // What is before a mark must not be joined any more.
  if (recording_ && !is_elsewhere_ && IsOperation(end_[-1].bits)) {
    MakeRoom();
    Write<true>(size_, 0.0, end_, uint32_t{kSealCode});
  }
  return Here();
}

Tape::Position Tape::Here() const {
  Position here;
  here.words_ = static_cast<size_t>(end_ - words_.data());
  here.records_ = size_;
  here.guards_ = static_cast<uint32_t>(recorded_guards_.size());
  here.inputs_ = static_cast<uint32_t>(input_records_.size());
  here.calls_ = static_cast<uint32_t>(calls_.calls.size());
  here.stamp_ = stamp_;
  return here;
}

bool Tape::IsBefore(const Position& position, const Position& end) const {
  return position.words_ <= end.words_ && position.records_ <= end.records_ &&
         position.guards_ <= end.guards_ && position.inputs_ <= end.inputs_ &&
         position.calls_ <= end.calls_;
}

void Tape::Rewind(const Position& position) {
  WhileRuleRuns::CheckIsFree(*this, "Tape::Rewind");
  const auto mine = std::find_if(generations_.begin(), generations_.end(),
                                 [&](const Position& g) { return g.stamp_ == position.stamp_; });
  const bool known = mine != generations_.end();
  const bool last = known && mine + 1 == generations_.end();
  if (!known || !IsBefore(position, last ? Here() : mine[1])) {
    ThrowUsageError(
        "Tape::Rewind", "the position isn't on this tape any more",
        "rewind a tape to a Mark of its own, made since its last Clear or Rewind past it");
  }
  const auto kept = mine + 1 - generations_.begin();
  generations_.reserve(generations_.size() + 1);
  generations_.erase(generations_.begin() + kept, generations_.end());
  size_ = position.records_;
  EndAt(words_.data() + position.words_);
  recorded_guards_.resize(position.guards_);
  input_records_.resize(position.inputs_);
  calls_.Truncate(position.calls_);
  if (is_elsewhere_) NoteWhereItIs();
  BeginGeneration();
}

size_t Tape::bytes() const {
  const size_t words = static_cast<size_t>(end_ - words_.data()) - 1;
  return words * sizeof(Word) + size_ * sizeof(Cell) +
         recorded_guards_.size() * sizeof(RecordedGuard) +
         input_records_.size() * sizeof(uint32_t) + calls_.bytes();
}

size_t Tape::reserved_bytes() const {
  const std::lock_guard<std::mutex> lock(decoding_);
  const size_t decoded = decoded_.nodes.capacity() * sizeof(Node) +
                         decoded_.primals.capacity() * sizeof(double) +
                         decoded_.constants.capacity() * sizeof(double) +
                         decoded_.operand_of.capacity() * sizeof(Operand);
  return decoded + words_.bytes() + cells_.bytes() +
         recorded_guards_.capacity() * sizeof(RecordedGuard) +
         input_records_.capacity() * sizeof(uint32_t) + calls_.reserved_bytes();
}

void Tape::CheckIsWhereRecorded() const {
  if (!is_elsewhere_) return;
  ThrowUsageError("arithmetic on Var",
                  "the tape was replayed at another point than that of its Vars",
                  "replay it at their point before you record more, or record anew after Clear");
}

void Tape::ThrowNotMine(const VarFields& v, const char* where) const {
  ThrowUsageError(where,
                  absl::StrCat("the Var (record ", v.record, ", generation ", v.tag / kHints,
                               ") isn't alive on the tape of generation ", stamp_ / kHints),
                  "its tape was destroyed, cleared or rewound, or is another one, or the Var was "
                  "moved from; make it anew with Tape::Input, or use value() for its number");
}

std::ostream& operator<<(std::ostream& out, const Var& a) { return out << a.fields_.primal; }

}  // namespace wengert
