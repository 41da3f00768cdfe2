import type { EncodedCall } from "../../../src/client/index.js";
import type { LimitCost, PathCost } from "../../codegen/src/costs.js";
import { bareForm, type Command, commandNames, recordCommands } from "./bare-calls.js";
import type { BenchServer, Form } from "./bench-server.js";
import { type Case, LIMIT_RUNS } from "./case.js";
import { keyCosts } from "./key-costs.js";
import type { Rival } from "./rivals.js";
import { readAofBytes, readP99Us, readStatistics, type Statistics } from "./statistics.js";

const ROUNDS = 31;
/** The most rounds of a path whose ratio to its rival is above `SURE_RATIO`. */
const MORE_ROUNDS = 93;
const SURE_RATIO = 1.1;
/**
 * Other processes only add time, and interrupt only some of the short rounds. So the figure of a form
 * is that of the round at the first decile. On a quiet machine it is close to the median.
 */
const FAST_SHARE = 0.1;
/** Other processes of the machine only add time. So the lowest of a few percentiles counts. */
const LIMIT_ATTEMPTS = 3;
const AOF_CALLS = 100;
/** Enough calls that the last one is a typical one: keys that they share exist. */
const RECORDED_CALLS = 5;

/**
 * Measures one path. Rounds of the script and of the form that it is compared with alternate, on
 * the same server.
 */
export async function measurePath(
  { timed, logged }: { readonly timed: BenchServer; readonly logged: BenchServer },
  measured: Case,
  rival: Rival | undefined,
  keyNames: readonly string[],
): Promise<PathCost> {
  const script: Form = { ...measured, answers: true };
  const { call, commands } = await typicalCall(timed, measured);
  const keys = await keyCosts(timed.redis, named(call, keyNames));

  const other: Form = rival === undefined ? bareForm(script, commands, call) : { ...rival, answers: true };
  await timed.load(other);
  const rounds: Round[] = [];
  const ratioNow = () => median(rounds.map((round) => perCall(round.own) / perCall(round.other)));
  // A ratio to a rival that is near the limit or above it has more rounds, so that chance does not decide.
  const needsMore = () => rival !== undefined && rounds.length < MORE_ROUNDS && ratioNow() > SURE_RATIO;
  while (rounds.length < ROUNDS || needsMore()) {
    // Each form comes first in every other round, so that both see the same state of the machine.
    const otherFirst =
      rounds.length % 2 === 1 ? await measureRound(timed, script, other, measured) : undefined;
    const own = await measureRound(timed, script, script, measured);
    rounds.push({ own, other: otherFirst ?? (await measureRound(timed, script, other, measured)) });
  }
  const own = (figure: (statistics: Statistics) => number) => fast(rounds.map((round) => figure(round.own)));
  const us = own(perCall);
  return {
    path: measured.path,
    us,
    commandUs: own((statistics) => statistics.commandUs / statistics.calls),
    commands: own((statistics) => statistics.commands / statistics.calls),
    commandNames: commandNames(commands),
    keys,
    aofBytes: await aofBytes(logged, script, measured),
    comparedWith: rival === undefined ? "bare calls" : "rival",
    ratio: ratioNow(),
  };
}

/**
 * Runs some calls, and records the commands of the last one. The first call of a round may need
 * others, because it makes the keys that all calls share.
 */
export async function typicalCall(
  server: BenchServer,
  measured: Case,
): Promise<{ readonly call: EncodedCall; readonly commands: readonly Command[] }> {
  const script: Form = { ...measured, answers: true };
  const calls = await prepared(server, script, measured, RECORDED_CALLS);
  const call = calls.at(-1);
  if (call === undefined) throw new Error(`${measured.script} has no calls`);
  await server.run(script, calls.slice(0, -1), measured);
  return { call, commands: await recordCommands(server, script, call, measured) };
}

function named({ keys }: EncodedCall, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key, position) => [names[position] ?? key, key]));
}

/** Measures the largest call: the 99th percentile of 1,000 runs by the server's own statistics. */
export async function measureLimit(
  timed: BenchServer,
  measured: Case,
  limitUs: number,
  keyNames: readonly string[],
): Promise<LimitCost> {
  const script: Form = { ...measured, answers: true };
  let lowest = Number.POSITIVE_INFINITY;
  let fullKeys: LimitCost["fullKeys"] = {};
  for (let attempt = 0; attempt < LIMIT_ATTEMPTS && lowest > limitUs; attempt++) {
    const calls = await prepared(timed, script, measured, LIMIT_RUNS);
    await timed.redis.config("RESETSTAT");
    await timed.run(script, calls, measured);
    lowest = Math.min(lowest, await readP99Us(timed.redis));
    const keys = Object.entries(named(calls.at(-1) ?? { keys: [], args: [] }, keyNames));
    const full = keys.filter(([name]) => measured.fills.includes(name));
    fullKeys = await keyCosts(timed.redis, Object.fromEntries(full));
  }
  return { path: measured.path, p99Us: lowest, fullKeys };
}

/** A round of the script, and one of the form that it is compared with, right before or after it. */
interface Round {
  readonly own: Statistics;
  readonly other: Statistics;
}

const perCall = ({ scriptUs, calls }: Statistics) => scriptUs / calls;

/** The figure of the round at the first decile. */
export function fast(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * FAST_SHARE)] ?? Number.NaN;
}

/** The median: a disturbance of one round changes only the ratio of that round. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Calls whose data exist, and which have run once if the path says so. */
export async function prepared(server: BenchServer, script: Form, measured: Case, count: number) {
  const calls = await server.prepare(measured, count);
  if (measured.sentBefore) await server.run({ ...script, answers: false }, calls, measured);
  return calls;
}

async function measureRound(server: BenchServer, script: Form, form: Form, measured: Case) {
  const calls = await prepared(server, script, measured, measured.calls);
  await server.redis.config("RESETSTAT");
  await server.run(form, calls, measured);
  return readStatistics(server.redis, measured);
}

/** The growth of the append-only file, which is also what a replica receives. */
async function aofBytes(logged: BenchServer, script: Form, measured: Case): Promise<number> {
  const calls = await prepared(logged, script, measured, Math.min(AOF_CALLS, measured.calls));
  const before = await readAofBytes(logged.redis);
  await logged.run(script, calls, measured);
  return ((await readAofBytes(logged.redis)) - before) / calls.length;
}
