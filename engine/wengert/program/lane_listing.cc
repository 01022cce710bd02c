#include "wengert/program/lane_listing.h"

#include "absl/strings/str_cat.h"
#include "wengert/program/words.h"

namespace wengert::program {
namespace {

class Listing {
 public:
  explicit Listing(const LoweredBody& body) : body_(body), word_(body.words.begin()) {}

  std::string Text() && {
    while (word_ != body_.words.end()) {
      AddInstruction(*word_++);
      text_ += '\n';
    }
    return std::move(text_);
  }

 private:
  std::string Place() {
    const uint32_t place = *word_++;
    const uint32_t base = place >> 20 & (kMaxBases - 1), offset = place & (kMaxOffset - 1);
    switch (base) {
      case kSlots:
        return absl::StrCat("s", offset / body_.packs);
      case kColumns:
        return absl::StrCat("c", offset / body_.packs);
      case kConstants:
        return absl::StrCat(body_.constants[size_t{offset} * kPackWidth]);
      case kUniforms:
        return absl::StrCat("u", body_.uniforms[offset]);
      case kAccumulators:
        return absl::StrCat("a", offset);
      case kOutputs:
        return absl::StrCat("y", offset / body_.packs);
      default:
        return absl::StrCat("x", base - kFirstStream);
    }
  }

  // One number for all lanes.
  std::string Number() {
    const uint32_t place = *word_++;
    const uint32_t base = place >> 20 & (kMaxBases - 1), offset = place & (kMaxOffset - 1);
    return base == kNumbers ? absl::StrCat("u", body_.numbers[offset])
                            : absl::StrCat(body_.constants[offset]);
  }

  void AddOperation(std::string name, int operands) {
    absl::StrAppend(&text_, Place(), " = ", name);
    for (int k = 0; k < operands; ++k) absl::StrAppend(&text_, " ", Place());
  }

  void AddSum() {
    static constexpr struct {
      const char* sign;
      int vectors, numbers;
    } kKinds[] = {{" +", 2, 0}, {" -", 2, 0}, {" +", 1, 1}, {" -", 1, 1},
                  {" +", 1, 0}, {" -", 1, 0}, {" +", 0, 1}, {" -", 0, 1}};
    text_ += "sum";
    for (uint32_t groups = *word_++; groups > 0; --groups) {
      const uint32_t group = *word_++;
      const auto& [sign, vectors, numbers] = kKinds[group % 8];
      for (uint32_t count = group / 8; count > 0; --count) {
        std::string factors[2];
        for (int k = 0; k < vectors + numbers; ++k) factors[k] = k < vectors ? Place() : Number();
        absl::StrAppend(&text_, sign, factors[0], vectors + numbers > 1 ? "*" : "", factors[1]);
      }
    }
  }

  void AddInstruction(uint32_t code) {
    if (code < kPartial) {
      const OpInfo& info = InfoOf(static_cast<Op>(code - kValue));
      AddOperation(info.text, info.arity);
    } else if (code < kReduce) {
      const OpInfo& info = InfoOf(static_cast<Op>((code - kPartial) / 3));
      AddOperation(absl::StrCat("partial ", (code - kPartial) % 3, " of ", info.text),
                   info.arity + 1);
    } else if (code == kSum) {
      absl::StrAppend(&text_, Place(), " = ");
      AddSum();
    } else if (code == kAddSum || code == kAccumulate) {
      absl::StrAppend(&text_, Place(), " += ");
      AddSum();
    } else if (code == kAccumulateProducts) {
      const std::string shared = Place();
      const uint32_t count = *word_++;
      for (uint32_t k = 0; k < count; ++k) {
        const std::string factor = Place();
        absl::StrAppend(&text_, k == 0 ? "" : "  ", Place(), " += ", shared, "*", factor);
      }
    } else if (code == kGather) {
      absl::StrAppend(&text_, Place(), " = gather t");
      absl::StrAppend(&text_, *word_++);
    } else if (code == kScatterAdd) {
      const uint32_t table = *word_++;
      absl::StrAppend(&text_, "scatter t", table, " += ", Place());
    } else if (code == kGatherRows || code == kScatterAddRows) {
      const uint32_t cells = *word_++;
      absl::StrAppend(&text_, code == kGatherRows ? "gather" : "scatter", " rows of t", *word_++);
      for (uint32_t j = 0; j < cells; ++j) absl::StrAppend(&text_, j == 0 ? ": " : " ", Place());
    } else if (code == kCheck) {
      absl::StrAppend(&text_, "check ", Place());
      absl::StrAppend(&text_, " == ", Place());
    } else {
      absl::StrAppend(&text_, InfoOf(static_cast<Op>(code - kReduce)).text, " into ", Place());
      absl::StrAppend(&text_, " of ", Place());
    }
  }

  const LoweredBody& body_;
  std::vector<uint32_t>::const_iterator word_;
  std::string text_;
};

}  // namespace

std::string LaneListing(const LoweredBody& body) { return Listing(body).Text(); }

}  // namespace wengert::program
