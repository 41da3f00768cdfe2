import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startKiller } from "../../support/client-killer.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

const CLIENTS = 16;
const UNITS = 1_000_000_000;
/** The deadline of each call. A call that is open after it hangs. */
const DEADLINE_MS = 30_000;

/** Concurrent plain sales over one connection. */
const BURST = 20;
const MAX_ROUNDS = 50;

/** The server kills a hundred connections a second while clients sell units. */
export const clientsKilled: Fault = {
  id: 9,
  name: "CLIENT KILL, 100 a second",
  async run(run) {
    const server = await ownServer(run);
    const calls = run.size({ full: 300_000, quick: 8_000 });
    const namespace = run.name();
    const tenants = Array.from({ length: CLIENTS }, () => client(run, server, namespace).tenant);
    const admin = connect(run, server);
    const [first] = tenants;
    await first?.stock.setLevel({
      product: "shoe",
      warehouse: "berlin",
      quantity: UNITS,
      sequence: 1,
      low: 0,
    });
    const killer = startKiller(run, admin);
    let [settled, failed] = [0, 0];
    await runConcurrently(run, { count: calls, workers: CLIENTS }, async (index, worker) => {
      const sale = { product: "shoe", operation: `sale-${index}`, change: -1, backorder: false, low: 0 };
      const call = tenants[worker]?.stock.adjust(
        { ...sale, rememberMs: 600_000 },
        { deadlineMs: DEADLINE_MS },
      );
      const late = pause(2 * DEADLINE_MS, "hanging", { ref: false });
      const ended = await Promise.race([call?.then((reply) => reply.outcome), late]).catch(() => "failed");
      if (ended !== "hanging") settled++;
      if (ended !== "adjusted") failed++;
    });
    const killed = killer.stop();
    const end = await first?.stock.read({ product: "shoe", low: 0 });
    const sold = UNITS - (end?.outcome === "known" ? end.total : Number.NaN);
    const plain = await sellPlainly(run, server, Math.min(calls, 40_000));
    return {
      size: `${formatNumber(calls)} sales by ${CLIENTS} clients, ${formatNumber(killed)} connections killed`,
      figure: `${formatNumber(Math.max(0, calls - sold))} lost, ${formatNumber(Math.max(0, sold - calls))} double, ${formatNumber(calls - settled)} promises never settled`,
      control: `plain DECR: ${formatNumber(plain)} too many`,
      ok: sold === calls && settled === calls && failed === 0 && killed > 0 && plain > 0,
    };
  },
};

/**
 * The control sells by DECR without an operation, which ioredis sends again. Returns the number of
 * units that it took too often.
 */
async function sellPlainly(run: FaultRun, place: ServerAddress, calls: number): Promise<number> {
  const connections = Array.from({ length: CLIENTS }, () => connect(run, place));
  const admin = connect(run, place);
  const key = `${run.name()}:plain`;
  await admin.set(key, UNITS);
  const killer = startKiller(run, admin);
  let acknowledged = 0;
  let tooMany = 0;
  // A kill has an effect if it comes between the DECR and its reply. On a fast server, some rounds
  // may end before that happens.
  for (let round = 0; round < MAX_ROUNDS && tooMany === 0; round++) {
    await runConcurrently(run, { count: calls / BURST, workers: CLIENTS }, async (_, worker) => {
      // Several commands at once, as in a busy service.
      await Promise.all(Array.from({ length: BURST }, () => connections[worker]?.decr(key)));
      acknowledged += BURST;
    });
    tooMany = UNITS - Number(await admin.get(key)) - acknowledged;
  }
  killer.stop();
  return tooMany;
}
