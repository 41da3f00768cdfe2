import { expect, inject, test } from "vitest";
import { blocksOf, runBlock } from "../support/docs.js";
import { freshNamespace } from "../support/redis.js";

test("the examples of docs/keyv.md run", async () => {
  const [keyv = "", cacheManager = ""] = await blocksOf("docs/keyv.md");
  // A busy machine takes longer than a service waits.
  const run = (block: string) =>
    runBlock(
      block
        .replace('tenant: "acme" }', 'tenant: "acme", cacheTimeoutMs: 5_000 }')
        .replace("createKeyvStore(moonpath)", "createKeyvStore(moonpath, { cacheTimeoutMs: 5_000 })"),
      inject("redisUrl"),
      freshNamespace(),
    );
  expect(await run(keyv)).toMatchObject({ session: { user: "anna" }, cleared: undefined });
  expect(await run(cacheManager)).toMatchObject({ rate: 1.08, again: 1.08 });
});
