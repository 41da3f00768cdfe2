import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { createScriptClient } from "../../../src/client/index.js";
import {
  type HistoryClient,
  type RecordedScripts,
  recordedScripts,
} from "../../../tools/faults/support/history/clients.js";
import { below } from "../../../tools/faults/support/history/random.js";
import type { Call, Operation } from "../../../tools/history/call.js";
import { freshNamespace } from "../redis.js";

/** Clients on one connection, for sessions of `tools/faults/support/history`. */
export function clientsOn(redis: Redis, count: number, scripts: RecordedScripts = recordedScripts) {
  const namespace = freshNamespace();
  const scope = { namespace, tenant: "shop" };
  const tenant = createScriptClient(redis, scripts, { namespace }).tenant(scope.tenant);
  return Array.from({ length: count }, (_, index): HistoryClient => {
    return { name: `client ${index + 1}`, attempts: () => 1, scripts: tenant, scope, options: {} };
  });
}

/** What some clients did with one object during this time. */
export async function recordedFor<Op extends Operation>(
  durationMs: number,
  clients: readonly HistoryClient[],
  session: (client: HistoryClient, history: Call<Op>[], object: string) => Promise<void>,
): Promise<readonly Call<Op>[]> {
  const history: Call<Op>[] = [];
  const until = performance.now() + durationMs;
  const loop = async (client: HistoryClient) => {
    while (performance.now() < until) {
      await session(client, history, "one");
      await pause(below(5));
    }
  };
  await Promise.all(clients.map(loop));
  return history;
}
