#ifndef BENCH_RECORD_ARGUMENTS_H_
#define BENCH_RECORD_ARGUMENTS_H_

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "bench/workloads/suite.h"

namespace bench {

// The workloads a program shall run. Takes "--data DIR" out of its arguments, where ADBench's files
// stand; leaves the program when they can't be read.
inline std::vector<NamedWorkload> WorkloadsFromArguments(int& argc, char** argv) {
  std::vector<NamedWorkload> workloads = MadeUpWorkloads();
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string(argv[i]) != "--data") continue;
    auto from_files = WorkloadsFromFiles(argv[i + 1]);
    if (!from_files.ok()) {
      std::fprintf(stderr, "%s\n", from_files.status().ToString().c_str());
      std::exit(1);
    }
    std::move(from_files->begin(), from_files->end(), std::back_inserter(workloads));
    for (int j = i; j + 2 <= argc; ++j) argv[j] = argv[j + 2];
    argc -= 2;
    return workloads;
  }
  std::fputs("No --data DIR with ADBench's files is given: made-up data only.\n", stderr);
  return workloads;
}

}  // namespace bench

#endif  // BENCH_RECORD_ARGUMENTS_H_
