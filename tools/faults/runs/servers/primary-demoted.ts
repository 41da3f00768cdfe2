import { setTimeout as pause } from "node:timers/promises";
import { startProxy } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import { type DemotionTally, startLoad, startUnguarded } from "../../support/demotion-load.js";
import { Demotions } from "../../support/demotions.js";
import { ownPair } from "../../support/pairs.js";
import { formatNumber } from "../../support/run-concurrently.js";

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
    const demotions = new Demotions(run, { primary, replica, target });
    for (let round = 0; round < rounds && !run.signal.aborted; round++) {
      run.progress(`demotion ${round + 1} of ${rounds}, ${formatNumber(tally.retried)} calls retried`);
      await pause(100);
      await demotions.next();
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
