import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { afterTest } from "../../support/cleanup.js";
import { manyScripts } from "../../support/client/many-fixtures.js";
import { untilTogether } from "../../support/client/together.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

/** Its many form fails as a whole, with an error that names the key of the second call. */
function bumpThatNames(): typeof manyScripts.tally.bump {
  const { bump } = manyScripts.tally;
  const lua = '#!lua flags=\nreturn redis.error_reply("WEIRD cannot add to " .. KEYS[2])\n';
  if (!bump.many) throw new Error("'tally.bump' has no many form");
  return { ...bump, many: { ...bump.many, lua, digest: createHash("sha1").update(lua).digest("hex") } };
}

test("the error of a batch does not tell a caller the keys of another one", async () => {
  const namespace = freshNamespace();
  const client = createScriptClient(sharedRedis(), { tally: { bump: bumpThatNames() } }, { namespace });
  afterTest(() => client.close());
  const { tally } = client.tenant("acme");
  const bump = (name: string) => tally.bump({ tally: name, change: 1 });
  const results = await untilTogether(
    () => Promise.allSettled([bump("first"), bump("second")]),
    ([first]) => first?.status === "rejected",
  );
  for (const result of results) {
    const error: unknown = result.status === "rejected" ? result.reason : undefined;
    expect(error).toMatchObject({ code: "SCRIPT", message: "tally.bump 1.2.0: WEIRD cannot add to …" });
    expect(inspect(error)).not.toContain("second");
  }
});
