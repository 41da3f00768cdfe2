import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { startProxy } from "../../../src/testing/index.js";
import type { Fault } from "../fault.js";
import { agreed } from "../support/agreed.js";
import { connect } from "../support/connections.js";
import { number } from "../support/crowd.js";
import { type DemotionTally, startLoad, startPlain } from "../support/demotion-load.js";
import { ownPair } from "../support/pairs.js";

/** Nobody listens there: a replica of nobody keeps its data. */
const NOBODY = { host: "127.0.0.1", port: 1 };
const DEMOTED_MS = 60;

/** The primary becomes a replica while clients write: for a moment, or for good, while the other one takes its place. */
export const primaryDemoted: Fault = {
  id: 12,
  name: "A primary turned replica: READONLY, bare and inside a script error",
  async run(bench) {
    const { primary, replica } = await ownPair(bench);
    const target = { host: primary.host, port: primary.port, password: primary.password };
    const door = bench.closing(await startProxy(target), (proxy) => proxy.stop());
    const rounds = bench.size({ full: 200, quick: 6 });
    const namespace = bench.name();
    const tally: DemotionTally = { calls: 0, failed: 0, retried: 0, bare: 0, inScript: 0 };
    const load = await startLoad(bench, door, namespace, tally);
    const plain = startPlain(bench, door);
    let [upper, lower] = [connect(bench, primary), connect(bench, replica)];
    for (let round = 0; round < rounds && !bench.signal.aborted; round++) {
      bench.progress(`demotion ${round + 1} of ${rounds}, ${number(tally.retried)} calls retried`);
      await pause(100);
      if (round % 2 === 0) {
        await upper.replicaof(NOBODY.host, NOBODY.port);
        await pause(DEMOTED_MS);
        await upper.replicaof("NO", "ONE");
      } else {
        await handOver(upper, lower);
        [upper, lower] = [lower, upper];
        await pause(DEMOTED_MS);
        // Whoever connects from here on gets to the new primary; whoever is connected stays where they are.
        target.port = Number(upper.options.port);
      }
      await agreed(() => follows(lower), "the replica to follow");
    }
    const effects = await load.stop();
    const lostPlainly = await plain.stop();
    return {
      size: `${number(tally.calls)} calls, ${rounds} demotions; ${number(tally.bare)} READONLY bare, ${number(tally.inScript)} inside a script's error`,
      figure: `${number(tally.retried)} calls retried after a reconnect, ${tally.failed} failed, ${number(Math.max(0, effects - tally.calls))} double, ${number(Math.max(0, tally.calls - effects))} lost`,
      control: `plain ioredis: ${number(lostPlainly.failed)} of ${number(lostPlainly.asked)} INCR failed`,
      ok:
        tally.failed === 0 &&
        effects === tally.calls &&
        tally.retried > 0 &&
        tally.bare > 0 &&
        tally.inScript > 0 &&
        lostPlainly.failed > 0,
    };
  },
};

/** All that the old primary has acknowledged, the new one has. */
async function handOver(upper: Redis, lower: Redis): Promise<void> {
  const to = [String(lower.options.host), String(lower.options.port)];
  // Refused until the primary, too, has noticed that its replica is there.
  await agreed(async () => (await upper.call("FAILOVER", "TO", ...to)) === "OK", "the hand-over to begin");
  const swapped = async () =>
    (await upper.info("replication")).includes("role:slave") &&
    (await lower.info("replication")).includes("role:master");
  await agreed(swapped, "the hand-over to end");
}

async function follows(replica: Redis): Promise<boolean> {
  return (await replica.info("replication")).includes("master_link_status:up");
}
