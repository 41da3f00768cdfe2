import fc from "fast-check";
import { expect, test } from "vitest";
import * as keys from "../../../generated/ts/keys.js";
import { SLOTS, slotOf, slotTag, tagOfSlot } from "../../../src/client/connection/slot.js";
import { slotTag as slotTagOfGenerator } from "../../../tools/codegen/src/slot-tag.js";
import { sharedCluster } from "../../support/redis.js";

/** A node of the cluster. ioredis may be about to replace the connection of a command without a key. */
async function oneNode() {
  const cluster = sharedCluster();
  await cluster.get("any");
  const [node] = cluster.nodes("master");
  if (node === undefined) throw new Error("the cluster has no master");
  return node;
}

test("slotOf agrees with Redis on the slot of any key", async () => {
  const node = await oneNode();
  const key = fc.string({ unit: fc.constantFrom("a", "b", "{", "}", ":", "é", "😀"), maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(key, async (text) => {
      expect(slotOf(text)).toBe(await node.cluster("KEYSLOT", text));
    }),
    { examples: [[""], ["{}a"], ["a{b}c{d}"], ["{{a}}"], ["a{"], ["a}b{c}"]] },
  );
});

test("the tag of a slot is the first text, by length and then in the order of 0-9a-z, that hashes to it", () => {
  const first = new Map<number, string>();
  let texts = [""];
  while (first.size < SLOTS) {
    texts = texts.flatMap((text) =>
      [..."0123456789abcdefghijklmnopqrstuvwxyz"].map((letter) => text + letter),
    );
    for (const text of texts) {
      const slot = slotOf(text);
      if (!first.has(slot)) first.set(slot, text);
    }
  }
  for (let slot = 0; slot < SLOTS; slot++) expect(tagOfSlot(slot)).toBe(first.get(slot));
  for (const slot of [-1, 0.5, SLOTS]) expect(() => tagOfSlot(slot)).toThrow("slot");
});

test("the generator has the same tags as the client", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
      expect(slotTag(text)).toBe(slotTagOfGenerator(text));
    }),
  );
});

test("a product's key and its slot's index are in one slot, also on the server", async () => {
  const node = await oneNode();
  const scope = { namespace: "shop", tenant: "acme" };
  const id = fc.string({
    unit: fc.constantFrom("a", "7", ":", "-", "é", "😀", "ß"),
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(id, async (product) => {
      const slot = await node.cluster("KEYSLOT", keys.stock(scope, product));
      expect(await node.cluster("KEYSLOT", keys.slotDue(scope, product))).toBe(slot);
      expect(keys.slotDueInSlot("shop", Number(slot))).toBe(keys.slotDue(scope, product));
    }),
  );
});
