import { type Context, declare, type Flow, inner, valueAt } from "./machine.js";
import { constant, type Numeric, numeric } from "./number.js";
import { spotKey } from "./recorder.js";
import {
  mergeBySignature,
  type State,
  sameState,
  signature,
  type Table,
  widenState,
  withVariable,
} from "./state.js";
import { commentsAbove, declaredLimit, type luaparse, spotOf } from "./syntax.js";
import * as v from "./value.js";

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

/** Notes a loop and its declared limit; gives the context of its body, and how often that may run. */
function enter(loop: Loop, least: number, context: Context): { body: Context; atMost: number } {
  const { source, machine } = context;
  const place = spotOf(source, loop).place;
  const declared = declaredLimit(commentsAbove(source, place.line));
  const atMost = declared?.atMost ?? Number.POSITIVE_INFINITY;
  const rounds = context.rounds * (declared?.atMost ?? 1);
  const spot = { place, length: KEYWORDS[loop.type] };
  const key = spotKey(spot);
  const known = machine.recorder.loops.get(key);
  machine.recorder.loops.set(key, {
    spot,
    limit: declared && { ...declared, place },
    least: Math.max(least, known?.least ?? 0),
    rounds: Math.max(rounds, known?.rounds ?? 0),
  });
  return { body: { ...inner(context), rounds }, atMost };
}

/** The last state that a way through a loop is widened to is reached long before. */
const MOST_ROUNDS = 24;

interface Round {
  /** Where the body may be run from, given the loop's head. */
  readonly next: readonly State[];
  readonly breaks: readonly State[];
  readonly returns: Flow["returns"];
}

/**
 * Runs a loop until another round tells nothing new. States with and without a write, and with other types proved, stay
 * apart. Gives the states at the loop's head.
 */
function untilSettled(start: State, round: (head: State) => Round): { heads: readonly State[] } & Round {
  const heads = new Map<string, State>([[signature(start), start]]);
  const breaks = new Map<string, readonly State[]>();
  const returns = new Map<string, Flow["returns"]>();
  let open = [signature(start)];
  for (let rounds = 0; open.length > 0 && rounds < MOST_ROUNDS; rounds++) {
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
  const { body } = enter(loop, 0, context);
  const { machine } = context;
  const settled = untilSettled(state, (head) => {
    const { whenTrue } = machine.branch(loop.condition, head, body);
    return machine.execute(
      loop.body,
      whenTrue.map((outcome) => outcome.state),
      inner(body),
    );
  });
  const over = settled.heads.flatMap((head) => machine.branch(loop.condition, head, body).whenFalse);
  return {
    next: [...over.map((outcome) => outcome.state), ...settled.breaks],
    breaks: [],
    returns: settled.returns,
  };
}

export function repeatUntil(loop: luaparse.RepeatStatement, state: State, context: Context): Flow {
  const { body } = enter(loop, 1, context);
  const { machine } = context;
  const ended = new Map<string, readonly State[]>();
  const settled = untilSettled(state, (head) => {
    const scope = inner(body);
    const flow = machine.execute(loop.body, [head], scope);
    const until = flow.next.map((after) => machine.branch(loop.condition, after, scope));
    ended.set(
      signature(head),
      until.flatMap((found) => found.whenTrue.map((outcome) => outcome.state)),
    );
    return { ...flow, next: until.flatMap((found) => found.whenFalse.map((outcome) => outcome.state)) };
  });
  return { next: [...[...ended.values()].flat(), ...settled.breaks], breaks: [], returns: settled.returns };
}

export function forNumeric(loop: luaparse.ForNumericStatement, state: State, context: Context): Flow {
  const { machine } = context;
  const bounds = loop.step === null ? [loop.start, loop.end] : [loop.start, loop.end, loop.step];
  const flows = machine.evaluateAll(bounds, state, context).map((given) => {
    const start = v.asNumber(valueAt(given, 0));
    const end = v.asNumber(valueAt(given, 1));
    const step = loop.step === null ? constant(1) : v.asNumber(valueAt(given, 2));
    const { body } = enter(loop, leastRounds(start, end, step), context);
    const low = step.least >= 0 ? start : end;
    const high = step.least >= 0 ? end : start;
    const position = numeric(start.whole && step.whole, low.least, high.greatest);
    const filled = filledPosition(loop, start, step, given.state, context);
    const value = v.number({ ...position, ...filled });
    const settled = untilSettled(given.state, (head) => {
      const scope = inner(body);
      const id = declare(scope, loop.variable);
      return machine.execute(loop.body, [withVariable(head, id, value)], scope);
    });
    return { next: [...settled.heads, ...settled.breaks], breaks: [], returns: settled.returns };
  });
  return gather(flows);
}

function gather(flows: readonly Flow[]): Flow {
  return {
    next: flows.flatMap((flow) => flow.next),
    breaks: [],
    returns: flows.flatMap((flow) => flow.returns),
  };
}

function leastRounds(start: Numeric, end: Numeric, step: Numeric): number {
  if (step.least !== step.greatest || step.least === 0) return 0;
  const span = step.least > 0 ? end.least - start.greatest : start.least - end.greatest;
  return Number.isFinite(span) ? Math.max(0, Math.floor(span / Math.abs(step.least)) + 1) : 0;
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

export function forGeneric(loop: luaparse.ForGenericStatement, state: State, context: Context): Flow {
  const { machine } = context;
  const [iterator] = loop.iterators;
  const walks = iterator?.type === "CallExpression" ? walker(iterator, state, context) : undefined;
  const listed = walks === undefined ? loop.iterators : walks.list;
  const flows = machine.evaluateAll(listed, state, context).map((given) => {
    const walked = walks === undefined ? undefined : tableOf(valueAt(given, 0), given.state);
    const { body, atMost } = enter(loop, walks?.ordered ? (walked?.table.length.least ?? 0) : 0, context);
    const settled = untilSettled(given.state, (head) => {
      const now = walked === undefined ? undefined : head.tables.get(walked.id);
      const [key, value] = loopValues(walks, now, walked?.id, atMost);
      if (v.isNothing(value)) return { next: [], breaks: [], returns: [] };
      const scope = inner(body);
      let entered = head;
      loop.variables.forEach((variable, position) => {
        const given = position === 0 ? key : position === 1 ? value : v.unknown("a loop's value");
        entered = withVariable(entered, declare(scope, variable), given);
      });
      return machine.execute(loop.body, [entered], scope);
    });
    return { next: [...settled.heads, ...settled.breaks], breaks: [], returns: settled.returns };
  });
  return gather(flows);
}

interface Walk {
  readonly list: readonly luaparse.Expression[];
  readonly ordered: boolean;
}

/** `ipairs(list)` and `pairs(table)`, under whatever name. */
function walker(call: luaparse.CallExpression, state: State, context: Context): Walk | undefined {
  const [callee] = context.machine.evaluate(call.base, state, context);
  for (const one of callee?.value.functions ?? []) {
    if (one.kind !== "builtin") continue;
    if (one.name === "ipairs") return { list: call.arguments.slice(0, 1), ordered: true };
    if (one.name === "pairs") return { list: call.arguments.slice(0, 1), ordered: false };
  }
  return undefined;
}

function tableOf(value: v.Value, state: State): { id: string; table: Table } | undefined {
  const [id] = value.tables;
  const table = id === undefined ? undefined : state.tables.get(id);
  return value.tables.size === 1 && !value.unknown && id !== undefined && table !== undefined
    ? { id, table }
    : undefined;
}

function loopValues(
  walks: Walk | undefined,
  table: Table | undefined,
  id: string | undefined,
  atMost: number,
): readonly [v.Value, v.Value] {
  const position = numeric(true, 1, Math.min(atMost, table?.length.greatest ?? Number.POSITIVE_INFINITY));
  const inside = v.number(id === undefined ? position : { ...position, inside: id });
  const any = v.unknown("a loop's value");
  if (walks === undefined) return [any, any];
  if (table === undefined) return [walks.ordered ? inside : v.unknown("a table's key"), any];
  const listed = [...table.fields].filter(([key]) => !walks.ordered || key.startsWith("["));
  const value = v.eitherOf([table.element, ...listed.map(([, field]) => field)]);
  return [walks.ordered ? inside : v.unknown("a table's key"), { ...value, nil: false }];
}
