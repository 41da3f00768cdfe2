import { inspect } from "node:util";
import { scripts } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import { client, connect, ownServer } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";
import { sellAsService } from "../../support/service-user.js";

const CLIENTS = 16;
const EVERY_MS = 5;
const LAST_CALLS = 100;

/**
 * The run flushes the scripts all the time, while pipelines and transactions use the same
 * connections. Calls of a Redis user that may not load scripts end with SCRIPT_NOT_LOADED, and
 * nothing ran.
 */
export const scriptsFlushed: Fault = {
  id: 8,
  name: "SCRIPT FLUSH every 5 ms under load",
  async run(run) {
    const server = await ownServer(run);
    const calls = run.size({ full: 300_000, quick: 10_000 });
    const namespace = run.name();
    const clients = Array.from({ length: CLIENTS }, () => client(run, server, namespace));
    const admin = connect(run, server);
    let flushes = 0;
    const flusher = run.onClose(
      setInterval(
        () =>
          void admin.script("FLUSH").then(
            () => flushes++,
            () => {},
          ),
        EVERY_MS,
      ),
      clearInterval,
    );
    let [noscript, other, plain] = [0, 0, 0];
    await runConcurrently(run, { count: calls, workers: CLIENTS }, async (index, worker) => {
      const own = clients[worker];
      if (own === undefined) return;
      const call = own.tenant.stock.setLevel({
        product: `p${index % 100}`,
        warehouse: "berlin",
        quantity: 1,
        sequence: index,
        low: 0,
      });
      // The caller's own pipelines and transactions use the same connection.
      const beside = index % 2 === 0 ? own.redis.multi().ping().exec() : own.redis.pipeline().ping().exec();
      await call.catch((error: unknown) => {
        if (inspect(error).includes("NOSCRIPT")) noscript++;
        else other++;
      });
      await beside;
    });
    for (let call = 0; call < 2_000; call++) {
      await admin.evalsha(scripts.stock.read.digest, 0).catch((error: Error) => {
        if (error.message.startsWith("NOSCRIPT")) plain++;
      });
    }
    const service = await sellAsService(run, server, {
      calls: run.size({ full: 20_000, quick: 2_000 }),
      last: LAST_CALLS,
      settle: async () => {
        clearInterval(flusher);
        await admin.ping(); // The last flush is over.
      },
    });
    const exception =
      `a user without \`script|load\`: ${formatNumber(service.notLoaded)} of ${formatNumber(service.calls)} calls SCRIPT_NOT_LOADED, ` +
      `${service.others} other errors, ${formatNumber(service.effects)} effects of ${formatNumber(service.answered)} answers`;
    return {
      size: `${formatNumber(calls)} calls together with pipelines and MULTI, ${formatNumber(flushes)} flushes`,
      figure: `callers saw ${noscript} NOSCRIPT, ${other} other errors; ${exception}`,
      control: `EVALSHA by hand: ${formatNumber(plain)} NOSCRIPT in 2,000 calls`,
      note: "A call of a user without `script|load` ends with SCRIPT_NOT_LOADED. Nothing ran, and a call after a load succeeds",
      ok:
        noscript === 0 &&
        other === 0 &&
        flushes > 0 &&
        plain > 0 &&
        service.others === 0 &&
        service.notLoaded > 0 &&
        service.effects === service.answered &&
        service.answeredAtLast === LAST_CALLS,
    };
  },
};
