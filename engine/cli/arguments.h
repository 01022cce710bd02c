#ifndef CLI_ARGUMENTS_H_
#define CLI_ARGUMENTS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace cli {

inline constexpr char kUsage[] =
    R"(usage: wengert [options] 'expression' [name=value ...]

  wengert 'relu(a*b + 3)' a=-4 b=2             value, gradient and tape
  wengert 't = a*b; t*t' a=1 b=2 --hessian     definitions come before the expression
  wengert 'a*b' --points points.csv            gradients at many points

An expression has numbers, variables, brackets, + - * / ^, < <= > >= == (1 or 0), and the operations
that --operations lists. In an expression # begins a comment. Of 'name=value' the name begins with a
letter, so an expression that is a definition is no such word if it has a ';'.

  --file FILE       read the expression from FILE; - is standard input
  --points FILE     CSV with the variables' names in its first line; - is standard input. Prints it
                    with the columns value and d_name for each variable, so no column of FILE may be
                    called that; a variable that is given as name=value is a constant. A line has at
                    most 1 MiB
  --hessian         print the Hessian, too
  --dot             print the tape as a Graphviz digraph, and nothing else
  --svg             print the picture that Graphviz makes of it
  --program         print the code that computes value and gradient at many points
  --program-dot     print the blocks of the program that a Function makes of it, the loops found in it
                    among them, as a Graphviz digraph
  --check           compare the gradient with differences of the function
  --save FILE       save the tape to FILE, too
  --load FILE       print a saved tape, with its adjoints if it has one output; no expression
  --operations      list the operations
  --help            print this

Exit status: 0; 1 if --check finds the gradient wrong; 2 for bad input.
)";

struct Arguments {
  enum class Show { kTape, kDot, kSvg, kProgram, kProgramDot, kCheck, kOperations, kHelp };
  Show show = Show::kTape;
  bool shows_several = false;  // what was asked for can't all be shown
  bool hessian = false;
  std::string expression;
  std::string file;    // "" if the expression is given
  std::string points;  // "" if there is but one
  std::string save;    // "" if nothing is saved
  std::string load;    // "" if there is an expression
  std::map<std::string, double> values;
};

// The command line without the program's name.
absl::StatusOr<Arguments> ParseArguments(absl::Span<const absl::string_view> words);

}  // namespace cli

#endif  // CLI_ARGUMENTS_H_
