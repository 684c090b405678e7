// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <climits>
#include <memory>
#include <optional>
#include <string>

#include "cli/csv_export.hpp"
#include "cli/usage.hpp"

namespace kvloupe::cli {
namespace {

constexpr const char* kSpecHelp =
    "What is compressed and how, for example v:rank=32 or k:keep=50,tap=k@4-23,26 (grammar below); "
    "may be given more than once";

/// All that any command takes; each uses its own part.
struct Options {
  Output output;
  int threads = 0;
  std::string model, otherRun;
  bool plain = false;
  TokenizeOptions tokenize;
  AnalyzeOptions analyze;
  PerplexityOptions perplexity;
  SweepOptions sweep, verdict;
  SensitivityOptions sensitivity;
  PlanOptions plan;
  ExportOptions exported;
  std::vector<std::string> parts;
};

/// "I/N" as a shard: 0/4 to 3/4, or 1/4 to 4/4.
std::optional<Shard> shardFrom(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  Shard shard;
  const auto number = [&](std::size_t begin, std::size_t end, int& value) {
    const auto [stop, error] = std::from_chars(text.data() + begin, text.data() + end, value);
    return error == std::errc() && stop == text.data() + end;
  };
  if (!number(0, slash, shard.index) || !number(slash + 1, text.size(), shard.count) ||
      shard.count < 1 || shard.index < 0 || shard.index > shard.count)
    return std::nullopt;
  return shard;
}

/// `arguments` as a shell would take them back.
std::string commandLine(int argc, char** argv) {
  std::string line = "kvloupe-cli";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain =
        !word.empty() && word.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "-_=:,.@/+%") == std::string::npos;
    line += ' ';
    if (plain) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? "'\\''" : std::string(1, c);
    line += '\'';
  }
  return line;
}

class Parser {
 public:
  explicit Parser(std::shared_ptr<Options> options)
      : o_(std::move(options)),
        app_(
            "Measures how far a language model's KV cache can be compressed, which half of it, "
            "and what that costs.") {
    app_.name("kvloupe-cli");
    app_.set_version_flag("--version", KVLOUPE_VERSION);
    app_.require_subcommand(1);
    app_.footer(kFirstSteps);
    app_.get_formatter()->label("REQUIRED", "(required)");
    addInfo();
    addTokenize();
    addAnalyze();
    addPerplexity();
    addSweep();
    addVerdict();
    addSensitivity();
    addPlan();
    addCompare();
    addExport();
    addMerge();
  }

  Invocation parse(int argc, char** argv) {
    o_->output.command = commandLine(argc, argv);
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) {  // --help, --version
        app_.exit(error);
        return {.status = 0, .threads = 0, .run = {}};
      }
      const bool noCommand = app_.get_subcommands().empty();
      return usage(noCommand ? missingCommand(argc, argv) : wordsOf(error));
    }
    if (o_->output.resume && o_->output.path.empty())
      return usage("--resume: the run to go on with is what -o names; found no -o");
    if (!(o_->analyze.analysis.shard.whole() && o_->sweep.sweep.measure.shard.whole()) &&
        o_->output.path.empty())
      return usage("--shard: a part is a file to be merged; found no -o");
    return {.status = 0, .threads = o_->threads, .run = chosen_};
  }

 private:
  using Run = std::function<int(Engine&, std::stop_token)>;

  static Invocation usage(const std::string& line) {
    std::fprintf(stderr, "kvloupe-cli: %s\n", line.c_str());
    return {.status = kUsage, .threads = 0, .run = {}};
  }

  static std::string oneLine(std::string text) {
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return text;
  }

  std::string missingCommand(int argc, char** argv) {
    std::string known;
    for (const CLI::App* command : app_.get_subcommands({})) known += ", " + command->get_name();
    const std::string found = argc > 1 ? '"' + oneLine(argv[1]) + '"' : "none";
    return "which command is meant; found " + found + ", expected one of " + known.substr(2);
  }

  CLI::App& command(const char* name, const char* help, Run run) {
    CLI::App* added = app_.add_subcommand(name, help)->footer("");
    added->callback([this, run = std::move(run)] { chosen_ = run; });
    return *added;
  }
  static void addModel(CLI::App& c, std::string& model) {
    c.add_option("MODEL", model, "A Hugging Face folder, or demo:gqa, demo:mla")
        ->type_name("")
        ->required();
  }
  void addOpen(CLI::App& c, OpenRequest& open) {
    addModel(c, open.model);
    c.add_option("--device", open.device, "auto or cpu")->type_name("NAME")->capture_default_str();
    c.add_option("--dtype", open.dtype, "What is computed in: auto, float32 or bfloat16")
        ->type_name("NAME")
        ->capture_default_str();
    c.add_option("--memory", open.memory,
                 "Where the weights are: resident in memory, stream from the files layer by layer, "
                 "or auto: stream where they do not fit")
        ->type_name("NAME")
        ->capture_default_str();
    c.add_option("--threads", o_->threads, "Threads to compute with; all cores unless told")
        ->type_name("N")
        ->check(wholeNumber(1, 1024));
    c.add_flag("--quiet", o_->output.quiet, "No progress and no notes");
  }
  /// A file to be written: an empty name would be taken for none.
  static CLI::Option* addFile(CLI::App& c, const char* names, std::string& path, const char* help) {
    return c.add_option(names, path, help)->type_name("FILE")->check([](const std::string& given) {
      return given.empty() ? std::string("the name of a file is empty") : std::string();
    });
  }
  void addJson(CLI::App& c) { c.add_flag("--json", o_->output.json, "Print one JSON document"); }
  void addRun(CLI::App& c) {
    addJson(c);
    addFile(c, "-o,--output", o_->output.path, "Save the run as a .kvl.h5 file");
    addResume(c);
  }
  void addResume(CLI::App& c) {
    c.add_flag("--resume", o_->output.resume,
               "Go on from what an interrupted run left in the file of -o");
  }
  static void addContext(CLI::App& c, int& context, const std::string& unlessTold) {
    c.add_option("-c,--context", context, "Tokens in a window; " + unlessTold)
        ->type_name("N")
        ->check(wholeNumber(2, 1 << 24));
  }
  static void addMeasure(CLI::App& c, EvaluationRequest& r) {
    c.add_option("--file", r.textPath, "The text to measure on (a demo brings its evaluation text)")
        ->type_name("FILE");
    c.add_option("--calibration", r.calibrationPath,
                 "Another text, that bases are fitted on (a demo brings its calibration text)")
        ->type_name("FILE");
    c.add_option("--calibration-tokens", r.calibrationTokens,
                 "Fit on its first N tokens at most; on all unless told")
        ->type_name("N")
        ->check(wholeNumber(1));
    c.add_option("--tokens", r.maxTokens,
                 "Measure on the text's first N tokens at most; on all unless told")
        ->type_name("N")
        ->check(wholeNumber(1));
    addContext(c, r.context, "2048 unless told, 512 with protocol llama.cpp, or the model's most");
    c.add_option(
         "--protocol", r.protocol,
         "papers (windows one after the other), strided (they overlap) or llama.cpp (as its "
         "perplexity program)")
        ->type_name("NAME")
        ->capture_default_str();
    c.add_option("--stride", r.stride,
                 "Of protocol strided, less than the window; half of it unless told")
        ->type_name("N")
        ->check(wholeNumber(1));
    c.add_option("--seed", r.seed, "Of the order of the windows")
        ->type_name("N")
        ->capture_default_str()
        ->check(wholeNumber(0));
    c.add_flag("--force", r.force, "Although the texts overlap; the run is marked");
  }
  static void addUntil(CLI::App& c, EvaluationRequest& r) {
    c.add_option("--until", r.until,
                 "Stop when the interval of the change in perplexity is within ±X %")
        ->type_name("X")
        ->check(numberOver(0));
  }
  static void addShard(CLI::App& c, Shard& shard) {
    c.add_option_function<std::string>(
         "--shard", [&shard](const std::string& text) { shard = *shardFrom(text); },
         "Only every N-th window from the I-th on, for merge; -o names the part")
        ->type_name("I/N")
        ->check([](const std::string& text) {
          return shardFrom(text) ? std::string()
                                 : "found \"" + text + "\", expected I/N, such as 1/4 to 4/4";
        });
  }
  static void addSpecs(CLI::App& c, std::vector<std::string>& specs) {
    c.add_option("--compress", specs, kSpecHelp)->option_text("SPEC")->allow_extra_args(false);
    c.footer(kSpecGrammar);
  }

  void addInfo() {
    CLI::App& c = command(
        "info", "Facts of a model folder or a config.json",
        [o = o_](Engine& engine, std::stop_token) { return info(engine, o->model, o->output); });
    addModel(c, o_->model);
    addJson(c);
  }
  void addTokenize() {
    CLI::App& c =
        command("tokenize", "Token ids of a text", [o = o_](Engine& engine, std::stop_token) {
          o->tokenize.specialTokens = !o->plain;
          return tokenize(engine, o->tokenize, o->output);
        });
    addModel(c, o_->tokenize.model);
    c.add_option("--file", o_->tokenize.textPath, "The text, UTF-8")->type_name("FILE")->required();
    c.add_flag("--no-special-tokens", o_->plain, "Without those the template adds");
    addJson(c);
  }
  void addAnalyze() {
    CLI::App& c = command("analyze", "Variance of K and V per layer, head and dimension",
                          [o = o_](Engine& engine, std::stop_token stop) {
                            return analyze(engine, o->analyze, o->output, std::move(stop));
                          });
    AnalysisRequest& r = o_->analyze.analysis;
    addOpen(c, o_->analyze.open);
    c.add_option("--file", r.textPath, "The text (a demo brings its calibration text)")
        ->type_name("FILE");
    addContext(c, r.context, "2048 unless told, or the model's most");
    c.add_option("--tokens", r.maxTokens, "Read its first N tokens at most; all unless told")
        ->type_name("N")
        ->check(wholeNumber(1));
    c.add_option("--skip", r.skip, "Leave each window's first N tokens out")
        ->type_name("N")
        ->check(wholeNumber(0, INT_MAX));
    addShard(c, r.shard);
    c.add_flag("--covariance", r.covariance,
               "Keep covariances and the sums of the jackknife's groups in the run");
    c.add_option(
         "--taps", o_->analyze.taps,
         "Where values are read, comma-separated: k_prebias, k, k_rope, v, latent_raw, latent, "
         "q, q_rope; all but queries unless told")
        ->type_name("LIST");
    addRun(c);
  }
  void addPerplexity() {
    CLI::App& c = command("perplexity", "Perplexity, of the model itself or under a compression",
                          [o = o_](Engine& engine, std::stop_token stop) {
                            PerplexityOptions& p = o->perplexity;
                            if (!p.planPath.empty()) {
                              const std::vector<std::string> planned = engine.readPlan(p.planPath);
                              p.specs.insert(p.specs.begin(), planned.begin(), planned.end());
                            }
                            return perplexity(engine, p, o->output, std::move(stop));
                          });
    PerplexityOptions& p = o_->perplexity;
    addOpen(c, p.open);
    addMeasure(c, p.evaluation);
    addUntil(c, p.evaluation);
    addSpecs(c, p.specs);
    c.add_option("--plan", p.planPath, "A plan.json; further --compress override it")
        ->type_name("FILE");
    addFile(c, "--export-plan", p.planOutput,
            "Write the plan as plan.json, and beside it plan.safetensors with its tensors");
    c.add_flag("--analyze", p.analyze, "Keep the calibration text's statistics in the run");
    c.add_flag("--per-token", p.perToken, "Add every token's NLL (--json)");
    addRun(c);
  }
  void addSweepOptions(CLI::App& c, SweepOptions& s) {
    addOpen(c, s.open);
    addMeasure(c, s.sweep.measure);
    addUntil(c, s.sweep.measure);
    c.add_option("--budget", s.sweep.budgets,
                 "Most that perplexity may rise, in %, comma-separated; 1,3,5 unless told")
        ->delimiter(',')
        ->option_text("LIST")
        ->check(numberOver(0));
    c.add_option(
         "--with", s.sweep.keys,
         "Further keys of every low rank, for example basis=random,seed=3 (the control: what "
         "does not beat it has learned nothing)")
        ->type_name("KEYS");
    addRun(c);
  }
  void addSweep() {
    CLI::App& c = command("sweep", "Safe ratios and the front, over targets, ranks and formats",
                          [o = o_](Engine& engine, std::stop_token stop) {
                            return sweep(engine, o->sweep, o->output, std::move(stop));
                          });
    SweepOptions& s = o_->sweep;
    addSweepOptions(c, s);
    addShard(c, s.sweep.measure.shard);
    c.add_option("--targets", s.sweep.curves,
                 "Comma-separated: v, k, kv, latent, rope_key; k is K after and before RoPE, "
                 "k_rope after it alone")
        ->delimiter(',')
        ->option_text("LIST");
    c.add_option("--ranks", s.sweep.ranks,
                 "Comma-separated; unless told the safe ratios are searched")
        ->delimiter(',')
        ->option_text("LIST")
        ->check(wholeNumber(1, INT_MAX));
    c.add_option("--formats", s.sweep.formats,
                 "Measured beside the ranks, comma-separated, for example int4,q8_0")
        ->delimiter(',')
        ->option_text("LIST");
  }
  void addVerdict() {
    CLI::App& c = command("verdict", "Which half to compress, how far, and how sure that is",
                          [o = o_](Engine& engine, std::stop_token stop) {
                            o->verdict.sweep.verdict = true;
                            return sweep(engine, o->verdict, o->output, std::move(stop));
                          });
    addSweepOptions(c, o_->verdict);
  }
  void addSensitivity() {
    CLI::App& c = command("sensitivity", "What each layer costs, one at a time",
                          [o = o_](Engine& engine, std::stop_token stop) {
                            return sensitivity(engine, o->sensitivity, o->output, std::move(stop));
                          });
    SensitivityOptions& s = o_->sensitivity;
    addOpen(c, s.open);
    addMeasure(c, s.sensitivity.measure);
    addSpecs(c, s.specs);
    c.add_flag("--cumulative", s.sensitivity.cumulative,
               "Measure the most tolerant 2, 3, ... layers together, too");
    addRun(c);
  }
  void addPlan() {
    CLI::App& c = command("plan", "Spread a budget over the layers",
                          [o = o_](Engine& engine, std::stop_token stop) {
                            return plan(engine, o->plan, o->output, std::move(stop));
                          });
    PlanOptions& p = o_->plan;
    addOpen(c, p.open);
    addMeasure(c, p.allocation.measure);
    c.add_option("--budget", p.allocation.budgetPercent,
                 "Most that perplexity may rise, in %: the interval's upper bound")
        ->type_name("X")
        ->check(numberOver(0));
    c.add_option("--min-ratio", p.allocation.minRatio,
                 "Least cache ratio; with --budget both must be kept")
        ->type_name("R")
        ->check(numberFrom(1));
    c.add_option("--targets", p.targets,
                 "Comma-separated: k, v, latent, rope_key; all that free cache unless told")
        ->delimiter(',')
        ->option_text("LIST");
    c.add_option("--formats", p.allocation.formats,
                 "To choose from beside ranks, comma-separated, for example int8,int4")
        ->delimiter(',')
        ->option_text("LIST");
    c.add_option("--with", p.allocation.keys, "Further keys of every low rank, as basis=query")
        ->type_name("KEYS");
    addJson(c);
    addFile(c, "-o,--output", o_->output.path,
            "Save the plan as plan.json, and beside it plan.safetensors");
    addResume(c);
  }
  void addCompare() {
    CLI::App& c =
        command("compare", "Two runs side by side", [o = o_](Engine& engine, std::stop_token) {
          return compare(engine, o->model, o->otherRun, o->output);
        });
    c.add_option("A", o_->model, "A .kvl.h5 file")->type_name("")->required();
    c.add_option("B", o_->otherRun, "Another one")->type_name("")->required();
    addJson(c);
  }
  void addExport() {
    CLI::App& c =
        command("export", "A table of a run as CSV", [o = o_](Engine& engine, std::stop_token) {
          return exportRun(engine, o->exported, o->output);
        });
    c.add_option("RUN", o_->exported.run, "A .kvl.h5 file")->type_name("")->required();
    c.add_option("--what", o_->exported.what,
                 "layers, dimensions, spectrum, perplexity, tokens, sensitivity or sweep")
        ->type_name("NAME")
        ->required();
    addFile(c, "-o,--output", o_->output.path, "The file; standard output unless told");
  }

  void addMerge() {
    CLI::App& c = command(
        "merge", "Joins the parts that --shard wrote into one run",
        [o = o_](Engine& engine, std::stop_token) { return merge(engine, o->parts, o->output); });
    c.add_option("PART", o_->parts, "Files that analyze or sweep wrote with --shard")
        ->option_text("...")
        ->required();
    addJson(c);
    addFile(c, "-o,--output", o_->output.path, "The run, a .kvl.h5 file")->required();
    c.add_flag("--quiet", o_->output.quiet, "No notes");
  }

  std::shared_ptr<Options> o_;
  CLI::App app_;
  Run chosen_;
};

}  // namespace

Invocation parseArguments(int argc, char** argv) {
  return Parser(std::make_shared<Options>()).parse(argc, argv);
}

}  // namespace kvloupe::cli
