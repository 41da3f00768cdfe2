import type { Cluster, Redis } from "ioredis";
import { type CallOptions, createScriptClient, type Scope } from "../../../../src/client/index.js";
import { scripts } from "../../../../src/index.js";
import type { Recorder } from "../../../history/record.js";
import type { FaultRun } from "../../fault-run.js";

/** The scripts whose calls are recorded. A control plants a fault in one of them. */
export const recordedScripts = {
  lock: scripts.lock,
  idempotency: scripts.idempotency,
  stock: scripts.stock,
  coupon: scripts.coupon,
  limit: scripts.limit,
};

export type RecordedScripts = typeof recordedScripts;

/** A client that makes one call after another. */
export interface HistoryClient extends Recorder {
  readonly scripts: ReturnType<ReturnType<typeof createScriptClient<RecordedScripts>>["tenant"]>;
  readonly scope: Scope;
  /** The options of each call. */
  readonly options: CallOptions;
}

/** Several clients share a connection, as they do in a process with many requests. */
const MAX_CONNECTIONS = 16;
/** Shorter than some of the faults, so that some calls end without a reply. */
const DEADLINE_MS = 1_000;

/** Creates clients. Each makes one call at a time. */
export async function historyClients(
  run: FaultRun,
  count: number,
  connect: () => Redis | Cluster,
  { planted = recordedScripts, options = {} }: { planted?: RecordedScripts; options?: CallOptions } = {},
): Promise<readonly HistoryClient[]> {
  const namespace = run.name();
  const connections = Array.from({ length: Math.min(count, MAX_CONNECTIONS) }, connect);
  const ready: Promise<void>[] = [];
  const clients = Array.from({ length: count }, (_, index) => {
    let attempts = 1;
    const observers = [{ onCall: (event: { readonly attempts: number }) => (attempts = event.attempts) }];
    const settings = { namespace, retries: 1_000, deadlineMs: DEADLINE_MS, observers };
    const connection = connections[index % connections.length] ?? connect();
    const client = createScriptClient(connection, planted, settings);
    ready.push(client.ready());
    run.onClose(client, () => client.close());
    const scope = { namespace, tenant: "shop" };
    const own = client.tenant(scope.tenant);
    return { name: `client ${index + 1}`, attempts: () => attempts, scripts: own, scope, options };
  });
  await Promise.all(ready);
  return clients;
}
