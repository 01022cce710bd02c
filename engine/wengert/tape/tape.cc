#include "wengert/tape/tape.h"

#include <algorithm>
#include <atomic>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/tape/record.h"

namespace wengert {
namespace {

// 0 marks constants, and the stamps of Recorder belong to no tape. A stale Var is taken for a live
// one only if exactly 2^27 generations of tapes were begun since it was made.
uint32_t NewStamp() {
  static std::atomic<uint32_t> last{kFirstStamp - kHints};
  uint32_t stamp;
  do {
    stamp = last += kHints;
  } while (stamp < kFirstStamp);
  return stamp;
}

constexpr size_t kFirstWords = 4096;
constexpr size_t kUsualRecord = 4;  // words

}  // namespace

Tape::Tape(TapeOptions options)
    : max_records_(std::min(options.max_nodes, TapeOptions().max_nodes)),
      outer_(innermost_.recorder),
      owner_(&innermost_.recorder) {
  const size_t reserve = std::min<size_t>(options.reserve_nodes, max_records_);
  cells_.Reserve(reserve);
  words_.Reserve(1 + kLongestRecord + std::max(kFirstWords, reserve * kUsualRecord));
  words_[0].bits = kBottomCode;
  primals_ = cells_.data();
  end_ = limit_ = words_.data() + 1;
  BeginGeneration(0);
  innermost_.recorder = this;
}

Tape::~Tape() {
  if (recording_) Stop();
}

void Tape::Stop() {
  if (!recording_) return;
  if (owner_ != &innermost_.recorder) {
    ThrowUsageError("Tape::Stop", "this thread isn't the one that records on the tape",
                    "stop or destroy a tape on the thread that made it");
  }
  Recorder** link = &innermost_.recorder;
  while (*link != this) link = &static_cast<Tape*>(*link)->outer_;
  *link = outer_;
  recording_ = false;
}

Var Tape::Input(double x) {
  if (owner_ != &innermost_.recorder || !recording_) {
    ThrowUsageError("Tape::Input", "the tape doesn't record on this thread",
                    "make inputs on the thread that made the tape, before Stop");
  }
  MakeRoom();
  input_records_.push_back(size_);
  end_[0].bits = kInputCode;
  return Finish(end_ + 1, x, kInputCode);
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
  tape->recorded_guards_.push_back({op, a.Sealed(), b.Sealed(), tape->size_, outcome});
}

bool Tape::IsAlive(const VarFields& v) const {
  if (v.tag == 0 || v.record >= size_) return false;
  auto segment = segments_.end();
  do {
    --segment;
  } while (segment->begin > v.record);
  return v.tag - segment->stamp < kHints;
}

void Tape::CheckOperand(const VarFields& v) const {
  if (v.tag != 0 && !IsAlive(v)) ThrowNotMine(v, "arithmetic on Var");
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
  if (is_up_to_date()) return decoded_;
  const std::lock_guard<std::mutex> lock(decoding_);
  if (is_up_to_date()) return decoded_;
  decoded_.Extend(words_.data(), end_, size_, primals_);
  decoded_.Extend(recorded_guards_);
  decoded_guards_.store(guards, std::memory_order_release);
  decoded_records_.store(records, std::memory_order_release);
  return decoded_;
}

void Tape::BeginGeneration(uint32_t first_record) {
  stamp_ = NewStamp();
  segments_.push_back({first_record, stamp_});
  decoded_.Clear();
  decoded_records_ = 0;
}

void Tape::Clear() {
  size_ = 0;
  end_ = limit_ = words_.data() + 1;
  recorded_guards_.clear();
  input_records_.clear();
  segments_.clear();
  BeginGeneration(0);
}

Tape::Position Tape::Mark() {
  if (recording_ && end_[-1].bits >= kHints) {  // what is before a mark must not be joined any more
    MakeRoom();
    end_[0].bits = kSealCode;
    Finish(end_ + 1, 0.0, kSealCode);
  }
  Position here;
  here.words_ = static_cast<size_t>(end_ - words_.data());
  here.records_ = size_;
  here.guards_ = static_cast<uint32_t>(recorded_guards_.size());
  here.inputs_ = static_cast<uint32_t>(input_records_.size());
  here.stamp_ = stamp_;
  return here;
}

void Tape::Rewind(const Position& position) {
  const bool known = std::any_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.stamp == position.stamp_ && segment.begin <= position.records_;
  });
  if (!known || position.records_ > size_) {
    ThrowUsageError(
        "Tape::Rewind", "the position isn't on this tape any more",
        "rewind a tape to a Mark of its own, made since its last Clear or Rewind past it");
  }
  segments_.reserve(segments_.size() + 1);
  size_ = position.records_;
  end_ = limit_ = words_.data() + position.words_;
  recorded_guards_.resize(position.guards_);
  input_records_.resize(position.inputs_);
  while (!segments_.empty() && segments_.back().begin >= size_) segments_.pop_back();
  BeginGeneration(size_);
}

size_t Tape::bytes() const {
  const size_t words = static_cast<size_t>(end_ - words_.data()) - 1;
  return words * sizeof(Word) + size_ * sizeof(Cell) +
         recorded_guards_.size() * sizeof(RecordedGuard) + input_records_.size() * sizeof(uint32_t);
}

size_t Tape::reserved_bytes() const {
  return words_.bytes() + cells_.bytes() + recorded_guards_.capacity() * sizeof(RecordedGuard) +
         input_records_.capacity() * sizeof(uint32_t);
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
