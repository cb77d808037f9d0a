"""Every code a message can carry, and the long answer to it.

Codes are never reused. UC0xx: command line and files; UC1xx: parameters and class bodies; UC2xx: the subset of Python
and its names; UC3xx: domains and types; UC4xx: properties.
"""

from __future__ import annotations

from uringcheck.diagnostics.values import value_class


@value_class
class Entry:
    """A code's title, and its explanation in a few sentences with an example of what to write."""

    title: str
    explanation: str


CATALOGUE: dict[str, Entry] = {
    "UC001": Entry(
        "no such file",
        "The path given on the command line, in a suite or as the value of a slot does not exist or is a "
        "directory. Paths are relative to the current directory. Shipped models are named without a path: "
        "`uringcheck list`.",
    ),
    "UC002": Entry(
        "not a Python file",
        "A spec is an ordinary Python module. Python does not know how to import a file of this kind; name it `*.py`.",
    ),
    "UC003": Entry(
        "no such model",
        "A model is named by a shipped name (`uringcheck list` shows them), by a path (`my_loop.py`), or by"
        " a path and a class (`my_loop.py:MyLoop`).",
    ),
    "UC004": Entry(
        "no such model in the file",
        "The class after the colon is not defined in that file. Classes that the file imports from "
        "elsewhere do not count.",
    ),
    "UC005": Entry(
        "a file without a model",
        "A model is a class derived from `uringcheck.Model`:\n"
        "\n"
        "    class Counter(Model):\n"
        "        n: int = var(0, 3)\n"
        "\n"
        "        @action\n"
        "        def up(self) -> None:\n"
        '            """One more."""\n'
        "            require(self.n < 3)\n"
        "            self.n += 1",
    ),
    "UC006": Entry(
        "several models in one file",
        "The file defines several model classes and none is named like the file. Say which one: `path.py:ClassName`.",
    ),
    "UC010": Entry(
        "no such parameter",
        "`--param NAME=VALUE` sets a parameter of the model. Parameters of a part carry its path "
        "(`client.BATCH`); a slot's name chooses its class (`client=eager`). `uringcheck list MODEL` shows "
        "all of them.",
    ),
    "UC011": Entry(
        "not a value of the parameter",
        "Sizes take an integer in their range, toggles take `true` or `false`, choices take the name of a member.",
    ),
    "UC012": Entry(
        "no such class for the slot",
        "The value of a slot is the name of a file beside the model (`spec/clients/contract.py` is "
        "`contract`), or `path.py:Class` for one of your own.",
    ),
    "UC013": Entry(
        "a slot's file without one class for it",
        "The file must define exactly one subclass of the class that the slot is annotated with; if it "
        "defines several, choose one with `path.py:Class`.",
    ),
    "UC014": Entry(
        "no such preset",
        "Presets are named sets of parameter values that belong to a model. `uringcheck list MODEL` shows them.",
    ),
    "UC015": Entry(
        "no such property",
        "`--property NAME` and the expectations of a suite name a property of the model, or one of those that every "
        "model has: `domain`, `assert`, and `no_deadlock` where the model does not say which states are final. A "
        "property that is bound to several parts is named with the part (`in_order[left]`) or without (all of them).",
    ),
    "UC016": Entry(
        "not of the form NAME=VALUE",
        "`--param` and `--output` take a name, an equals sign and a value, without spaces around it: "
        "`--param CAP=3`, `--output json=results.json`.",
    ),
    "UC017": Entry(
        "no such output format",
        "`--output json=FILE` and `--output text=FILE` write the results to a file; `--output itf=DIR` writes a trace "
        "of each violation and of each goal that was reached.",
    ),
    "UC018": Entry(
        "an option that is about one model, without one",
        "Without MODEL, `uringcheck check` runs a suite, whose entries have presets and parameters of their own.",
    ),
    "UC019": Entry(
        "no such error code",
        "Codes look like UC205. `uringcheck explain` lists all of them.",
    ),
    "UC020": Entry(
        "a file that cannot be written",
        "Whether output can be written is tried before anything is searched, so that no result is lost. The file "
        "appears whole when the run has ended; until then, and after an error, an older one stays as it is.",
    ),
    "UC021": Entry(
        "a trace that is not JSON",
        "A trace is the `.itf.json` file that `--output itf=DIR` or a suite wrote. It is JSON text in UTF-8; a file "
        "cut short by a copy or edited by hand may no longer be.",
    ),
    "UC022": Entry(
        "not a trace of ours",
        "The file is JSON, and not a trace in the Informal Trace Format as uringcheck writes it, or it does not fit "
        "together: the message says where. Traces of other tools lack the types and steps that replaying needs.",
    ),
    "UC023": Entry(
        "a trace of another spec",
        "The variables, the parameters or the property in the file are not those of the spec. A trace is replayed "
        "against the model, preset and parameters it was written for.",
    ),
    "UC024": Entry(
        "a trace that no longer happens",
        "The plain run was led along the file's steps and did something else: a step is not enabled, leads to other "
        "values, or the property is not violated at the end. The spec has changed since, or the file has. A changed "
        "spec whose trace still happens is accepted, with a note.",
    ),
    "UC025": Entry(
        "no such step",
        "Steps are typed as stories show them: `reap`, `provide(bid=0)`, `conn[1].send(n=2)`. Indices of replicated "
        "parts stand in the path, all other arguments in parentheses, each with its name.",
    ),
    "UC026": Entry(
        "no such form of a trace",
        "`uringcheck trace export FILE --to FORM` writes `md` (a page with the story and a diagram), `mermaid` (the "
        "diagram alone) or `itf` (the canonical file again).",
    ),
    "UC027": Entry(
        "no such step in the trace",
        "`--at N` counts actions: state 0 is the initial one, step 1 the first action. A step that failed leads to no "
        "state. `uringcheck trace show FILE` numbers them.",
    ),
    "UC028": Entry(
        "a preset the model is not for",
        "A preset may stand for a kernel that does not have what the model is about: a kernel without multishot "
        "receive has no verdict on it. It may also lack what a parameter asks for, as older kernels lack bundles. The "
        "message says what is missing, and which presets fit.",
    ),
    "UC030": Entry(
        "not TOML",
        "Suites and `pyproject.toml` are TOML files. Nothing is read from a file with a mistake in it.",
    ),
    "UC031": Entry(
        "a wrong setting in [tool.uringcheck]",
        "The table takes `suite` (the suite that `uringcheck check` runs), `specs` (folders whose files may be named "
        "without folder and suffix), `invariants` (files with properties that are loaded with every model) and "
        "`reports` (where a suite writes its traces). Paths are relative to the file.",
    ),
    "UC032": Entry(
        "not a suite",
        "A suite is a list of entries, in one file or in a folder of files that share their `[sets]`:\n\n"
        '    [[check]]\n    model = "bounded_cq"\n    params = { CAP = 3 }\n'
        '    [check.expect]\n    within_limit = "holds"\n    overflow_seen = { verdict = "found", steps = 4 }',
    ),
    "UC033": Entry(
        "no docstring",
        "The first sentence of a property's docstring is what its violation prints, that of an action what the report "
        "shows for a step. `uringcheck lint` asks for one on every model, action and property.",
    ),
    "UC029": Entry(
        "the native engine is not available",
        "Native code is made by llvmlite, which is not installed here or too old for the words we use. The generated "
        "Python searches the same states to the same answers, more slowly: `--engine python`.",
    ),
    "UC034": Entry(
        "Python runs without asserts",
        "Under `python -O` or PYTHONOPTIMIZE, CPython drops `assert`, so the plain run of a spec would mean something "
        "else than its text. Run without it.",
    ),
    "UC035": Entry(
        "not a model with parameters",
        "`uringcheck equal` takes each side as one word: MODEL, MODEL@PRESET, or MODEL@PRESET,NAME=VALUE,NAME=VALUE.",
    ),
    "UC036": Entry(
        "a variable that cannot be compared",
        "Two models are compared variable by variable, by name. A variable that only one of them has, or that holds "
        "another kind of value in the other, must be hidden with `--hide`, or left out by naming what counts with "
        "`--observe`. A part's name stands for all variables below it.",
    ),
    "UC037": Entry(
        "not a quantity",
        "`uringcheck cost` takes the names of costs and measures, `COST per COST` for the sum from one event to the "
        "next, and `COST / COST` for a ratio along what can be repeated for ever. `--until MEASURE=N` says where "
        "sums end. `uringcheck cost MODEL` alone shows what a model has.",
    ),
    "UC038": Entry(
        "not two classes of a slot",
        "`prove MODEL --which-toggles --either client=contract,eager` decides the toggles for each of two classes in a "
        "slot, and counts the choice between them like a toggle. It takes a slot of the model and two names, or two "
        "`path.py:Class`.",
    ),
    "UC040": Entry(
        "the other language cannot say this",
        "An export must mean exactly what the spec means, so a construct that the target does not have refuses "
        "the whole export. A property that cannot be expressed is left out by name instead.",
    ),
    "UC102": Entry(
        "a parameter used before it has a value",
        "While a class body or a module runs, a parameter has no value yet. It may stand in bounds and "
        "capacities, with + - * // and %, and nowhere that needs its value: not in `if`, `range`, `min` or "
        "a comparison there. Inside actions and properties it is an ordinary integer or boolean.",
    ),
    "UC103": Entry(
        "a parameter without a name",
        "A parameter is named by the attribute of a class or the global of a module that it is assigned to:"
        ' `SIZE = param(2, 1, 8, "...")`. One made inside an expression has no name that a run could set.',
    ),
    "UC104": Entry(
        "a parameter of another model",
        "Only parameters of the model's own classes, and those that their modules and the modules of their "
        "properties import by name, have a value. Import it where it is used: `from sizes import SIZE`.",
    ),
    "UC105": Entry(
        "interchangeable values without a name",
        "`interchangeable(low, high)` declares a type, and a type has a name: assign it in a class body or at the top "
        "level of a module, `Buffer = interchangeable(0, N - 1)`, and use that name in variables and arguments.",
    ),
    "UC200": Entry(
        "the source is not available",
        "A spec is read twice: run by CPython and read as text. Functions typed at a prompt, given with "
        "`-c`, built by `exec` or hidden in an archive have no text. Put the spec into a file.",
    ),
    "UC201": Entry(
        "not Python",
        "Python's own parser refused the file. The caret is where it gave up; the mistake is there or just before.",
    ),
    "UC202": Entry(
        "the file cannot be imported",
        "A spec file is imported before anything is checked, and its module body raised an exception. It "
        "must import by itself: try `python path.py`.",
    ),
    "UC203": Entry(
        "not in the language",
        "Actions and properties are written in a small subset of Python, so that they can be compiled, "
        "proved and exported without changing their meaning. This construct is outside. There are no loops "
        "without a constant bound, no exceptions, no literals of lists or dicts, no nested functions; "
        "docs/language.md lists what there is.",
    ),
    "UC204": Entry(
        "this cannot be called in a step",
        "Steps and properties can call helper functions of a module, methods of models and records, methods"
        " of containers, and len, any, all, sum, min, max, abs, int, bool, implies, require, cover, "
        "replace. Helpers are inlined, so they follow the same rules.",
    ),
    "UC205": Entry(
        "unknown name",
        "The name is not a local, an argument, a member of the class, or a global of the module. The help "
        "names the nearest known one.",
    ),
    "UC206": Entry(
        "wrong arguments",
        "The call does not fit the definition of what it calls. Records take their fields by name, all but those "
        "with a default.",
    ),
    "UC207": Entry(
        "not a value of the language",
        "Integers, booleans, enum members, records, None for optional values, and containers in the state "
        "are values. Text, floats, lists and functions are not; a text may only be the message of an "
        "assert.",
    ),
    "UC208": Entry(
        "a return the compiler cannot follow",
        "A helper returns one value on every path, of one type, and not from inside a loop. An action returns nothing.",
    ),
    "UC209": Entry(
        "a local that may have no value",
        "Some path reaches this line without assigning the local, or assigns it values of different types. "
        "Assign it before the `if`.",
    ),
    "UC210": Entry(
        "a second name for a container",
        "Queues, sets and maps live in the state and are not shared: `q = self.ring` would be an alias in "
        "CPython. Use the variable itself, or copy one item: `first = self.ring.head`. Passing a container "
        "to a helper is fine.",
    ),
    "UC211": Entry(
        "recursion",
        "Helpers are inlined, so none may call itself, directly or through others. Loop over a constant range.",
    ),
    "UC212": Entry(
        "too large when written out",
        "Loops are written out once for each element and helpers at each call. This action or property "
        "passes the limit on statements, which almost always means a loop over a range that was meant to be"
        " small.",
    ),
    "UC213": Entry(
        "require() in the wrong place",
        "An action is enabled or not as a whole, so its guard stands at the top: not inside a branch, and "
        "not after the first assignment. `if a: require(b)` is `require(not a or b)`.",
    ),
    "UC214": Entry(
        "a property that changes the state",
        "Properties, and the helpers they call, only read.",
    ),
    "UC215": Entry(
        "not a state variable",
        "Only state variables, items of maps and locals can be assigned. Parameters, parts and links are "
        "fixed; records are frozen and changed with `self.x = replace(self.x, field=value)`.",
    ),
    "UC216": Entry(
        "a change to something that is not in the state",
        "push, pop, add, remove and the like change a container in place; they need a state variable (or an"
        " item of a map) to change, not a computed value.",
    ),
    "UC301": Entry(
        "a default outside the range",
        "A parameter's default, and the value a part is given for one of its parameters, must lie in its range.",
    ),
    "UC302": Entry(
        "a bound that is not a number",
        "Bounds and capacities are integers or expressions of integer parameters.",
    ),
    "UC303": Entry(
        "an empty range",
        "The variable could have no value: with these parameters the upper bound is below the lower one, or an enum "
        "has no members.",
    ),
    "UC304": Entry(
        "no finite domain",
        "Every variable, field, item and argument ranges over a finite set of values: `var(low, high)`, "
        "`var(False)`, `var(Phase.IDLE)`, `var(maybe(ints(0, N)))`, `queue(CAP, Cqe)`, `set_of(ints(0, "
        "N))`, `map_of(Phase, bool)`. `int` alone has no bounds.",
    ),
    "UC305": Entry(
        "a container inside a value",
        "Items of queues, members of sets, fields of records and optional values are plain: integers, "
        "booleans, enums, records, None. Only maps hold containers: `map_of(ints(0, N), queue(CAP, Cqe))`.",
    ),
    "UC306": Entry(
        "too many indices",
        "A set or map is written out over every possible index. Beyond the limit the generated code would "
        "be unreadable and slow; the range is almost certainly larger than meant.",
    ),
    "UC307": Entry(
        "a part without a class",
        "The class of a part, slot or link is its annotation: `cq: CompletionQueue = part()`, `conn: "
        "Parts[Connection] = parts(ints(0, 1))`.",
    ),
    "UC308": Entry(
        "a start value outside the type",
        "The value a variable starts with must be one of its values under these parameters.",
    ),
    "UC309": Entry(
        "a link that leads nowhere",
        "A link is bound to the part of its own name in the nearest enclosing model, unless "
        "`part(link=other)` says otherwise, and the part must be of the class the link is annotated with. A"
        " link cannot lead from outside into one of several replicated parts.",
    ),
    "UC310": Entry(
        "an argument without a domain",
        "The arguments of an action are its nondeterminism, and each ranges over a finite domain that "
        "stands as its default: `b: int = one_of(0, N - 1)`, `oom: bool = one_of(bool)`.",
    ),
    "UC311": Entry(
        "the wrong type",
        "Types are strict: a boolean is not an integer, an enum member equals only members of its enum, and"
        " both sides of a conditional are of one type. Write `1 if flag else 0` to count a boolean.",
    ),
    "UC312": Entry(
        "a boolean is needed",
        "Conditions are booleans; numbers, optional values and containers have no truth value here. "
        "Compare: `n != 0`, `x is not None`, `not q.empty`.",
    ),
    "UC313": Entry(
        "a divisor that is not a positive constant",
        "`//` and `%` divide by a positive number or integer parameter, so that every engine and prover "
        "agrees on the result.",
    ),
    "UC314": Entry(
        "this may be None",
        "An optional value is used where its item is needed. Test it first, in the same action: "
        "`require(self.held is not None)`, `if self.held is not None:`; after an assignment to it, test "
        "again.",
    ),
    "UC315": Entry(
        "never equal",
        "The two sides are of types that have no value in common, so the comparison would always be false.",
    ),
    "UC316": Entry(
        "the least of nothing",
        "min() and max() over a generator that may yield nothing need `default=`.",
    ),
    "UC317": Entry(
        "an interchangeable value used as a number",
        "Interchangeable values are names: they can be compared with == and !=, stored, looked up in maps and sets, "
        "and gone over. An order or a sum would tell them apart. Where the number matters, declare `ints(low, high)`.",
    ),
    "UC318": Entry(
        "one interchangeable value singled out",
        "No interchangeable value may be written down: a literal, or a member of an interchangeable enum in a step, "
        "would make it different from the others. Take it as an argument (`b: int = one_of(Buffer)`), or go over all "
        "of them. A property may name a member of an interchangeable enum; it is then judged without symmetry.",
    ),
    "UC319": Entry(
        "a start that tells interchangeable values apart",
        "Under every exchange of two interchangeable values the starts must stay the same starts. A variable of such a "
        "type has to start somewhere, and wherever that is would be special: let an `@init` action choose it by an "
        "argument, make it optional (None is nobody's name), or use a map or a set that holds the same for all.",
    ),
    "UC320": Entry(
        "a step that tells interchangeable values apart",
        "An action must do the same to every interchangeable value. It was written out with two of the values "
        "exchanged, and could not be recognised as the same. Loops over them are the usual reason: each turn may "
        "change only what belongs to its own value (`self.owner[b] = ...`, `self.free.add(b)`), a queue that is "
        "filled in a loop and `the first that ...` depend on the order. Count with sum(...), take the chosen value "
        "as an argument, or declare `ints(low, high)` instead. What is refused here may still be symmetric; what is "
        "accepted is.",
    ),
    "UC321": Entry(
        "a start value in the wrong place",
        "A variable starts with `start=` (`var(0, 3, start=2)`, `set_of(ints(0, 3), start=everything)`), or as it is "
        "written (`var(True)`, `var(Phase.IDLE)`), or with the least value of its domain. A start that depends on "
        "something is an action marked `@init`.",
    ),
    "UC401": Entry(
        "a property about no model",
        "The annotation of a property's first parameter says which models it is about: every model that is,"
        " or contains, that class.",
    ),
    "UC402": Entry(
        "a property with the wrong parameters",
        "A step property takes the state before and after: `def p(before: M, after: M) -> bool`. All others"
        " take one model.",
    ),
    "UC403": Entry(
        "a temporal operator in the wrong place",
        "eventually, always_eventually, eventually_always, leads_to and happens speak about behaviours; "
        "they stand in the formula that a function decorated with @temporal returns.",
    ),
    "UC404": Entry(
        "no such action",
        "Fairness and happens() name an action of the model: `weak(Model.reap)`, or through parts "
        "`weak(Model.client.reap)`. Fairness of an action that does not exist would silently assume "
        "nothing.",
    ),
    "UC405": Entry(
        "two answers to which states are final",
        "One function decorated with @final says which states may have no successor. Join two conditions with `or`.",
    ),
    "UC406": Entry(
        "a property that returns nothing",
        "A property returns a boolean on every path.",
    ),
    "UC408": Entry(
        "not a temporal formula",
        "A temporal property is one `return`. Temporal operators are joined by and, or, not, implies, and "
        "all/any over constants; everything below them that has no temporal operator is a state predicate "
        "and may be any expression.",
    ),
    "UC409": Entry(
        "a model without actions",
        "Nothing could ever happen in it. Actions are methods decorated with @action, of the class or of its parts.",
    ),
    "UC411": Entry(
        "a cost may be negative",
        "What a step costs is added up along behaviours, and least and greatest sums are looked for; that makes "
        "sense for numbers that are not negative. Count each direction by a cost of its own: `max(0, after.n - "
        "before.n)`.",
    ),
    "UC420": Entry(
        "not said of every size",
        "With `prove --abstract` the abstract sizes have no value, and nothing can be written out over them. Queues "
        "have push, pop, length, head, last and an index; `any`, `all` and `sum(1 for x in ... if ...)` go over ranges "
        "and containers; a loop may push to one queue, fill one map, or come before any other change of the state. "
        "What is beyond that is refused where it stands. `--param` gives a size a value again.",
    ),
    "UC421": Entry(
        "a ghost that watches nothing",
        "`@pushed` and `@popped` name a queue through the class that declares it, `@called` a method: "
        "`@pushed(CompletionQueue.ring)`, `@called(PolledRequest.submit)`.",
    ),
    "UC422": Entry(
        "a ghost that interferes",
        "A ghost is state that a proof keeps beside a model. Its methods change the ghost's own variables and require "
        "nothing, so that the model takes the same steps with it as without.",
    ),
}
