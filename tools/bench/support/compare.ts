import type { Ground } from "../benchmark.js";
import { type Case, ratioCase, type Target } from "../case.js";
import type { Load } from "../contestants/contestant.js";
import { type Figures, type Repeats, runRounds, type Side } from "../processes/rounds.js";
import { serverCpuUs } from "../processes/server-cpu.js";

const QUICK_ROUNDS = 3;
const ROUNDS = 9;
const QUICK_MS = 300;
const ROUND_MS = 600;

/** So many calls in flight, for the time of a round. */
export function inFlight(open: number, { isQuick }: Ground): Load {
  return { shape: "in flight", open, ms: isQuick ? QUICK_MS : ROUND_MS };
}

/** Rounds of contestants that the ground's own server serves. */
export async function compare(
  ground: Ground,
  sides: readonly Side[],
  load: Load,
  repeats: Partial<Repeats> = {},
): Promise<(name: string) => Figures> {
  ground.progress(`${load.shape}: ${sides.map(({ name }) => name).join(" and ")}`);
  const rounds = ground.isQuick ? QUICK_ROUNDS : ROUNDS;
  return runRounds(sides, load, { rounds, ...repeats }, () => serverCpuUs(ground.redis));
}

/** The rates of two sides. */
export function rateCase(
  name: string,
  ours: Figures,
  theirs: Figures,
  unit: string,
  target?: Target,
  perCall = 1,
): Case {
  const figures = { ours: ours.perSecond * perCall, theirs: theirs.perSecond * perCall, unit };
  return ratioCase(name, figures, target);
}

/** The mean latencies of two sides with one call in flight. */
export function latencyCase(name: string, ours: Figures, theirs: Figures, target?: Target): Case {
  return ratioCase(name, { ours: ours.us, theirs: theirs.us, unit: "us" }, target);
}

/** The CPU times of the server for two sides. */
export function serverCase(name: string, ours: Figures, theirs: Figures, target?: Target, calls = 1): Case {
  return ratioCase(
    name,
    { ours: ours.serverUs / calls, theirs: theirs.serverUs / calls, unit: "us of server CPU" },
    target,
  );
}
