import type { Fault } from "../../fault.js";
import { MAX_LOADS, together } from "../../support/cache/outage.js";
import { plainOutage } from "../../support/cache/plain-cache.js";
import { type Outage, Readers } from "../../support/cache/readers.js";
import { Source } from "../../support/cache/source.js";
import { connect, ownServer } from "../../support/connections.js";
import { formatNumber } from "../../support/run-concurrently.js";

const RECOVERY_MS = 2_000;

/**
 * Redis is not there when processes start. Later it is suspended, and then killed. Callers get answers,
 * and what was invalidated meanwhile is not served after its return.
 */
export const cacheAway: Fault = {
  id: 22,
  name: "Caches without Redis: at the start, then suspended, then killed",
  async run(run) {
    // What the server has stored comes back with it.
    const config = { appendonly: "yes", appendfsync: "always" };
    const [server, sourceServer] = await Promise.all([ownServer(run, config), ownServer(run)]);
    const source = new Source(connect(run, sourceServer), run.name());
    await server.kill();
    const processes = run.size({ full: 4, quick: 2 });
    const readers = await Readers.start(run, processes, { server, sourceServer, source });
    const atStartMs = run.size({ full: 20_000, quick: 1_500 });
    const awayMs = run.size({ full: 60_000, quick: 3_000 });
    const outages: Outage[] = [];
    run.progress("Redis is missing at the start");
    outages.push(await readers.withoutRedis(atStartMs, () => server.restart()));
    run.progress("Redis is suspended");
    await server.kill("SIGSTOP");
    outages.push(await readers.withoutRedis(awayMs, () => server.kill("SIGCONT")));
    run.progress("Redis is killed");
    await server.kill();
    outages.push(await readers.withoutRedis(awayMs, () => server.restart()));
    await readers.stop();
    run.progress("the control");
    const plain = await plainOutage(run);

    const away = together(outages.map((outage) => outage.away));
    const back = together(outages.map((outage) => outage.back));
    const recoveredMs = outages.map((outage) => Math.ceil(outage.recoveredMs));
    const [late, stale] = [away.late + back.late, away.stale + back.stale];
    const [failed, unhandled] = [away.failed + back.failed, away.unhandled + back.unhandled];
    const maxLoading = Math.max(away.maxLoading, back.maxLoading);
    return {
      size: `${formatNumber(away.calls)} calls of ${processes} processes without Redis, which was away for ${atStartMs / 1_000}, ${awayMs / 1_000} and ${awayMs / 1_000} s, and ${formatNumber(back.calls)} after its return`,
      figure: `${late} answers too late, the slowest after ${Math.ceil(away.slowestMs)} ms, ${failed} calls failed, ${unhandled} unhandled rejections, at most ${maxLoading} loads at once in a process. ${away.pending} of ${away.pending + away.done} invalidations were pending; ${stale} stale answers. All entries were right and stored ${recoveredMs.join(", ")} ms after the return`,
      note: "Times are without those in which a process did not run, because the machine had other work",
      control: `GET and DEL of ioredis: ${plain.unanswered} of ${plain.entries} calls had no answer after a second, and ${plain.old} of ${plain.entries} deleted values were back after the restart`,
      ok:
        late + failed + unhandled + stale + away.done === 0 &&
        away.calls > 0 &&
        away.pending > 0 &&
        maxLoading === MAX_LOADS &&
        recoveredMs.every((ms) => ms <= RECOVERY_MS) &&
        plain.unanswered > 0 &&
        plain.old > 0,
    };
  },
};
