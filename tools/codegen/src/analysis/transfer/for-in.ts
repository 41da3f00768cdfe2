import { ANY_INTEGER } from "../domain/interval.js";
import { maxTableIterations } from "../domain/iteration-bounds.js";
import { type AbstractState, joinByPartition, partitionKey } from "../domain/state.js";
import * as v from "../domain/value.js";
import { fixpoint } from "../interpreter/fixpoint.js";
import {
  type Context,
  declareVariable,
  type Flow,
  initialise,
  type ListOutcome,
  valueAt,
} from "../interpreter/interpreter.js";
import { iterationValues, tableOf } from "../operations/iteration.js";
import { enterLoop, recordLoopEnd } from "../operations/loop-record.js";
import type { luaparse } from "../syntax/syntax.js";
import { gather } from "./loops.js";

/** The iterator function, the state and the control variable of Lua's generic `for`. */
interface ForInState {
  readonly iterator: v.AbstractValue;
  readonly list: v.AbstractValue;
  control: v.AbstractValue;
}

/**
 * Runs `for … in` with ipairs, pairs, next, gmatch or any function, which is called for each
 * iteration.
 */
export function forGeneric(loop: luaparse.ForGenericStatement, state: AbstractState, context: Context): Flow {
  const { interpreter } = context;
  const flows = interpreter.evaluateAll(loop.iterators, state, context).map((given) => {
    const forIn: ForInState = {
      iterator: valueAt(given, 0),
      list: valueAt(given, 1),
      control: valueAt(given, 2),
    };
    const listTable = tableOf(forIn.list, given.state);
    const min = isOnly(forIn.iterator, "ipairs()") ? (listTable?.table.length.min ?? 0) : 0;
    const body = enterLoop(loop, { min, max: 0 }, context);
    const errorCallsBefore = interpreter.recorder.errorCalls;
    let repeats = false;
    const over = new Map<string, readonly AbstractState[]>();
    const settled = fixpoint(given.state, (head) => {
      const steps = nextValues(forIn, head, loop, body);
      over.set(partitionKey(head), steps.over);
      const runs = steps.next.map((step) => runBody(loop, step, body));
      repeats ||= runs.some((run) => run.next.length > 0);
      return { ...gather(runs), breaks: runs.flatMap((run) => run.breaks) };
    });
    const next = [...joinByPartition([...over.values()].flat()), ...settled.breaks];
    const exits = next.length + settled.returns.length;
    const loopExits = { repeats, exits, errorCalls: interpreter.recorder.errorCalls - errorCallsBefore };
    recordLoopEnd(loop, context, loopExits, maxIterationsOf(forIn, settled.heads));
    return { next, breaks: [], returns: settled.returns };
  });
  return gather(flows);
}

/** The most iterations. The body may append to the list, so the states at the loop's head count. */
function maxIterationsOf({ iterator, list }: ForInState, heads: readonly AbstractState[]): number {
  if (isOnly(iterator, "ipairs()")) return maxTableIterations(list, heads, true);
  return isOnly(iterator, "pairs()") || isOnly(iterator, "next")
    ? maxTableIterations(list, heads, false)
    : Number.POSITIVE_INFINITY;
}

function runBody(loop: luaparse.ForGenericStatement, step: ListOutcome, context: Context): Flow {
  let seen = context;
  let { state } = step;
  loop.variables.forEach((variable, position) => {
    const declared = declareVariable(seen, variable);
    seen = declared.context;
    state = initialise(state, declared.id, valueAt(step, position), context);
  });
  return context.interpreter.execute(loop.body, [state], seen);
}

function isOnly(iterator: v.AbstractValue, name: string): boolean {
  const [one, ...others] = iterator.functions;
  return one?.kind === "builtin" && one.name === name && others.length === 0 && !iterator.unknown;
}

interface IterationSteps {
  /** With the loop's values, at the beginning of its body. */
  readonly next: readonly ListOutcome[];
  readonly over: readonly AbstractState[];
}

const TABLES: ReadonlySet<string> = new Set(["ipairs()", "pairs()", "next"]);

function nextValues(
  forIn: ForInState,
  head: AbstractState,
  node: luaparse.Node,
  context: Context,
): IterationSteps {
  const next: ListOutcome[] = [];
  const over: AbstractState[] = [];
  const called = new Set<v.Callable>();
  for (const one of forIn.iterator.functions) {
    if (one.kind === "builtin" && TABLES.has(one.name)) {
      over.push(head);
      const values = iterationValues(forIn.list, head, one.name === "ipairs()");
      if (values !== undefined) next.push({ state: head, values });
    } else if (one.kind === "builtin" && one.name === "gmatch()") {
      over.push(head);
      next.push({ state: head, values: [], rest: v.join(v.text(), v.number(ANY_INTEGER)) });
    } else called.add(one);
  }
  if (called.size > 0 || forIn.iterator.functions.size === 0 || forIn.iterator.unknown) {
    for (const result of callIterator({ ...forIn.iterator, functions: called }, forIn, head, node, context)) {
      const [first = result.rest ?? v.NIL, ...others] = result.values;
      if (first.nil || first.unknown) over.push(result.state);
      const some = { ...first, nil: false };
      if (!v.isBottom(some)) next.push({ ...result, values: [some, ...others] });
    }
  }
  return { next, over };
}

/**
 * Calls a function of the sources for the next values, until what it is given tells nothing new.
 */
function callIterator(
  iterator: v.AbstractValue,
  forIn: ForInState,
  head: AbstractState,
  node: luaparse.Node,
  context: Context,
): readonly ListOutcome[] {
  for (;;) {
    const given = { state: head, values: [forIn.list, forIn.control] };
    const results = context.interpreter.call(iterator, given, [], node, context);
    const control = v.widen(
      forIn.control,
      v.joinAll([forIn.control, ...results.map((one) => valueAt(one, 0))]),
    );
    if (v.equalValues(control, forIn.control)) return results;
    forIn.control = control;
  }
}
