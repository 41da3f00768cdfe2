import { expect, test } from "vitest";
import { keyNamed, send } from "../../support/lua/commands.js";
import { samples } from "../../support/lua/samples/index.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

/** Their samples find what they want: they change a TTL at most. */
const KEEPS = /\.(renew|open_clock)$/;

const safe = samples.filter(({ resend }) => resend === "safe");
const never = samples.filter(({ resend }) => resend === "never");

test.each(safe)("$script changes nothing when it is sent again", async (sample) => {
  const { redis, scope, tenant } = freshTenant();
  const keys = sample.keysOf(scope, "thing");
  await send(redis, keys, sample.given);
  const given = await bytesOf(redis, keys);

  expect(await sample.call(tenant, "thing")).toMatchObject(sample.reply);
  // A lease counts from now on; what moves with the clock alone is put at the same instant after both calls.
  for (const place of sample.clock) await setTo(place, "1");
  const first = await bytesOf(redis, keys);

  expect(await sample.call(tenant, "thing")).toMatchObject(sample.again);
  for (const place of sample.clock) await setTo(place, "1");
  expect(await bytesOf(redis, keys)).toEqual(first);
  if (!sample.writes) expect(first).toEqual(given);
  else if (!KEEPS.test(sample.script)) expect(first).not.toEqual(given);

  async function setTo(place: string, value: string): Promise<void> {
    const [name = "", field = ""] = place.split(" ");
    await redis.hset(keyNamed(keys, name), { [field]: value });
  }
});

test("only scripts of caches, their quotas and versions may not be sent again: what they lose is loaded again", () => {
  expect(never.filter(({ script }) => !/^(cache|quota|version)\./.test(script))).toEqual([]);
});

test.each(never)("$script works once, and says so when it runs again", async (sample) => {
  const { redis, scope, tenant } = freshTenant();
  await send(redis, sample.keysOf(scope, "thing"), sample.given);
  expect(await sample.call(tenant, "thing")).toMatchObject(sample.reply);
  expect(await sample.call(tenant, "thing")).toMatchObject(sample.again);
});
