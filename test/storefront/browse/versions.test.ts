import { expect, test } from "vitest";
import { DELETED, deletedIn, VersionLog, versionsIn } from "../../../examples/storefront/browse/versions.js";

test("a read that began after a write returned must show its version, and an earlier one need not", () => {
  const log = new VersionLog();
  log.confirm({ name: "product/p1", version: 2 }, 10);
  log.confirm({ name: "product/p1", version: 3 }, 20);
  expect([5, 10, 19, 20, 99].map((atMs) => log.leastAt("product/p1", atMs))).toEqual([0, 2, 2, 3, 3]);
  expect(log.leastAt("product/p2", 99)).toBe(0);
});

test("the reply of an earlier write that comes later does not lower the version", () => {
  const log = new VersionLog();
  log.confirm({ name: "cart/ann", version: 5 }, 10);
  log.confirm({ name: "cart/ann", version: 4 }, 20);
  expect(log.leastAt("cart/ann", 30)).toBe(5);
  log.confirm({ name: "cart/ann", version: DELETED }, 40);
  expect(log.leastAt("cart/ann", 50)).toBe(DELETED);
});

test("versionsIn finds the versions of lists, trees and things without a name", () => {
  const list = {
    products: [
      { product: "p1", category: "c", version: 2 },
      { product: "p2", version: 7 },
    ],
  };
  expect(versionsIn(list, undefined)).toEqual([
    { name: "product/p1", version: 2 },
    { name: "product/p2", version: 7 },
  ]);
  const tree = { categories: [{ category: "a", version: 1, children: [{ category: "b", version: 3 }] }] };
  expect(versionsIn(tree, undefined)).toEqual([
    { name: "category/a", version: 1 },
    { name: "category/b", version: 3 },
  ]);
  expect(versionsIn({ lines: { p1: 2 }, version: 4 }, "cart/ann")).toEqual([
    { name: "cart/ann", version: 4 },
  ]);
  expect(versionsIn({ session: "s", customer: "c", version: 1 }, undefined)).toEqual([
    { name: "session/s", version: 1 },
  ]);
  for (const none of [undefined, null, "text", { code: "NOT_FOUND" }]) {
    expect(versionsIn(none, undefined)).toEqual([]);
    expect(deletedIn(none)).toEqual([]);
  }
  expect(deletedIn({ deleted: ["p1"] })).toEqual([{ name: "product/p1", version: DELETED }]);
});
