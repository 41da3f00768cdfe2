import type { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { send } from "../../support/lua/commands.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import type { Sample } from "../../support/lua/sample.js";
import { samples } from "../../support/lua/samples/index.js";
import { bytesOf, type Entry, entriesOf, replace } from "../../support/lua/state.js";
import { freshTenant, type TestTenant } from "../../support/lua/tenants.js";

// Not "1e3", " 5" and "0x5": Lua reads them as numbers. A script that stores only what it has computed
// may do so too.
const texts = ["many", "", "1.5", "5x", "inf", "9007199254740993", "-9007199254740993", "nan"];
const scores = ["1.5", "-0.5", "-1e300", "-inf"];

/** What its own test says of it: a place of a stored number. */
const placeOf = ({ key, field }: Entry) => (field === undefined ? key : `${key} ${field}`);

/** Every stored number of a sample, each named as in `unread`. */
async function numbersOf({ redis, scope }: TestTenant<Redis>, sample: Sample, name: string) {
  const keys = sample.keysOf(scope, name);
  await send(redis, keys, sample.given);
  const found = await Promise.all(sample.keys.map((key) => entriesOf(redis, keys, key.name)));
  return found.flat().filter(({ value }) => /^-?\d+$/.test(value));
}

const isZset = (sample: Sample, entry: Entry) =>
  sample.keys.some(({ name, holds }) => name === entry.key && holds === "zset");

describe.each(samples)("$script", (sample) => {
  test("rejects every corrupt number that it reads, and writes nothing", async () => {
    const context = freshTenant();
    const { redis, scope, tenant } = context;
    let called = 0;
    for (const entry of await numbersOf(context, sample, "thing")) {
      if (placeOf(entry) in sample.unread) continue;
      for (const bad of isZset(sample, entry) ? scores : texts) {
        const name = `thing-${++called}`;
        const keys = sample.keysOf(scope, name);
        await send(redis, keys, sample.given);
        await replace(redis, keys, entry, bad);
        const before = await bytesOf(redis, keys);

        const error = await failure(sample.call(tenant, name)).catch((cause: unknown) => {
          const hint = "if the script does not read it, list it in the sample's field `unread`";
          throw new Error(`${placeOf(entry)} as "${bad}" was let through; ${hint}`, { cause });
        });

        expectAt(error, "CORRUPT", sample.script, /err = "CORRUPT /);
        if (bad.length > 3) expect(error.message).not.toContain(bad);
        expect(await bytesOf(redis, keys), placeOf(entry)).toEqual(before);
      }
    }
  });

  test("accepts the corrupt numbers that its sample lists as unread", async () => {
    const context = freshTenant();
    const { redis, scope, tenant } = context;
    const places = (await numbersOf(context, sample, "thing")).map((entry) => ({
      entry,
      place: placeOf(entry),
    }));
    expect(places.map(({ place }) => place)).toEqual(expect.arrayContaining(Object.keys(sample.unread)));
    for (const { entry, place } of places.filter((one) => one.place in sample.unread)) {
      const keys = sample.keysOf(scope, place);
      await send(redis, keys, sample.given);
      await replace(redis, keys, entry, isZset(sample, entry) ? "1.5" : "many");
      await expect(sample.call(tenant, place), `${place} is read`).resolves.toBeDefined();
    }
  });
});
