import autocannon from "autocannon";
import { LIMITS } from "../shop/limits.js";
import { type PlanOptions, planRequests } from "./plan.js";
import { productOf } from "./world.js";

/** What the process is to send. */
export interface AutocannonTask {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly seed: number;
  readonly products: number;
  readonly run: string;
  /** Only batches of so many products are sent. */
  readonly batchOf: number | undefined;
}

/** What it has found. Times are in milliseconds. */
export interface AutocannonResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers with 4xx: a request of the plan that was sent again may be refused. */
  readonly refused: number;
  /** Answers with 5xx, and requests without an answer. */
  readonly failed: number;
}

/** Each connection sends so many requests of the plan again and again, and begins at another one. */
const PLANNED = 4_000;
/** The shop ends a connection after so many requests, which autocannon would not notice. */
const RECONNECT_AFTER = LIMITS.requestsPerConnection;
/** What cannot be sent twice. */
const ONCE: ReadonlySet<string> = new Set(["create", "created", "remove", "bulkRemove"]);

/**
 * The load in a process of its own, so that the shop has its event loop for itself. Its first message is the
 * task, and its reply is the result.
 */
process.once("message", (task: AutocannonTask) => {
  load(task).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function load({
  url,
  connections,
  seconds,
  batchOf,
  ...plan
}: AutocannonTask): Promise<AutocannonResult> {
  const requests = batchOf === undefined ? plannedFor(plan) : [batchRequest(plan.products, batchOf)];
  let started = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    reconnectRate: RECONNECT_AFTER,
    setupClient: (client) => {
      const first = Math.floor((started++ * requests.length) / connections);
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  return {
    requests: result.requests.total,
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    refused: result["4xx"],
    failed: result["5xx"] + result.errors,
  };
}

function batchRequest(products: number, size: number): autocannon.Request {
  const ids = Array.from({ length: size }, (_, number) => productOf(number % products));
  return {
    method: "POST",
    path: "/api/v1/batch/products",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ product_ids: ids }),
  };
}

function plannedFor(plan: PlanOptions): autocannon.Request[] {
  const requests: autocannon.Request[] = [];
  for (const { kind, method, path, body, headers } of planRequests(plan)) {
    if (requests.length === PLANNED) break;
    if (ONCE.has(kind)) continue;
    const content = body && { body: JSON.stringify(body) };
    const type = body && { "content-type": "application/json" };
    requests.push({ method, path, ...content, headers: { ...headers, ...type } });
  }
  return requests;
}
