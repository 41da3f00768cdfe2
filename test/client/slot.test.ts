import fc from "fast-check";
import { expect, test } from "vitest";
import { slotOf } from "../../src/client/connection/slot.js";
import { sharedCluster } from "../support/redis.js";

test("slotOf agrees with Redis on the slot of any key", async () => {
  const cluster = sharedCluster();
  const key = fc.string({ unit: fc.constantFrom("a", "b", "{", "}", ":", "é", "😀"), maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(key, async (text) => {
      expect(slotOf(text)).toBe(await cluster.cluster("KEYSLOT", text));
    }),
    { examples: [[""], ["{}a"], ["a{b}c{d}"], ["{{a}}"], ["a{"], ["a}b{c}"]] },
  );
});
