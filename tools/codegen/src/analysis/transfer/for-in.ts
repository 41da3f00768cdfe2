import { ANY_INTEGER } from "../domain/interval.js";
import { walkedRounds } from "../domain/iteration-bounds.js";
import { mergeBySignature, type State, signature } from "../domain/state.js";
import * as v from "../domain/value.js";
import { untilSettled } from "../interpreter/fixpoint.js";
import {
  type Context,
  declare,
  type Flow,
  initialise,
  type ManyOutcome,
  valueAt,
} from "../interpreter/interpreter.js";
import { loopValues, tableOf } from "../operations/iteration.js";
import { enter, noteEnd } from "../operations/loop-record.js";
import type { luaparse } from "../syntax/syntax.js";
import { gather } from "./loops.js";

/** What `for … in` goes by: a function, what it is given, and the first of its values so far. */
interface Walk {
  readonly by: v.Value;
  readonly list: v.Value;
  control: v.Value;
}

/** Runs `for … in`: over a table by ipairs, pairs or next, over matches, or by any function, which is called each time. */
export function forGeneric(loop: luaparse.ForGenericStatement, state: State, context: Context): Flow {
  const { machine } = context;
  const flows = machine.evaluateAll(loop.iterators, state, context).map((given) => {
    const walk: Walk = { by: valueAt(given, 0), list: valueAt(given, 1), control: valueAt(given, 2) };
    const walked = tableOf(walk.list, given.state);
    const least = isOnly(walk.by, "ipairs()") ? (walked?.table.length.least ?? 0) : 0;
    const body = enter(loop, { least, greatest: 0 }, context);
    const stopsBefore = machine.recorder.stops;
    let goesOn = false;
    const over = new Map<string, readonly State[]>();
    const settled = untilSettled(given.state, (head) => {
      const steps = stepsOf(walk, head, loop, body);
      over.set(signature(head), steps.over);
      const runs = steps.next.map((step) => runBody(loop, step, body));
      goesOn ||= runs.some((run) => run.next.length > 0);
      return { ...gather(runs), breaks: runs.flatMap((run) => run.breaks) };
    });
    const next = [...mergeBySignature([...over.values()].flat()), ...settled.breaks];
    const exits = next.length + settled.returns.length;
    const endings = { goesOn, exits, stops: machine.recorder.stops - stopsBefore };
    noteEnd(loop, context, endings, roundsOf(walk, settled.heads));
    return { next, breaks: [], returns: settled.returns };
  });
  return gather(flows);
}

/** How often a walk goes round at most; the body may make the list longer, so the states at the loop's head count. */
function roundsOf({ by, list }: Walk, heads: readonly State[]): number {
  if (isOnly(by, "ipairs()")) return walkedRounds(list, heads, true);
  return isOnly(by, "pairs()") || isOnly(by, "next")
    ? walkedRounds(list, heads, false)
    : Number.POSITIVE_INFINITY;
}

function runBody(loop: luaparse.ForGenericStatement, step: ManyOutcome, context: Context): Flow {
  let seen = context;
  let { state } = step;
  loop.variables.forEach((variable, position) => {
    const declared = declare(seen, variable);
    seen = declared.context;
    state = initialise(state, declared.id, valueAt(step, position), context);
  });
  return context.machine.execute(loop.body, [state], seen);
}

function isOnly(by: v.Value, name: string): boolean {
  const [one, ...others] = by.functions;
  return one?.kind === "builtin" && one.name === name && others.length === 0 && !by.unknown;
}

interface Steps {
  /** With the loop's values, at the beginning of its body. */
  readonly next: readonly ManyOutcome[];
  readonly over: readonly State[];
}

const TABLES: ReadonlySet<string> = new Set(["ipairs()", "pairs()", "next"]);

function stepsOf(walk: Walk, head: State, node: luaparse.Node, context: Context): Steps {
  const next: ManyOutcome[] = [];
  const over: State[] = [];
  const called = new Set<v.Callable>();
  for (const one of walk.by.functions) {
    if (one.kind === "builtin" && TABLES.has(one.name)) {
      over.push(head);
      const values = loopValues(walk.list, head, one.name === "ipairs()");
      if (values !== undefined) next.push({ state: head, values });
    } else if (one.kind === "builtin" && one.name === "gmatch()") {
      over.push(head);
      next.push({ state: head, values: [], rest: v.either(v.text(), v.number(ANY_INTEGER)) });
    } else called.add(one);
  }
  if (called.size > 0 || walk.by.functions.size === 0 || walk.by.unknown) {
    for (const result of callIterator({ ...walk.by, functions: called }, walk, head, node, context)) {
      const [first = result.rest ?? v.NIL, ...others] = result.values;
      if (first.nil || first.unknown) over.push(result.state);
      const some = { ...first, nil: false };
      if (!v.isNothing(some)) next.push({ ...result, values: [some, ...others] });
    }
  }
  return { next, over };
}

/** Calls a function of the sources for the next values, until what it is given tells nothing new. */
function callIterator(
  by: v.Value,
  walk: Walk,
  head: State,
  node: luaparse.Node,
  context: Context,
): readonly ManyOutcome[] {
  for (;;) {
    const given = { state: head, values: [walk.list, walk.control] };
    const results = context.machine.call(by, given, [], node, context);
    const control = v.widen(
      walk.control,
      v.eitherOf([walk.control, ...results.map((one) => valueAt(one, 0))]),
    );
    if (v.sameValue(control, walk.control)) return results;
    walk.control = control;
  }
}
