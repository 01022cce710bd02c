// A Function as a file: its parameters, then trace after trace, the most recently used one first
// (engine/README.md, "Files").

#include <iterator>
#include <memory>
#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "wengert/base/file.h"
#include "wengert/function/function.h"
#include "wengert/function/state.h"
#include "wengert/tape/file_frame.h"
#include "wengert/tape/stored_tape.h"

namespace wengert {
namespace {

using Traces = std::vector<std::shared_ptr<const Trace>>;

void WriteSettings(const Settings& settings, ByteWriter& out) {
  out.Varint(settings.p.size());
  for (const double p : settings.p) out.Double(p);
  out.Varint(settings.named.size());
  for (const NamedParameter& parameter : settings.named) {
    out.Text(parameter.name);
    out.Double(parameter.value);
  }
}

Settings ReadSettings(ByteReader& in) {
  Settings settings;
  const uint64_t parameters = in.Count(8, "a number of parameters");
  for (uint64_t k = 0; k < parameters && in.ok(); ++k) {
    settings.p.push_back(in.Double("a parameter"));
  }
  const uint64_t named = in.Count(9, "a number of named parameters");
  std::set<std::string_view> names;
  for (uint64_t k = 0; k < named && in.ok(); ++k) {
    const std::string_view name = in.Text("the name of a parameter");
    if (!names.insert(name).second && in.ok()) in.Fail("each name once");
    settings.named.push_back({std::string(name), in.Double("a parameter")});
  }
  return settings;
}

absl::Status WriteTrace(const Trace& trace, ByteWriter& out) {
  out.Varint(trace.names.size());
  for (const uint32_t name : trace.names) out.Varint(name);
  return WriteTape(trace.tape(), trace.Dependents(), out);
}

std::vector<uint32_t> ReadNames(size_t named, ByteReader& in) {
  std::vector<uint32_t> names;
  const uint64_t count = in.Count(1, "how many named parameters a trace uses");
  for (uint64_t k = 0; k < count && in.ok(); ++k) {
    names.push_back(static_cast<uint32_t>(in.Below(named, "the number of a named parameter")));
  }
  const std::set<uint32_t> distinct(names.begin(), names.end());
  if (distinct.size() < names.size()) in.Fail("each named parameter once");
  return names;
}

std::shared_ptr<const Trace> ReadTrace(uint64_t n, const Settings& settings,
                                       const FunctionOptions& options, ByteReader& in) {
  std::vector<uint32_t> names = ReadNames(settings.named.size(), in);
  LoadedTape loaded = ReadTape(in, options.tape);
  if (!in.ok()) return nullptr;
  const uint64_t others = settings.p.size() + names.size();
  if (loaded.inputs.size() < others || loaded.inputs.size() - others != n) {
    in.Fail(absl::StrCat("a trace of ", n, " inputs and ", others, " parameters, not of ",
                         loaded.inputs.size(), " together"));
    return nullptr;
  }
  auto trace = std::make_shared<Trace>(std::move(loaded.tape), n, loaded.outputs);
  trace->names = std::move(names);
  return trace;
}

// The branches of a function: none begins with all the outcomes of another one.
class Branches {
 public:
  // False if it can't be one more of them.
  bool Insert(absl::Span<const double> outcomes) {
    const auto [place, is_new] = branches_.insert(outcomes);
    if (!is_new) return false;
    const auto next = std::next(place);
    const bool goes_on = place != branches_.begin() && BeginsWith(outcomes, *std::prev(place));
    return !goes_on && (next == branches_.end() || !BeginsWith(*next, outcomes));
  }

 private:
  std::set<absl::Span<const double>> branches_;  // in lexicographic order
};

Traces ReadTraces(uint64_t n, const Settings& settings, const FunctionOptions& options,
                  ByteReader& in) {
  Traces traces;
  Branches branches;
  const uint64_t count = in.Count(6, "a number of traces");
  if (count == 0) in.Fail("a trace");
  for (uint64_t k = 0; k < count && in.ok(); ++k) {
    traces.push_back(ReadTrace(n, settings, options, in));
    if (!in.ok()) break;
    if (traces.back()->outputs() != traces.front()->outputs()) {
      in.Fail("as many outputs of each trace");
    }
    if (!branches.Insert(traces.back()->outcomes())) {
      in.Fail("traces that differ in the outcome of a comparison");
    }
  }
  return traces;
}

}  // namespace

absl::StatusOr<std::string> Function::ToBytes() const {
  ByteWriter content = BeginFile(FileKind::kFunction);
  content.Varint(inputs());
  const Traces traces = state_->traces().All();
  WriteSettings(state_->settings(), content);  // later than the traces, whose names are all there
  content.Varint(traces.size());
  for (const auto& trace : traces) {
    if (absl::Status status = WriteTrace(*trace, content); !status.ok()) return status;
  }
  return FinishFile(std::move(content));
}

absl::StatusOr<Function> Function::FromBytes(std::string_view bytes,
                                             const FunctionOptions& options) {
  absl::StatusOr<ByteReader> content = OpenFile(bytes, FileKind::kFunction);
  if (!content.ok()) return content.status();
  const uint64_t n = content->Varint("a number of inputs");
  Settings settings = ReadSettings(*content);
  const Traces traces = ReadTraces(n, settings, options, *content);
  if (absl::Status status = EndContent(*content); !status.ok()) return status;
  return Function(std::make_shared<State>(traces, n, std::move(settings), options));
}

absl::Status Function::Save(const std::string& path) const {
  absl::StatusOr<std::string> bytes = ToBytes();
  if (!bytes.ok()) return bytes.status();
  return WriteFileAtomically(path, *bytes);
}

absl::StatusOr<Function> Function::Load(const std::string& path, const FunctionOptions& options) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<Function> loaded = FromBytes(file->bytes(), options);
  if (loaded.ok()) return loaded;
  return AtFile(path, loaded.status());
}

}  // namespace wengert
