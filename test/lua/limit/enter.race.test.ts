import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../src/client/index.js";
import { type LimitEnterArgs, type LimitEnterReply, scripts } from "../../../src/index.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const { enter, leave } = scripts.limit;
const rounds = 20;
const maxPermits = 3;

/** Owners on connections of their own fight for three permits; each holds one over a round trip. */
async function race(limit: { enter: Script<LimitEnterArgs, LimitEnterReply>; leave: typeof leave }) {
  const namespace = freshNamespace();
  const owners = await connections(8);
  const inside: number[] = [];
  let most = 0;
  let isShared = false;
  const fences = new Map<number, number>();
  await Promise.all(
    owners.map(async (redis, position) => {
      const client = createScriptClient(redis, { limit }, { namespace, deadlineMs: 15_000 }).tenant("acme");
      for (let left = rounds; left > 0; ) {
        const mine = { name: "printer", owner: `owner-${position}-${left}` };
        const reply = await client.limit.enter({ ...mine, maxPermits, leaseMs: 60_000_000, waits: true });
        if (reply.outcome !== "entered") continue;
        isShared ||= inside.includes(reply.permit) || reply.fence <= (fences.get(reply.permit) ?? 0);
        fences.set(reply.permit, reply.fence);
        inside.push(reply.permit);
        most = Math.max(most, inside.length);
        await redis.ping();
        inside.splice(inside.indexOf(reply.permit), 1);
        left--;
        await client.limit.leave({ ...mine, fence: reply.fence });
      }
    }),
  );
  return { most, isShared };
}

test("at most three owners have a permit, each its own, with rising fences", async () => {
  expect(await race({ enter, leave })).toEqual({ most: maxPermits, isShared: false });
});

test("without the count of the held ones, more owners enter", async () => {
  const unguarded = without(
    enter,
    'local held = redis.call("ZCOUNT", permits, "(" .. now_text, "+inf")',
    "local held = 0",
  );
  const { most, isShared } = await race({ enter: unguarded, leave });
  expect(most > maxPermits || isShared).toBe(true);
});
