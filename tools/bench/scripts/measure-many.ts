import type { EncodedCall } from "../../../src/client/index.js";
import type { ManyCost } from "../../codegen/src/costs.js";
import type { BenchServer, Form } from "./bench-server.js";
import type { Case, ManyCase } from "./case.js";
import { fast, prepared } from "./measure.js";
import { readP99Us, readStatistics } from "./statistics.js";

/** Each run has as many calls as the form allows, so a few rounds have enough of them. */
const ROUNDS = 11;
const RUNS = 10;
/** The runs of which `INFO latencystats` gives the 99th percentile. */
const P99_RUNS = 100;
/** Other processes of the machine only add time. So the lowest of a few percentiles counts. */
const P99_ATTEMPTS = 20;

/** Measures the many form of a script on one path, with as many calls in each run as it allows. */
export async function measureMany(
  timed: BenchServer,
  measured: Case,
  limitUs: number,
): Promise<ManyCost | undefined> {
  const { many } = measured;
  if (many === undefined) return undefined;
  await timed.load({ ...many, answers: true });
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await runAll(timed, measured, many, RUNS);
    const { scriptUs, calls } = await readStatistics(timed.redis, measured);
    figures.push(scriptUs / calls / many.limit);
  }
  let p99Us = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < P99_ATTEMPTS && p99Us > limitUs; attempt++) {
    await runAll(timed, measured, many, P99_RUNS);
    p99Us = Math.min(p99Us, await readP99Us(timed.redis));
  }
  return { calls: many.limit, us: fast(figures), p99Us };
}

async function runAll(timed: BenchServer, measured: Case, many: ManyCase, runs: number): Promise<void> {
  const single: Form = { ...measured, answers: true };
  const calls = await prepared(timed, single, measured, runs * many.limit);
  const joined: EncodedCall[] = [];
  for (let from = 0; from < calls.length; from += many.limit)
    joined.push(many.join(calls.slice(from, from + many.limit)));
  await timed.redis.config("RESETSTAT");
  const check = (reply: unknown) => {
    for (const one of many.split(reply)) {
      if (one instanceof Error) throw one;
      measured.check(one);
    }
  };
  await timed.run({ ...many, answers: true, hasBuffers: true }, joined, { ...measured, check });
}
