import { setTimeout as pause } from "node:timers/promises";
import type { StockAdjustArgs } from "../../../../generated/ts/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { client, ownServer } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

const CLIENTS = 16;
const MINUTE_MS = 60_000;
const UNITS = 1_000_000;

/** Every sale is a separate operation, so that the run can check each. */
type Sale = StockAdjustArgs & { readonly operation: string };

/** Redis is killed while it writes, and restarts from its append-only file. */
export const powerLost: Fault = {
  id: 19,
  name: "Redis killed with -9 under load, appendfsync always",
  async run(run) {
    const rounds = run.size({ full: 20, quick: 2 });
    const safe = await killedRounds(run, rounds, { appendonly: "yes", appendfsync: "always" });
    const unsafe = await killedRounds(run, 2, { appendonly: "no", save: "" });
    return {
      size: `${rounds} kills, ${formatNumber(safe.acknowledged)} acknowledged sales`,
      figure: `${formatNumber(safe.lost)} acknowledged writes lost`,
      control: `without an append-only file: ${formatNumber(unsafe.lost)} of ${formatNumber(unsafe.acknowledged)} lost`,
      ok: safe.lost === 0 && safe.acknowledged > 0 && unsafe.lost > 0,
    };
  },
};

/** Sells units while the server is killed and restarted. */
async function killedRounds(run: FaultRun, rounds: number, config: Readonly<Record<string, string>>) {
  const server = await ownServer(run, config);
  const namespace = run.name();
  const tenants = Array.from({ length: CLIENTS }, () => client(run, server, namespace).tenant);
  const admin = client(run, server, namespace);
  const { stock } = admin.tenant;
  let [acknowledged, lost] = [0, 0];
  for (let round = 0; round < rounds && !run.signal.aborted; round++) {
    run.progress(`kill ${round + 1} of ${rounds}`);
    const product = `shoe-${round}`;
    await stock.setLevel({ product, warehouse: "berlin", quantity: UNITS, sequence: 1, low: 0 });
    const sold: Sale[] = [];
    let over = false;
    const sellers = tenants.map(async (tenant, worker) => {
      for (let index = 0; !over; index++) {
        const operation = `sale-${round}-${worker}-${index}`;
        const sale: Sale = {
          product,
          operation,
          change: -1,
          backorder: false,
          low: 0,
          rememberMs: 10 * MINUTE_MS,
        };
        const reply = await tenant.stock.adjust(sale, { deadlineMs: 200 }).catch(() => undefined);
        if (reply?.outcome === "adjusted") sold.push(sale);
      }
    });
    await pause(300);
    await server.kill("SIGKILL");
    over = true;
    await Promise.all(sellers);
    await server.restart();
    await admin.moonpath.ready();
    acknowledged += sold.length;
    // If Redis still has a sale, it repeats the first reply. If it has lost the sale, it sells
    // again.
    await runConcurrently(run, { count: sold.length, workers: CLIENTS }, async (index) => {
      const sale = sold[index];
      if (sale === undefined) return;
      const again = await stock.adjust(sale, { deadlineMs: 10_000 });
      if (again.outcome !== "adjusted" || !again.repeated) lost++;
    });
  }
  return { acknowledged, lost };
}
