#include "wengert/function/trace.h"

#include <algorithm>
#include <cstring>

namespace wengert {

bool BeginsWith(absl::Span<const double> outcomes, absl::Span<const double> prefix) {
  if (prefix.empty()) return true;
  return outcomes.size() >= prefix.size() &&
         std::memcmp(outcomes.data(), prefix.data(), prefix.size() * sizeof(double)) == 0;
}

std::shared_ptr<const Trace> TraceCache::Find(absl::Span<const double> prefix) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find_if(traces_.begin(), traces_.end(), [&](const auto& trace) {
    return BeginsWith(trace->outcomes, prefix);
  });
  if (found == traces_.end()) return nullptr;
  std::rotate(traces_.begin(), found, found + 1);
  return traces_.front();
}

void TraceCache::Insert(std::shared_ptr<const Trace> trace) {
  const std::lock_guard<std::mutex> lock(mutex_);
  traces_.insert(traces_.begin(), std::move(trace));
  if (traces_.size() > capacity_) traces_.pop_back();
  ++inserted_;
}

std::vector<std::shared_ptr<const Trace>> TraceCache::All() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return traces_;
}

int64_t TraceCache::inserted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return inserted_;
}

}  // namespace wengert
