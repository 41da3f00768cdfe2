import { expect, test } from "vitest";
import { send } from "../../support/lua/commands.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import { samples } from "../../support/lua/samples/index.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const cases = samples.flatMap((sample) =>
  sample.keys.map(({ name, holds }) => ({ sample, script: sample.script, name, holds })),
);

// What is no hash, no zset, no list, no string: one of each kind but the right one, and kinds that
// no script uses.
const wrong: Readonly<Record<string, readonly string[]>> = {
  hash: ["SET {key} foreign", "ZADD {key} 1 foreign", "RPUSH {key} foreign"],
  list: ["SET {key} foreign", "HSET {key} foreign 1", "ZADD {key} 1 foreign"],
  zset: ["SET {key} foreign", "HSET {key} foreign 1", "SADD {key} foreign"],
  string: ["HSET {key} foreign 1", "ZADD {key} 1 foreign", "XADD {key} 1-1 foreign 1"],
};

test.each(cases)("$script rejects a $name that is not a $holds, and writes nothing", async (row) => {
  const { sample, name, holds } = row;
  const { redis, scope, tenant } = freshTenant();
  const kinds = wrong[holds];
  if (!kinds) throw new Error(`say in this test what is no ${holds}`);
  for (const [position, kind] of kinds.entries()) {
    const keys = sample.keysOf(scope, `thing-${position}`);
    await send(redis, keys, sample.given);
    await send(redis, keys, [`DEL {${name}}`, kind.replace("{key}", `{${name}}`)]);
    const before = await bytesOf(redis, keys);

    const error = await failure(sample.call(tenant, `thing-${position}`));

    expectAt(error, "WRONG_TYPE", sample.script, /redis\.call\(/);
    expect(error.message).not.toContain("foreign");
    expect(await bytesOf(redis, keys)).toEqual(before);
  }
});
