#ifndef BENCH_DEMO_PICTURES_H_
#define BENCH_DEMO_PICTURES_H_

// The files of the demo. Each picture is made by a script that is written beside its data, so it
// can be changed and run again by hand.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "bench/demo/digits.h"
#include "bench/demo/moons.h"
#include "bench/demo/training.h"
#include "wengert/embed/nn.h"

namespace bench {

// An existing directory to write to; tells the user of every file.
class Pictures {
 public:
  // Makes the directory where there is none.
  absl::Status Open(const std::string& directory);

  // seed.dot, and seed.png where Graphviz is installed.
  absl::Status WriteSeed(absl::string_view dot) const;

  // moons.png: the network's score as filled contours, with the points over it.
  absl::Status WriteMoons(const Moons& moons, const wengert::nn::Mlp& net) const;

  // loss.png: loss and accuracy against the step, curve[k] after k steps.
  absl::Status WriteLoss(const std::vector<Progress>& curve) const;

  // misread.png: the first digits that the network reads as others, each with what it is and what
  // it is taken for. None if it reads all rightly.
  absl::Status WriteMisread(const std::vector<Digit>& digits, const wengert::nn::Mlp& net) const;

 private:
  absl::Status Write(const std::string& name, absl::string_view text) const;
  absl::Status Plot(const std::string& script, const std::string& picture) const;

  std::string directory_;
};

}  // namespace bench

#endif  // BENCH_DEMO_PICTURES_H_
