import { constant, type Interval, interval } from "../domain/interval.js";
import { maxIterations, minIterations } from "../domain/iteration-bounds.js";
import { type AbstractState, partitionKey } from "../domain/state.js";
import * as v from "../domain/value.js";
import { recordOperandFailure } from "../interpreter/failures.js";
import { fixpoint } from "../interpreter/fixpoint.js";
import { type Context, declareVariable, type Flow, initialise, valueAt } from "../interpreter/interpreter.js";
import { enterLoop, type IterationBounds, recordLoopEnd } from "../operations/loop-record.js";
import type { luaparse } from "../syntax/syntax.js";

const UNKNOWN_ITERATIONS: IterationBounds = { min: 0, max: Number.POSITIVE_INFINITY };

export function whileTrue(loop: luaparse.WhileStatement, state: AbstractState, context: Context): Flow {
  const body = enterLoop(loop, UNKNOWN_ITERATIONS, context);
  const { interpreter } = context;
  const errorCallsBefore = interpreter.recorder.errorCalls;
  let repeats = false;
  const settled = fixpoint(state, (head) => {
    const { whenTrue } = interpreter.branch(loop.condition, head, body);
    const flow = interpreter.execute(
      loop.body,
      whenTrue.map((outcome) => outcome.state),
      body,
    );
    repeats ||= flow.next.length > 0;
    return flow;
  });
  const over = settled.heads.flatMap((head) => interpreter.branch(loop.condition, head, body).whenFalse);
  const exits = over.length + settled.breaks.length + settled.returns.length;
  recordLoopEnd(loop, context, {
    repeats,
    exits,
    errorCalls: interpreter.recorder.errorCalls - errorCallsBefore,
  });
  return {
    next: [...over.map((outcome) => outcome.state), ...settled.breaks],
    breaks: [],
    returns: settled.returns,
  };
}

export function repeatUntil(loop: luaparse.RepeatStatement, state: AbstractState, context: Context): Flow {
  const body = enterLoop(loop, { ...UNKNOWN_ITERATIONS, min: 1 }, context);
  const { interpreter } = context;
  const errorCallsBefore = interpreter.recorder.errorCalls;
  let repeats = false;
  const ended = new Map<string, readonly AbstractState[]>();
  const settled = fixpoint(state, (head) => {
    const flow = interpreter.execute(loop.body, [head], body);
    const until = flow.next.map((after) => interpreter.branch(loop.condition, after, flow.end ?? body));
    ended.set(
      partitionKey(head),
      until.flatMap((found) => found.whenTrue.map((outcome) => outcome.state)),
    );
    const next = until.flatMap((found) => found.whenFalse.map((outcome) => outcome.state));
    repeats ||= next.length > 0;
    return { ...flow, next };
  });
  const over = [...ended.values()].flat();
  const exits = over.length + settled.breaks.length + settled.returns.length;
  recordLoopEnd(loop, context, {
    repeats,
    exits,
    errorCalls: interpreter.recorder.errorCalls - errorCallsBefore,
  });
  return { next: [...over, ...settled.breaks], breaks: [], returns: settled.returns };
}

export function forNumeric(loop: luaparse.ForNumericStatement, state: AbstractState, context: Context): Flow {
  const { interpreter } = context;
  const bounds = loop.step === null ? [loop.start, loop.end] : [loop.start, loop.end, loop.step];
  const flows = interpreter.evaluateAll(bounds, state, context).map((given) => {
    const start = v.asNumber(valueAt(given, 0));
    const end = v.asNumber(valueAt(given, 1));
    const step = loop.step === null ? constant(1) : v.asNumber(valueAt(given, 2));
    for (const bound of given.values)
      recordOperandFailure("for", bound, { node: loop, context }, given.state, "number", "digits");
    const stepMayBeZero = !(step.min > 0 || step.max < 0);
    const known = {
      min: minIterations(start, end, step),
      max: maxIterations(start, end, step),
      stepMayBeZero,
    };
    const body = enterLoop(loop, known, context);
    const low = step.min >= 0 ? start : end;
    const high = step.min >= 0 ? end : start;
    const position = interval(start.whole && step.whole, low.min, high.max);
    const filled = filledPosition(loop, start, step, given.state, context);
    const value = v.number({ ...position, ...filled });
    const settled = fixpoint(given.state, (head) => {
      const { id, context: scope } = declareVariable(body, loop.variable);
      return interpreter.execute(loop.body, [initialise(head, id, value, body)], scope);
    });
    return { next: [...settled.heads, ...settled.breaks], breaks: [], returns: settled.returns };
  });
  return gather(flows);
}

export function gather(flows: readonly Flow[]): Flow {
  return {
    next: flows.flatMap((flow) => flow.next),
    breaks: [],
    returns: flows.flatMap((flow) => flow.returns),
  };
}

/** Where `for i = 1, #list` or `for i = 1, #list, 2` goes: within that list. */
function filledPosition(
  loop: luaparse.ForNumericStatement,
  start: Interval,
  step: Interval,
  state: AbstractState,
  context: Context,
): Pick<Interval, "withinTable" | "pairHalf"> {
  const { end } = loop;
  if (end.type !== "UnaryExpression" || end.operator !== "#") return {};
  const [list, ...others] = context.interpreter.evaluate(end.argument, state, context);
  const [withinTable] = list?.value.tables ?? [];
  if (withinTable === undefined || others.length > 0 || list?.value.tables.size !== 1) return {};
  if (start.min !== 1 || start.max !== 1 || step.min !== step.max) return {};
  if (step.min === 1) return { withinTable };
  return step.min === 2 ? { withinTable, pairHalf: "first" } : {};
}
