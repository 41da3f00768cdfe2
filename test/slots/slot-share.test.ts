import { expect, onTestFinished, test } from "vitest";
import { createMoonpath, keys } from "../../src/index.js";
import { SlotShare } from "../../src/slots/slot-share.js";
import { nowMs } from "../support/lua/commands.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

test("a worker whose lease has ended in a group of 250 others has no slots", async () => {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace });
  onTestFinished(() => moonpath.close());
  const mayRenew = deferred<void>("the lease has ended");
  let joins = 0;
  const share = new SlotShare({
    client: {
      ...moonpath,
      namespace,
      listen: moonpath.listen.bind(moonpath),
      scriptsOf: (tenant: string, domain: string) => {
        expect(domain).toBe("slot");
        const scripts = moonpath.scriptsOf(tenant, "slot");
        const join: typeof scripts.join = async (...args) => {
          if (joins++ > 0) await mayRenew.promise;
          return scripts.join(...args);
        };
        return { ...scripts, join };
      },
    } as typeof moonpath,
    group: "test",
    leaseMs: 1_000,
    onError: undefined,
    onChange: () => {},
  });
  share.start();
  onTestFinished(async () => {
    mayRenew.resolve();
    await share.stop();
  });
  await eventually("it has all slots", () => expect(share.slots()).toHaveLength(16_384));
  const key = keys.workers({ namespace, tenant: "moonpath" }, "test");
  const [, endsMs] = await redis.zrange(key, "0", "-1", "WITHSCORES");
  await eventually("its lease ends", async () => expect(await nowMs(redis)).toBeGreaterThan(Number(endsMs)));
  const others = Array.from({ length: 250 }, (_, index) => [Date.now() + 500_000, `other-${index}`]);
  await redis.zadd(key, ...others.flat());
  mayRenew.resolve();
  await eventually("it has no slots", () => expect(share.slots()).toHaveLength(0));
  expect(share.workers).toBe(0);
});
