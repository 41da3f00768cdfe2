import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../../src/client/index.js";
import { type ExpiryClaimArgs, type ExpiryClaimReply, scripts } from "../../../../src/index.js";
import { connections } from "../../../support/lua/connections.js";
import { without } from "../../../support/lua/mutated.js";
import { keys, queueShard } from "../../../support/lua/shard.js";
import { freshNamespace } from "../../../support/redis.js";

const { claim, ack } = scripts.expiry;

const items = 300;
const queue = "offers";

/** Workers claim on connections of their own until nothing is due; each claim is sent twice, at once. */
async function race(script: Script<ExpiryClaimArgs, ExpiryClaimReply>, dying: "half" | "all" = "half") {
  const namespace = freshNamespace();
  const redises = await connections(8);
  const scope = { namespace, tenant: "acme" };
  const scores = Array.from({ length: items }, (_, position) => [position + 1, `offer-${position}`]).flat();
  await redises[0]?.zadd(keys.due(scope, queue), ...scores);

  const workers = redises.map((redis) =>
    createScriptClient(redis, { expiry: { claim: script, ack } }, { namespace, deadlineMs: 15_000 }).tenant(
      "acme",
    ),
  );
  const claimsOf = new Map<string, Set<string>>();
  let differing = 0;
  let acked = 0;
  await Promise.all(
    workers.map(async (worker, position) => {
      const other = workers[(position + 1) % workers.length] ?? worker;
      // Far more rounds than it takes when each item is handed out once.
      for (let round = 0; round < items; round++) {
        const asked = { queue, queueShard, claim: `run-${position}-${round}`, limit: 7, leaseMs: 60_000_000 };
        const [one, two] = await Promise.all([worker.expiry.claim(asked), other.expiry.claim(asked)]);
        if (namesOf(one).join() !== namesOf(two).join()) differing++;
        if (one.outcome !== "claimed") break;
        for (const item of namesOf(one)) {
          claimsOf.set(item, (claimsOf.get(item) ?? new Set()).add(asked.claim));
        }
        // Who dies with its items acknowledges none.
        if (dying === "all" || position % 2 === 0) continue;
        await worker.expiry.ack({ queue, queueShard, claim: asked.claim, items: namesOf(one) });
        acked += one.items.length;
      }
    }),
  );
  const [redis] = redises;
  const left = (await redis?.zcard(keys.processing(scope, queue))) ?? 0;
  const given = [...claimsOf.values()];
  const twice = given.filter((claims) => claims.size > 1).length;
  return { given: given.length, twice, differing, unaccounted: items - acked - left };
}

const namesOf = (reply: ExpiryClaimReply) =>
  reply.outcome === "claimed" ? reply.items.map(({ item }) => item) : [];

test("expiry.claim gives every due item to one claim, also if calls are sent twice", async () => {
  expect(await race(claim)).toEqual({ given: items, twice: 0, differing: 0, unaccounted: 0 });
});

test("expiry.claim gives items to several claims if it does not remove them from the due set", async () => {
  const { twice } = await race(without(claim, 'redis.call("ZREM", due, unpack(ready))', ""), "all");
  expect(twice).toBeGreaterThan(0);
});

test("expiry.claim gives items to several claims if it does not check the leases", async () => {
  const { twice } = await race(without(claim, '"(" .. now_text', '"+inf"'), "all");
  expect(twice).toBeGreaterThan(0);
});

test("expiry.claim loses items of a repeated call if it does not read the claim's own items", async () => {
  const { differing } = await race(
    without(claim, "if known_end and known_end >= now then", "if false then"),
    "all",
  );
  expect(differing).toBeGreaterThan(0);
});
