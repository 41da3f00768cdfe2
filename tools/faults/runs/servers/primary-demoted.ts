import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { startProxy } from "../../../../src/testing/index.js";
import { waitUntil } from "../../../../src/testing/wait.js";
import type { Fault } from "../../fault.js";
import { connect } from "../../support/connections.js";
import { type DemotionTally, startLoad, startUnguarded } from "../../support/demotion-load.js";
import { ownPair } from "../../support/pairs.js";
import { formatNumber } from "../../support/run-concurrently.js";

/** No server listens there. A replica without a primary keeps its data. */
const NOBODY = { host: "127.0.0.1", port: 1 };
/** How long the servers may take to agree on a state. */
const AGREE_MS = 20_000;
const DEMOTED_MS = 60;

/**
 * The primary becomes a replica while clients write: for a moment, or until the other server
 * replaces it.
 */
export const primaryDemoted: Fault = {
  id: 12,
  name: "A primary demoted to a replica: READONLY, bare and inside a script's error",
  async run(run) {
    const { primary, replica } = await ownPair(run);
    const target = { host: primary.host, port: primary.port, password: primary.password };
    const door = run.onClose(await startProxy(target), (proxy) => proxy.stop());
    const rounds = run.size({ full: 200, quick: 6 });
    const namespace = run.name();
    const tally: DemotionTally = { calls: 0, failed: 0, retried: 0, bare: 0, inScript: 0 };
    const load = await startLoad(run, door, namespace, tally);
    const plain = startUnguarded(run, door);
    let [upper, lower] = [connect(run, primary), connect(run, replica)];
    for (let round = 0; round < rounds && !run.signal.aborted; round++) {
      run.progress(`demotion ${round + 1} of ${rounds}, ${formatNumber(tally.retried)} calls retried`);
      await pause(100);
      if (round % 2 === 0) {
        await upper.replicaof(NOBODY.host, NOBODY.port);
        await pause(DEMOTED_MS);
        await upper.replicaof("NO", "ONE");
      } else {
        await handOver(upper, lower);
        [upper, lower] = [lower, upper];
        await pause(DEMOTED_MS);
        // New connections reach the new primary. Existing connections stay with the old one.
        target.port = Number(upper.options.port);
      }
      await waitUntil(() => follows(lower), AGREE_MS, "the replica to follow");
    }
    const effects = await load.stop();
    const lostPlainly = await plain.stop();
    return {
      size: `${formatNumber(tally.calls)} calls, ${rounds} demotions; ${formatNumber(tally.bare)} READONLY bare, ${formatNumber(tally.inScript)} inside a script's error`,
      figure: `${formatNumber(tally.retried)} calls retried after a reconnect, ${tally.failed} failed, ${formatNumber(Math.max(0, effects - tally.calls))} double, ${formatNumber(Math.max(0, tally.calls - effects))} lost`,
      control: `plain ioredis: ${formatNumber(lostPlainly.failed)} of ${formatNumber(lostPlainly.asked)} INCR failed`,
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

/** The new primary has everything that the old one acknowledged. */
async function handOver(upper: Redis, lower: Redis): Promise<void> {
  const to = [String(lower.options.host), String(lower.options.port)];
  // FAILOVER is refused until the primary has also noticed its replica.
  await waitUntil(
    async () => (await upper.call("FAILOVER", "TO", ...to)) === "OK",
    AGREE_MS,
    "the hand-over to begin",
  );
  const swapped = async () =>
    (await upper.info("replication")).includes("role:slave") &&
    (await lower.info("replication")).includes("role:master");
  await waitUntil(swapped, AGREE_MS, "the hand-over to end");
}

async function follows(replica: Redis): Promise<boolean> {
  return (await replica.info("replication")).includes("master_link_status:up");
}
