import { setTimeout as pause } from "node:timers/promises";
import { createScriptClient } from "../../../src/client/index.js";
import { createMoonpath } from "../../../src/index.js";
import type { FaultRun } from "../fault-run.js";
import { connect, type ServerAddress } from "./connections.js";
import { countOnce } from "./counting-script.js";

const CLIENTS = 4;
const WORKERS = 4;
const UNITS = 1_000_000_000;

/** The results of calls while their server is demoted. */
export interface DemotionTally {
  calls: number;
  failed: number;
  /** Calls that succeeded at a later attempt. */
  retried: number;
  /** Replies of the server: READONLY, and READONLY inside a script's error. */
  bare: number;
  inScript: number;
}

/** Clients that sell units, and count with their own script. `stop` returns the counts. */
export async function startLoad(run: FaultRun, door: ServerAddress, namespace: string, tally: DemotionTally) {
  let over = false;
  const options = {
    namespace,
    retries: 1_000,
    deadlineMs: 15_000,
    observers: [
      {
        onCall: ({ outcome, attempts }: { readonly outcome: string; readonly attempts: number }) => {
          if (outcome === "ok" && attempts > 1) tally.retried++;
        },
      },
    ],
  };
  const tenants = Array.from({ length: CLIENTS }, () => {
    const redis = connect(run, door, { reconnectOnError: (error) => isReadOnly(error, tally) });
    const moonpath = createMoonpath(redis, options);
    const own = createScriptClient(redis, { count: { once: countOnce } }, options);
    run.onClose(moonpath, () => moonpath.close());
    run.onClose(own, () => own.close());
    return { stock: moonpath.tenant("shop").stock, count: own.tenant("shop").count };
  });
  const [one] = tenants;
  await one?.stock.setLevel({ product: "shoe", warehouse: "berlin", quantity: UNITS, sequence: 1, low: 0 });
  const sale = { product: "shoe", change: -1, backorder: false, low: 0, rememberMs: 600_000 };
  const work = tenants.flatMap(({ stock, count }, client) =>
    Array.from({ length: WORKERS }, async (_, worker) => {
      for (let index = 0; !over && !run.signal.aborted; index++) {
        const operation = `call-${client}-${worker}-${index}`;
        const call =
          worker % 2 === 0 ? stock.adjust({ ...sale, operation }) : count.once({ counter: "all", operation });
        tally.calls++;
        await call.catch(() => tally.failed++);
        await pause(1);
      }
    }),
  );
  return {
    async stop(): Promise<number> {
      over = true;
      await Promise.all(work);
      const end = await one?.stock.read({ product: "shoe", low: 0 });
      // The script's operation is the last argument.
      const counted = (await one?.count.once({ counter: "all", operation: "the end" })) ?? Number.NaN;
      return UNITS - (end?.outcome === "known" ? end.total : Number.NaN) + counted - 1;
    },
  };
}

/** Makes ioredis connect again and reject the command. */
function isReadOnly({ message }: Error, tally: DemotionTally): boolean {
  if (!message.includes("READONLY")) return false;
  if (message.includes("user_script:")) tally.inScript++;
  else tally.bare++;
  return true;
}

/** The control without retries. */
export function startUnguarded(run: FaultRun, door: ServerAddress) {
  const redis = connect(run, door);
  const key = run.name();
  let [asked, failed, over] = [0, 0, false];
  const work = (async () => {
    while (!over && !run.signal.aborted) {
      asked++;
      await redis.incr(key).catch(() => failed++);
      await pause(5);
    }
  })();
  return {
    async stop() {
      over = true;
      await work;
      return { asked, failed };
    },
  };
}
