import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../src/client/index.js";
import { type IdempotencyBeginArgs, type IdempotencyBeginReply, keys, scripts } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const { begin } = scripts.idempotency;

const requests = 20;

/** Many runners ask for the same requests at once, and again when the leases of the first are over. */
async function race(script: Script<IdempotencyBeginArgs, IdempotencyBeginReply>) {
  const namespace = freshNamespace();
  const redises = await connections(6);
  const runners = redises.map((redis) =>
    createScriptClient(redis, { idempotency: { begin: script } }, { namespace, deadlineMs: 15_000 }).tenant(
      "acme",
    ),
  );
  const names = Array.from({ length: requests }, (_, position) => `order-${position}`);
  /** By request the fences that were given out, in any order. */
  const ask = async (round: string) => {
    const given = new Map<string, number[]>();
    const calls = runners.flatMap((runner, position) =>
      names.map(async (request) => {
        const asked = { request, owner: `${round}-${position}`, payloadHash: "f00d", leaseMs: 60_000_000 };
        const reply = await runner.idempotency.begin(asked);
        if (reply.outcome === "run") given.set(request, [...(given.get(request) ?? []), reply.fence]);
      }),
    );
    await Promise.all(calls);
    return given;
  };

  const first = await ask("first");
  const [redis] = redises;
  if (!redis) throw new Error("no connection");
  const past = (await nowMs(redis)) - 1;
  for (const name of names) {
    await redis.hset(keys.request({ namespace, tenant: "acme" }, name), { lease_ends_ms: past });
  }
  const second = await ask("second");
  const runs = (round: ReadonlyMap<string, number[]>) =>
    Math.max(...names.map((name) => round.get(name)?.length ?? 0));
  const rising = names.every(
    (name) => Math.min(...(second.get(name) ?? [])) > Math.max(...(first.get(name) ?? [])),
  );
  return { most: Math.max(runs(first), runs(second)), started: first.size, takenOver: second.size, rising };
}

test("a request has one runner at a time, and the next runner has a higher fence", async () => {
  expect(await race(begin)).toEqual({ most: 1, started: requests, takenOver: requests, rising: true });
});

test("a request has several runners if idempotency.begin does not check the lease", async () => {
  const { most } = await race(
    without(begin, "local is_running = now_ms < lease_ends_ms", "local is_running = false"),
  );
  expect(most).toBe(6);
});
