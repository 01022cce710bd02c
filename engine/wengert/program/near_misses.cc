#include "wengert/program/near_misses.h"

#include "absl/strings/str_cat.h"

namespace wengert::program {

OutsideOfLoops CountOutside(const RecordedGraph& graph, absl::Span<const Run> runs,
                            const NearMisses& misses) {
  OutsideOfLoops outside;
  const auto count_gap = [&](uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; ++i) {
      if (graph.nodes[i].is_leaf()) continue;
      ++(misses.dependent.Has(i) ? outside.dependent
         : misses.too_few.Has(i) ? outside.too_few
                                 : outside.unlike);
    }
  };
  uint32_t begin = 0;
  for (const Run& run : runs) {
    count_gap(begin, run.first);
    begin = run.first + run.period * run.count;
  }
  count_gap(begin, static_cast<uint32_t>(graph.nodes.size()));
  return outside;
}

std::string TextOf(const OutsideOfLoops& outside) {
  std::string text;
  const auto append = [&](size_t count, const char* why) {
    if (count > 0) absl::StrAppend(&text, text.empty() ? "" : ", ", count, " ", why);
  };
  append(outside.unlike, "that nothing repeats often enough");
  append(outside.too_few, "in too few iterations to pay for a loop");
  append(outside.dependent, "in iterations that need each other");
  return text;
}

}  // namespace wengert::program
