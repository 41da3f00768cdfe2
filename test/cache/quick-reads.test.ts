import { readFile } from "node:fs/promises";
import type { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { keys } from "../../src/index.js";
import { redisFromUrl } from "../../src/testing/index.js";
import { GatedLoader, openMoonpath } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };
const definition = {
  pattern: "product:<product>",
  freshMs: 60_000,
  earlyRefresh: 0,
  cacheTimeoutMs: 10_000,
} as const;

/** A server of the test's own, and the commands that clients send to it. */
async function watched() {
  const server = await startOwn();
  const redis = open(server.url);
  // ioredis fails if a command of another client is reported together with the reply to MONITOR.
  await redis.ping();
  const monitor = await redis.monitor();
  afterTest(() => monitor.disconnect());
  let seen: string[] = [];
  monitor.on("monitor", (_time: string, [command = ""]: string[], source: string) => {
    if (source !== "lua") seen.push(command.toLowerCase());
  });
  const admin = open(server.url);
  return {
    server,
    redis,
    admin,
    /** The commands since the last call of this. */
    async commands(): Promise<readonly string[]> {
      await admin.echo("end");
      await eventually("the monitor has seen them", () => expect(seen.at(-1)).toBe("echo"));
      const commands = seen.slice(0, -1);
      seen = [];
      return commands;
    },
  };
}

function open(url: string): Redis {
  const redis = redisFromUrl(url);
  afterTest(() => redis.disconnect());
  return redis as Redis;
}

describe("a hit on one server", () => {
  test("is read with MGET, by all callers of a tick together", async () => {
    const { redis, commands } = await watched();
    const moonpath = await openMoonpath({}, redis);
    const acme = moonpath.cache({ ...definition, load: async () => 1 }).tenant("acme");
    const several = ["a", "b", "c"].map((product) => ({ product }));
    await acme.warm(several);
    await eventually("all are stored", async () => {
      for (const fields of several) expect(await acme.exists(fields)).toBe(true);
    });
    await commands();
    expect(await Promise.all([...several, ...several].map((fields) => acme.getOrLoad(fields)))).toEqual(
      new Array(6).fill(1),
    );
    expect(await commands()).toEqual(["mget", "time"]);
  });

  test("whose entry another process fills between MGET and cache.read is judged by the tokens of then", async () => {
    const { redis, admin, server } = await watched();
    const other = open(server.url);
    const moonpath = await openMoonpath({}, redis);
    let loads = 0;
    const cache = moonpath.cache({ ...definition, tags: ["brand"], load: async () => ++loads });
    const acme = cache.tenant("acme");
    await acme.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    const { scope } = moonpath.tenant("acme");
    const [entryKey, tagKey] = [keys.cacheEntry(scope, "product:lamp"), keys.cacheTag(scope, "brand")];
    const [tag, entry] = [(await other.get(tagKey)) ?? "", (await other.get(entryKey)) ?? ""];
    const token = tag.split(" ")[0] ?? "";
    const newer = `f${token.slice(1)}` === token ? `e${token.slice(1)}` : `f${token.slice(1)}`;
    await other.del(entryKey);

    // Both writes wait for the end of the pause, and are made in this order.
    await admin.call("CLIENT", "PAUSE", "10000", "WRITE");
    const blocked = async (count: number) => {
      await eventually(`${count} clients wait`, async () =>
        expect(await admin.info("clients")).toContain(`blocked_clients:${count}\r`),
      );
    };
    const filled = other.eval(
      "redis.call('SET', KEYS[1], ARGV[1]) redis.call('SET', KEYS[2], ARGV[2])",
      2,
      tagKey,
      entryKey,
      tag.replace(token, newer),
      entry.replace(token, newer),
    );
    await blocked(1);
    const reading = acme.getOrLoad(lamp);
    await blocked(2);
    await admin.call("CLIENT", "UNPAUSE");
    await filled;
    expect(await reading).toBe(1);
    expect(loads).toBe(1);
  });

  test("needs one script for its lease, and one for its fill, if it turns out to be a miss", async () => {
    const { redis, admin, commands } = await watched();
    const moonpath = await openMoonpath({}, redis);
    const acme = moonpath.cache({ ...definition, tags: ["brand"], load: async () => 1 }).tenant("acme");
    await acme.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    await acme.getOrLoad({ product: "vase" });
    await eventually("it is stored", async () => expect(await acme.exists({ product: "vase" })).toBe(true));
    await commands();
    await acme.getOrLoad({ product: "desk" });
    const key = keys.cacheEntry(moonpath.tenant("acme").scope, "product:desk");
    await eventually("it is stored", async () => expect(await admin.exists(key)).toBe(1));
    const sent = (await commands()).filter((command) => command !== "exists");
    expect(sent).toEqual(["mget", "time", "evalsha", "evalsha"]);
  });

  test("takes two round trips if only the entry names the tags", async () => {
    const { redis, commands } = await watched();
    const moonpath = await openMoonpath({}, redis);
    let loads = 0;
    const acme = moonpath
      .cache({
        ...definition,
        loaderTags: true,
        load: async (_fields, context) => {
          context.tag("brand:oslo", "season:winter");
          return ++loads;
        },
      })
      .tenant("acme");
    await eventually("it is stored", async () => {
      await acme.getOrLoad(lamp);
      expect(await acme.exists(lamp)).toBe(true);
    });
    const stored = await acme.getOrLoad(lamp);
    await commands();
    expect(await acme.getOrLoad(lamp)).toBe(stored);
    expect(await commands()).toEqual(["mget", "time", "mget", "time"]);
    await moonpath.tenant("acme").cache.invalidateTags(["season:winter"]);
    const before = loads;
    expect(await acme.getOrLoad(lamp)).toBe(loads);
    expect(loads).toBeGreaterThan(before);
  });

  test("that is stale is answered at once, and one caller refreshes it", async () => {
    const { redis, commands } = await watched();
    const moonpath = await openMoonpath({}, redis);
    const loader = new GatedLoader<number>();
    const acme = moonpath.cache({ ...definition, staleMs: 60_000, load: loader.load }).tenant("acme");
    await acme.set(lamp, 1);
    await acme.expire(lamp);
    const other = moonpath.cache({ ...definition, staleMs: 60_000, load: loader.load }).tenant("acme");
    expect(await acme.getOrLoad(lamp)).toBe(1);
    await loader.started(0);
    await commands();
    // The first call asks for the lease. While another caller loads, the next ones ask seldom.
    for (let call = 0; call < 40; call++) expect(await other.getOrLoad(lamp)).toBe(1);
    expect((await commands()).filter((command) => command === "evalsha").length).toBeLessThan(20);
    await loader.returns(0, 2);
    await eventually("it is fresh", async () => expect(await other.getOrLoad(lamp)).toBe(2));
    expect(loader.calls).toBe(1);
  });

  test("with a wrong type in its place ends as the scripts say, and the loader answers", async () => {
    const moonpath = await openMoonpath();
    const errors: Error[] = [];
    const acme = moonpath
      .cache({ ...definition, load: async () => 1, onError: (error) => errors.push(error) })
      .tenant("acme");
    const redis = open((await startOwn()).url);
    const own = await openMoonpath({}, redis);
    const cache = own.cache({ ...definition, load: async () => 2, onError: (error) => errors.push(error) });
    await redis.lpush(keys.cacheEntry(own.tenant("acme").scope, "product:lamp"), "x");
    expect(await cache.tenant("acme").getOrLoad(lamp)).toBe(2);
    expect(errors).toMatchObject([{ code: "WRONG_TYPE" }]);
    expect(await acme.getOrLoad(lamp)).toBe(1);
  });
});

describe("the users of the generated ACL", () => {
  async function as(name: string, more: readonly string[] = []): Promise<Redis> {
    const server = await startOwn();
    const admin = open(server.url);
    const acl = await readFile(new URL("../../generated/acl/moonpath.acl", import.meta.url), "utf8");
    const line = acl.split("\n").find((text) => text.startsWith(`user ${name} `)) ?? "";
    const [, , , ...rules] = line.split(" ");
    await admin.call("acl", ["setuser", name, "on", ">secret", ...rules, ...more]);
    // As `moonpath load` does.
    await (await openMoonpath({ namespace: "moonpath" }, admin)).ready();
    const redis = admin.duplicate({ username: name, password: "secret" });
    redis.on("error", () => {});
    afterTest(() => redis.disconnect());
    return redis;
  }

  test("moonpath-cache has all rights that caches, L1 and deletePattern need", async () => {
    const redis = await as("moonpath-cache");
    const errors: Error[] = [];
    const moonpath = await openMoonpath(
      { namespace: "moonpath", allowEviction: true, cache: { l1: memoryL1() } },
      redis,
    );
    let loads = 0;
    const acme = moonpath
      .cache({
        ...definition,
        tags: ["all"],
        load: async () => ++loads,
        onError: (error) => errors.push(error),
      })
      .tenant("acme");
    await acme.getOrLoad(lamp);
    await eventually("L1 has it", async () => {
      expect(await acme.exists(lamp)).toBe(true);
      expect(await acme.getOrLoad(lamp)).toBe(1);
    });
    expect(await moonpath.tenant("acme").cache.invalidateTags(["all"])).toBe("done");
    expect(await acme.getOrLoad(lamp)).toBe(2);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    expect(await acme.deletePattern({})).toBe(1);
    expect(await acme.writeThrough(lamp, async () => 9)).toMatchObject({ value: 9 });
    expect(errors).toEqual([]);
  });

  for (const [what, more] of [
    ["moonpath-service reads with MGET", []],
    ["without MGET, scripts read", ["-mget"]],
  ] as const) {
    test(what, async () => {
      const redis = await as("moonpath-service", more);
      const errors: Error[] = [];
      const moonpath = await openMoonpath({ namespace: "moonpath" }, redis);
      let loads = 0;
      const acme = moonpath
        .cache({ ...definition, load: async () => ++loads, onError: (error) => errors.push(error) })
        .tenant("acme");
      await acme.getOrLoad(lamp);
      await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
      for (let call = 0; call < 5; call++) expect(await acme.getOrLoad(lamp)).toBe(1);
      expect(errors).toEqual([]);
    });
  }
});
