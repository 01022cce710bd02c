#include "cli/place.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace cli {
namespace {

constexpr size_t kShownBefore = 40, kShownAfter = 30;

// Levenshtein's: insertions, deletions and substitutions.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

std::string OnOneLine(absl::string_view text) {
  std::string shown(text);
  for (char& each : shown) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(each))) each = ' ';
  }
  return shown;
}

}  // namespace

std::string Beginning(absl::string_view text) {
  return absl::StrCat(OnOneLine(text.substr(0, kShownBefore)),
                      text.size() > kShownBefore ? "..." : "");
}

std::string AtPlace(absl::string_view text, size_t at, absl::string_view what) {
  const absl::string_view before = text.substr(0, at);
  const size_t line_before = before.rfind('\n');
  const size_t line_begin = line_before == absl::string_view::npos ? 0 : line_before + 1;
  const size_t line_end = std::min(text.find('\n', at), text.size());
  const size_t line = static_cast<size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const size_t begin = std::max(line_begin, at - std::min(at, kShownBefore));
  const size_t end = std::min(line_end, at + kShownAfter);
  const std::string shown = OnOneLine(text.substr(begin, end - begin));
  return absl::StrCat("line ", line, ", column ", at - line_begin + 1, ": ", what, "\n  ", shown,
                      "\n  ", std::string(at - begin, ' '), "^");
}

void NearestWord::Offer(absl::string_view candidate) {
  constexpr size_t kLongestName = 40;
  if (word_.size() > kLongestName || candidate.size() > kLongestName) return;
  const size_t distance = Distance(word_, candidate);
  if (distance >= distance_ || distance >= candidate.size()) return;
  distance_ = distance;
  nearest_ = std::string(candidate);
}

}  // namespace cli
