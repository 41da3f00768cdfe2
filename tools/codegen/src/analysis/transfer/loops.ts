import { noteOperand } from "../interpreter/failures.js";
import { doublings } from "../syntax/text-growth.js";
import { type Context, declare, type Flow, initialise, valueAt } from "../interpreter/interpreter.js";
import { constant, type Numeric, numeric } from "../domain/interval.js";
import { spotKey } from "../interpreter/recorder.js";
import { type Endings, greatestRounds, leastRounds, neverEnds } from "../domain/iteration-bounds.js";
import { mergeBySignature, type State, sameState, signature, widenState } from "../domain/state.js";
import { commentsAbove, declaredLimit, type luaparse, type Spot, spotOf } from "../syntax/syntax.js";
import { TooMuch } from "../domain/analysis-limit-error.js";
import * as v from "../domain/value.js";

type Loop =
  | luaparse.ForNumericStatement
  | luaparse.ForGenericStatement
  | luaparse.WhileStatement
  | luaparse.RepeatStatement;

/** The keyword's own length is what a problem underlines: `for`, `while`, `repeat`. */
const KEYWORDS = {
  ForNumericStatement: 3,
  ForGenericStatement: 3,
  WhileStatement: 5,
  RepeatStatement: 6,
} as const;

/** How often a loop runs, as far as the analysis knows. */
export interface KnownRounds {
  readonly least: number;
  /** Infinite where nothing is known. */
  readonly greatest: number;
  /** Its step may be zero. */
  readonly endless?: boolean;
}

/** Notes a loop and its declared limit; gives the context of its body. */
export function enter(loop: Loop, known: KnownRounds, context: Context): Context {
  for (const node of doublings(loop.body)) {
    const spot = spotOf(context.source, node);
    context.machine.recorder.texts.set(spotKey(spot), { spot, by: "", doubles: true, greatest: Infinity });
  }
  return noteLoop(spotOfLoop(loop, context), known, context);
}

function spotOfLoop(loop: Loop, context: Context): Spot {
  return { place: spotOf(context.source, loop).place, length: KEYWORDS[loop.type] };
}

/** Notes something that runs again and again, and its declared limit. */
export function noteLoop(spot: Spot, found: KnownRounds, context: Context): Context {
  const { source, machine } = context;
  const { place } = spot;
  const declared = declaredLimit(commentsAbove(source, place.line));
  const rounds = context.rounds * (declared?.atMost ?? 1);
  const key = spotKey(spot);
  const known = machine.recorder.loops.get(key);
  machine.recorder.loops.set(key, {
    spot,
    limit: declared && { ...declared, place },
    endless: found.endless === true || known?.endless === true,
    unending: known?.unending === true,
    least: Math.max(found.least, known?.least ?? 0),
    greatest: Math.max(found.greatest, known?.greatest ?? 0),
    rounds: Math.max(rounds, known?.rounds ?? 0),
  });
  return { ...context, rounds };
}

/** Notes what is known of a loop only after its body was followed. */
export function noteEnd(loop: Loop, context: Context, endings: Endings, greatest = 0): void {
  const { loops } = context.machine.recorder;
  const key = spotKey(spotOfLoop(loop, context));
  const known = loops.get(key);
  if (known === undefined) return;
  const unending = known.unending || neverEnds(endings);
  loops.set(key, { ...known, unending, greatest: Math.max(greatest, known.greatest) });
}

/** Nothing is known of it: what a comment says is all there is. */
const UNKNOWN_ROUNDS: KnownRounds = { least: 0, greatest: Number.POSITIVE_INFINITY };

/** The last state that a way through a loop is widened to is reached long before, but for a script made to pass it. */
const MOST_ROUNDS = 100;

export interface Round {
  /** Where the body may be run from, given the loop's head. */
  readonly next: readonly State[];
  readonly breaks: readonly State[];
  readonly returns: Flow["returns"];
}

/**
 * Runs a loop until another round tells nothing new. States with and without a write, and with other types proved, stay
 * apart. Gives the states at the loop's head.
 */
export function untilSettled(
  start: State,
  round: (head: State) => Round,
): { heads: readonly State[] } & Round {
  const heads = new Map<string, State>([[signature(start), start]]);
  const breaks = new Map<string, readonly State[]>();
  const returns = new Map<string, Flow["returns"]>();
  let open = [signature(start)];
  for (let rounds = 0; open.length > 0; rounds++) {
    if (rounds === MOST_ROUNDS) throw new TooMuch("a loop's values do not settle");
    const changed = new Set<string>();
    for (const key of open) {
      const head = heads.get(key);
      if (head === undefined) continue;
      const flow = round(head);
      breaks.set(key, flow.breaks);
      returns.set(key, flow.returns);
      for (const after of mergeBySignature(flow.next)) {
        const into = signature(after);
        const known = heads.get(into);
        const joined = known === undefined ? after : widenState(known, after);
        if (known !== undefined && sameState(known, joined)) continue;
        heads.set(into, joined);
        changed.add(into);
      }
    }
    open = [...changed];
  }
  return {
    heads: [...heads.values()],
    next: [],
    breaks: [...breaks.values()].flat(),
    returns: [...returns.values()].flat(),
  };
}

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
