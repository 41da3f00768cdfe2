import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import Keyv from "keyv";
import * as vitest from "vitest";
import { createMoonpath, type Moonpath } from "../../src/index.js";
import { createKeyvStore } from "../../src/keyv/index.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  vitest.describe(`Keyv's own tests on ${name}`, () => {
    let moonpath: Moonpath;
    vitest.beforeAll(async () => {
      moonpath = createMoonpath(connect(), { namespace: freshNamespace(), deadlineMs: 5_000 });
      await moonpath.ready();
    });
    vitest.afterAll(() => moonpath.close());
    const store = () => createKeyvStore(moonpath, { cacheTimeoutMs: 5_000 });
    keyvTestSuite(vitest, Keyv, store);
    keyvIteratorTests(vitest, Keyv, store);
  });
}
