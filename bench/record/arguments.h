#ifndef BENCH_RECORD_ARGUMENTS_H_
#define BENCH_RECORD_ARGUMENTS_H_

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/workloads/suite.h"

namespace bench {

// What stands behind `flag`, both taken out of the arguments.
inline std::optional<std::string> TakeArgument(const std::string& flag, int& argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (argv[i] != flag) continue;
    const std::string value = argv[i + 1];
    for (int j = i; j + 2 <= argc; ++j) argv[j] = argv[j + 2];
    argc -= 2;
    return value;
  }
  return std::nullopt;
}

// The workloads a program shall run. Takes "--data DIR" out of its arguments, where ADBench's files
// stand; leaves the program when they can't be read.
inline std::vector<NamedWorkload> WorkloadsFromArguments(int& argc, char** argv) {
  std::vector<NamedWorkload> workloads = MadeUpWorkloads();
  const std::optional<std::string> data = TakeArgument("--data", argc, argv);
  if (!data.has_value()) {
    std::fputs("No --data DIR with ADBench's files is given: made-up data only.\n", stderr);
    return workloads;
  }
  auto from_files = WorkloadsFromFiles(*data);
  if (!from_files.ok()) {
    std::fprintf(stderr, "%s\n", from_files.status().ToString().c_str());
    std::exit(1);
  }
  std::move(from_files->begin(), from_files->end(), std::back_inserter(workloads));
  return workloads;
}

}  // namespace bench

#endif  // BENCH_RECORD_ARGUMENTS_H_
