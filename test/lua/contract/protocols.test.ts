import { expect, test } from "vitest";
import { send } from "../../support/lua/commands.js";
import { samples } from "../../support/lua/samples/index.js";
import { bytesOf } from "../../support/lua/state.js";
import { tenantOn } from "../../support/lua/tenants.js";
import { sharedRedis } from "../../support/redis.js";

test("the two connections use RESP2 and RESP3", async () => {
  const versions = [2, 3] as const;
  for (const protocol of versions) {
    const reply = JSON.stringify(await sharedRedis({ protocol }).call("HELLO"));
    expect(reply).toMatch(new RegExp(`"?proto"?[,:]${protocol}`));
  }
});

test.each(samples)("$script returns the same reply in RESP2 and RESP3", async (sample) => {
  const results = [];
  for (const protocol of [2, 3] as const) {
    const { redis, scope, tenant } = tenantOn(sharedRedis({ protocol }));
    const keys = sample.keysOf(scope, "thing");
    await send(redis, keys, sample.given);
    const first = await sample.call(tenant, "thing");
    expect(first).toMatchObject(sample.reply);
    results.push({
      first: withoutClock(first),
      again: withoutClock(await sample.call(tenant, "thing")),
      kept: Object.keys(await bytesOf(redis, keys)),
    });
  }
  expect(results[0]).toStrictEqual(results[1]);
});

const instants = new Set([
  "changesAtMs",
  "leaseEndsInMs",
  "leaseEndsMs",
  "resetAfterMs",
  "startedMs",
  "waitMs",
]);

/** A reply without the instants of its own run. */
function withoutClock(reply: unknown): unknown {
  return JSON.parse(JSON.stringify(reply, (field, value) => (instants.has(field) ? "an instant" : value)));
}
