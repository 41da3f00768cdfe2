import { MoonpathError } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import { client, connect, ownServer } from "../../support/connections.js";

const MINUTE_MS = 60_000;

/**
 * Redis is full and evicts nothing. Scripts that need memory are refused with a named error.
 * Scripts that free memory run.
 */
export const memoryFull: Fault = {
  id: 10,
  name: "maxmemory reached, noeviction",
  async run(run) {
    const server = await ownServer(run, { maxmemory: "64mb", "maxmemory-policy": "noeviction" });
    const { tenant } = client(run, server, run.name());
    const { stock, views, scripts } = tenant;
    const { expiry } = scripts;
    const shoe = { product: "shoe", rememberMs: MINUTE_MS };
    await stock.setLevel({ product: "shoe", warehouse: "berlin", quantity: 100, sequence: 1, low: 0 });
    await stock.reserve({ ...shoe, reservation: "kept", units: 1, leaseMs: MINUTE_MS });
    await stock.reserve({ ...shoe, reservation: "given-up", units: 1, leaseMs: MINUTE_MS });
    await stock.reserve({ ...shoe, reservation: "over", units: 1, leaseMs: 1 });
    const held = await scripts.lock.acquire({ lock: "night", owner: "me", leaseMs: MINUTE_MS });
    const request = { request: "r-1", owner: "me" };
    const begun = await scripts.idempotency.begin({ ...request, payloadHash: "f", leaseMs: MINUTE_MS });
    const failing = { request: "r-2", owner: "me" };
    const other = await scripts.idempotency.begin({ ...failing, payloadHash: "f", leaseMs: MINUTE_MS });
    const shard = { queue: "offers", queueShard: "0" };
    await expiry.track({ ...shard, item: "due", dueMs: 1 });
    await expiry.track({ ...shard, item: "later", dueMs: 8e12 });
    await views.add({ shard: "0", views: [{ product: "shoe", count: 1 }], rememberMs: MINUTE_MS });
    const admin = connect(run, server);
    await admin.config("SET", "maxmemory", "1mb");
    const { fence, leaseEndsMs } = held.outcome === "acquired" ? held : { fence: 0, leaseEndsMs: 0 };
    const fences = [begun, other].map((reply) => (reply.outcome === "run" ? reply.fence : 0));
    const [beginFence = 0, failFence = 0] = fences;

    const refused = {
      "lock.acquire": () => scripts.lock.acquire({ lock: "new", owner: "me", leaseMs: MINUTE_MS }),
      "stock.reserve": () => stock.reserve({ ...shoe, reservation: "new", units: 1, leaseMs: MINUTE_MS }),
      "stock.set_level": () =>
        stock.setLevel({ product: "new", warehouse: "berlin", quantity: 1, sequence: 1, low: 0 }),
      "idempotency.begin": () =>
        scripts.idempotency.begin({ request: "new", owner: "me", payloadHash: "f", leaseMs: MINUTE_MS }),
      "expiry.track": () => expiry.track({ ...shard, item: "new", dueMs: 1 }),
      "views.add": () =>
        views.add({ shard: "0", views: [{ product: "shoe", count: 1 }], rememberMs: MINUTE_MS }),
    };
    const allowed = {
      "lock.renew": () =>
        scripts.lock.renew({ lock: "night", owner: "me", fence, leaseEndsMs, leaseMs: MINUTE_MS }),
      "lock.release": () => scripts.lock.release({ lock: "night", owner: "me", fence }),
      "stock.commit": () => stock.commit({ ...shoe, reservation: "kept" }),
      "stock.release": () => stock.release({ ...shoe, reservation: "given-up" }),
      "stock.sweep": () => stock.sweep({ ...shoe, limit: 10 }),
      "idempotency.renew": () =>
        scripts.idempotency.renew({
          ...request,
          fence: beginFence,
          leaseEndsMs: begun.outcome === "run" ? begun.leaseEndsMs : 0,
          leaseMs: MINUTE_MS,
        }),
      "idempotency.complete": () =>
        scripts.idempotency.complete({ ...request, fence: beginFence, reply: "done", rememberMs: MINUTE_MS }),
      "idempotency.fail": () => scripts.idempotency.fail({ ...failing, fence: failFence }),
      "expiry.claim": () => expiry.claim({ ...shard, claim: "c", limit: 10, leaseMs: MINUTE_MS }),
      "expiry.ack": () => expiry.ack({ ...shard, claim: "c", items: ["due"] }),
      "expiry.cancel": () => expiry.cancel({ ...shard, item: "later" }),
      "views.take": () => views.take({ shard: "0", limit: 10 }),
    };
    const unclear = await failures(refused, (code) => code === "OUT_OF_MEMORY");
    const stuck = await failures(allowed, (code) => code === undefined);
    return {
      size: `${Object.keys(refused).length} scripts that need memory, ${Object.keys(allowed).length} that free memory`,
      figure: `${Object.keys(refused).length - unclear.length} of ${Object.keys(refused).length} refused as OUT_OF_MEMORY, ${Object.keys(allowed).length - stuck.length} of ${Object.keys(allowed).length} ran`,
      control: `${await plainDelete(admin)}`,
      ok: unclear.length === 0 && stuck.length === 0,
      ...(unclear.length + stuck.length > 0 ? { note: [...unclear, ...stuck].join(", ") } : {}),
    };
  },
};

/** The names of calls that do not end as expected: with this error code, or without an error. */
async function failures(
  calls: Readonly<Record<string, () => Promise<unknown>>>,
  isRight: (code: string | undefined) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const code = await call().then(
      () => undefined,
      (error: unknown) => (error instanceof MoonpathError ? error.code : "no code"),
    );
    if (!isRight(code)) wrong.push(`${name}: ${code ?? "it ran"}`);
  }
  return wrong;
}

/** A script without the flag cannot even delete. */
async function plainDelete(admin: {
  eval(script: string, keys: number, key: string): Promise<unknown>;
}): Promise<string> {
  const script = '#!lua\nreturn redis.call("DEL", KEYS[1])';
  const answer = await admin.eval(script, 1, "{x}").then(
    () => "runs",
    () => "is refused",
  );
  return `a script without the flag ${answer}, although it only deletes`;
}
