import { constant, type Numeric, numeric } from "../domain/interval.js";
import { greatestRounds, leastRounds } from "../domain/iteration-bounds.js";
import { type State, signature } from "../domain/state.js";
import * as v from "../domain/value.js";
import { noteOperand } from "../interpreter/failures.js";
import { untilSettled } from "../interpreter/fixpoint.js";
import { type Context, declare, type Flow, initialise, valueAt } from "../interpreter/interpreter.js";
import { enter, type KnownRounds, noteEnd } from "../operations/loop-record.js";
import type { luaparse } from "../syntax/syntax.js";

const UNKNOWN_ROUNDS: KnownRounds = { least: 0, greatest: Number.POSITIVE_INFINITY };

export function whileTrue(loop: luaparse.WhileStatement, state: State, context: Context): Flow {
  const body = enter(loop, UNKNOWN_ROUNDS, context);
  const { machine } = context;
  const stopsBefore = machine.recorder.stops;
  let goesOn = false;
  const settled = untilSettled(state, (head) => {
    const { whenTrue } = machine.branch(loop.condition, head, body);
    const flow = machine.execute(
      loop.body,
      whenTrue.map((outcome) => outcome.state),
      body,
    );
    goesOn ||= flow.next.length > 0;
    return flow;
  });
  const over = settled.heads.flatMap((head) => machine.branch(loop.condition, head, body).whenFalse);
  const exits = over.length + settled.breaks.length + settled.returns.length;
  noteEnd(loop, context, { goesOn, exits, stops: machine.recorder.stops - stopsBefore });
  return {
    next: [...over.map((outcome) => outcome.state), ...settled.breaks],
    breaks: [],
    returns: settled.returns,
  };
}

export function repeatUntil(loop: luaparse.RepeatStatement, state: State, context: Context): Flow {
  const body = enter(loop, { ...UNKNOWN_ROUNDS, least: 1 }, context);
  const { machine } = context;
  const stopsBefore = machine.recorder.stops;
  let goesOn = false;
  const ended = new Map<string, readonly State[]>();
  const settled = untilSettled(state, (head) => {
    const flow = machine.execute(loop.body, [head], body);
    const until = flow.next.map((after) => machine.branch(loop.condition, after, flow.end ?? body));
    ended.set(
      signature(head),
      until.flatMap((found) => found.whenTrue.map((outcome) => outcome.state)),
    );
    const next = until.flatMap((found) => found.whenFalse.map((outcome) => outcome.state));
    goesOn ||= next.length > 0;
    return { ...flow, next };
  });
  const over = [...ended.values()].flat();
  const exits = over.length + settled.breaks.length + settled.returns.length;
  noteEnd(loop, context, { goesOn, exits, stops: machine.recorder.stops - stopsBefore });
  return { next: [...over, ...settled.breaks], breaks: [], returns: settled.returns };
}

export function forNumeric(loop: luaparse.ForNumericStatement, state: State, context: Context): Flow {
  const { machine } = context;
  const bounds = loop.step === null ? [loop.start, loop.end] : [loop.start, loop.end, loop.step];
  const flows = machine.evaluateAll(bounds, state, context).map((given) => {
    const start = v.asNumber(valueAt(given, 0));
    const end = v.asNumber(valueAt(given, 1));
    const step = loop.step === null ? constant(1) : v.asNumber(valueAt(given, 2));
    for (const bound of given.values)
      noteOperand("for", bound, { node: loop, context }, given.state, "number", "digits");
    const endless = !(step.least > 0 || step.greatest < 0);
    const known = {
      least: leastRounds(start, end, step),
      greatest: greatestRounds(start, end, step),
      endless,
    };
    const body = enter(loop, known, context);
    const low = step.least >= 0 ? start : end;
    const high = step.least >= 0 ? end : start;
    const position = numeric(start.whole && step.whole, low.least, high.greatest);
    const filled = filledPosition(loop, start, step, given.state, context);
    const value = v.number({ ...position, ...filled });
    const settled = untilSettled(given.state, (head) => {
      const { id, context: scope } = declare(body, loop.variable);
      return machine.execute(loop.body, [initialise(head, id, value, body)], scope);
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
  start: Numeric,
  step: Numeric,
  state: State,
  context: Context,
): Pick<Numeric, "inside" | "half"> {
  const { end } = loop;
  if (end.type !== "UnaryExpression" || end.operator !== "#") return {};
  const [list, ...others] = context.machine.evaluate(end.argument, state, context);
  const [inside] = list?.value.tables ?? [];
  if (inside === undefined || others.length > 0 || list?.value.tables.size !== 1) return {};
  if (start.least !== 1 || start.greatest !== 1 || step.least !== step.greatest) return {};
  if (step.least === 1) return { inside };
  return step.least === 2 ? { inside, half: "first" } : {};
}
