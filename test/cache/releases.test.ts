import { describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import type { Codec } from "../../src/cache/index.js";
import { openMoonpath, openTwo } from "../support/cache/kit.js";
import { sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };
const textCodec: Codec<string> = {
  id: "t",
  encode: (value) => Buffer.from(value),
  decode: (bytes) => bytes.toString(),
};

describe("an entry of another release is neither read nor overwritten", () => {
  test("with another codec", async () => {
    const [one, two] = await openTwo();
    const definition = { pattern: "product:<product>", freshMs: 60_000 } as const;
    const old = one.cache({ ...definition, load: async () => "of the old" }).tenant("acme");
    const present = two
      .cache({ ...definition, codec: textCodec, load: async () => "of the new" })
      .tenant("acme");
    await old.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await old.exists(lamp)).toBe(true));
    for (let round = 0; round < 3; round++) {
      expect(await present.getOrLoad(lamp)).toBe("of the new");
      expect(await old.get(lamp)).toBe("of the old");
    }
    expect(await present.get(lamp)).toBeUndefined();
    expect(await present.exists(lamp)).toBe(false);
    // An invalidation takes it away, and then the other release may store.
    expect(await present.invalidate(lamp)).toBe("done");
    expect(await present.getOrLoad(lamp)).toBe("of the new");
    await eventually("it is stored", async () => expect(await present.get(lamp)).toBe("of the new"));
    expect(await old.getOrLoad(lamp)).toBe("of the old");
    expect(await present.get(lamp)).toBe("of the new");
  });

  for (const stored of ["2j- something newer", "2", "9\n"]) {
    test(`in another form: ${JSON.stringify(stored)}`, async () => {
      const moonpath = await openMoonpath();
      const redis = sharedRedis();
      const key = keys.cacheEntry({ namespace: moonpath.namespace, tenant: "acme" }, "product:lamp");
      await redis.set(key, stored, "PX", 60_000);
      const errors: Error[] = [];
      const acme = moonpath
        .cache({
          pattern: "product:<product>",
          cacheTimeoutMs: 10_000,
          freshMs: 60_000,
          load: async () => "mine",
          onError: (error) => errors.push(error),
        })
        .tenant("acme");
      expect(await acme.getOrLoad(lamp)).toBe("mine");
      expect(await acme.get(lamp)).toBeUndefined();
      expect(await redis.get(key)).toBe(stored);
      expect(errors).toEqual([]);
    });
  }

  test("a value that the codec cannot read: the loader answers, and onError is told", async () => {
    const [one, two] = await openTwo();
    const errors: Error[] = [];
    const broken: Codec<string> = {
      ...textCodec,
      decode: () => {
        throw new Error("cannot be read");
      },
    };
    const definition = { pattern: "product:<product>", freshMs: 60_000, load: async () => "value" } as const;
    const good = one.cache({ ...definition, codec: textCodec }).tenant("acme");
    const bad = two
      .cache({ ...definition, codec: broken, onError: (error) => errors.push(error) })
      .tenant("acme");
    await good.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await good.exists(lamp)).toBe(true));
    expect(await bad.getOrLoad(lamp)).toBe("value");
    expect(errors).toHaveLength(1);
    expect(await good.get(lamp)).toBe("value");
  });
});
