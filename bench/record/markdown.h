#ifndef BENCH_RECORD_MARKDOWN_H_
#define BENCH_RECORD_MARKDOWN_H_

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace bench {

// Three significant digits, without an exponent.
inline std::string Digits(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", number < 10.0 ? 2 : number < 100.0 ? 1 : 0, number);
  return text;
}

// A Markdown table on standard output: the first column to the left, numbers to the right.
inline void PrintMarkdown(const std::vector<std::vector<std::string>>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& cell : rows[i]) std::printf("| %s ", cell.c_str());
    std::puts("|");
    if (i > 0) continue;
    for (size_t j = 0; j < rows[0].size(); ++j) std::fputs(j == 0 ? "|---" : "|--:", stdout);
    std::puts("|");
  }
}

}  // namespace bench

#endif  // BENCH_RECORD_MARKDOWN_H_
