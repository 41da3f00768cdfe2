import { createHash } from "node:crypto";
import { afterAll, describe, expect, inject, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { bump, errorOf } from "../../support/client/fixtures.js";
import { clusterFromUrl, freshNamespace, sharedRedis } from "../../support/redis.js";

/** Adds, and then fails with an error of this Lua. */
function failing(lua: string): typeof bump {
  const text = `#!lua flags=\nredis.call("HINCRBY", KEYS[1], "total", ARGV[1])\n${lua}\n`;
  return { ...bump, lua: text, digest: createHash("sha1").update(text).digest("hex") };
}

const redis = sharedRedis();
const cluster = clusterFromUrl(inject("clusterUrl"));
afterAll(() => cluster.disconnect());

describe("hole 4: a script's error under a code of Redis", () => {
  test.each(["NOSCRIPT gone", "NOSCRIPT No matching script.", "MOVED 1 127.0.0.1:1", "ASK 1 127.0.0.1:1"])(
    "does not make the script count as missing (%s)",
    async (message) => {
      for (const connection of [redis, cluster]) {
        const script = failing(`error({ err = "${message}" })`);
        const namespace = freshNamespace();
        const client = createScriptClient(connection, { tally: { fail: script } }, { namespace });
        const error = await errorOf(client.tenant("acme").tally.fail({ tally: "x", change: 1 }));
        expect(error).toMatchObject({ code: "SCRIPT", retryable: false });
        expect(await connection.hget(`${namespace}:{acme:x}:tally`, "total")).toBe("1");
        client.close();
      }
    },
  );

  test("is an error of the script if it only begins with NOSCRIPT", async () => {
    const script = failing('return redis.error_reply("NOSCRIPT gone")');
    const namespace = freshNamespace();
    const client = createScriptClient(redis, { tally: { fail: script } }, { namespace });
    const error = await errorOf(client.tenant("acme").tally.fail({ tally: "x", change: 1 }));
    expect(error).toMatchObject({ code: "SCRIPT" });
    expect(await redis.hget(`${namespace}:{acme:x}:tally`, "total")).toBe("1");
    client.close();
  });
});
