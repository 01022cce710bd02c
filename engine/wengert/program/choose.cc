#include "wengert/program/choose.h"

#include <algorithm>
#include <numeric>

namespace wengert::program {

std::vector<size_t> ChooseDisjoint(absl::Span<const Offer> offers) {
  std::vector<size_t> by_end(offers.size());
  std::iota(by_end.begin(), by_end.end(), size_t{0});
  std::sort(by_end.begin(), by_end.end(), [&](size_t a, size_t b) {
    const Interval &x = offers[a].nodes, &y = offers[b].nodes;
    return x.end != y.end ? x.end < y.end : x.begin < y.begin;
  });

  // best[j]: what the first j of them can be worth; before[j]: how many end before the j-th begins.
  std::vector<double> best(offers.size() + 1, 0.0);
  std::vector<size_t> before(offers.size());
  const auto with = [&](size_t j) { return best[before[j]] + offers[by_end[j]].saving; };
  for (size_t j = 0; j < offers.size(); ++j) {
    const auto ends_later = [&](uint32_t begin, size_t offer) {
      return begin < offers[offer].nodes.end;
    };
    const auto end = by_end.begin() + static_cast<std::ptrdiff_t>(j);
    before[j] = static_cast<size_t>(
        std::upper_bound(by_end.begin(), end, offers[by_end[j]].nodes.begin, ends_later) -
        by_end.begin());
    best[j + 1] = std::max(best[j], with(j));
  }

  std::vector<size_t> chosen;
  for (size_t j = offers.size(); j > 0;) {
    if (with(j - 1) > best[j - 1]) {
      chosen.push_back(by_end[j - 1]);
      j = before[j - 1];
    } else {
      --j;
    }
  }
  std::reverse(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace wengert::program
