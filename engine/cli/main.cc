#include <iostream>
#include <vector>

#include "cli/run.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::vector<absl::string_view> words(argv + 1, argv + argc);
  return cli::Run(words, std::cin, std::cout, std::cerr);
}
