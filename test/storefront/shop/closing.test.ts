import { afterAll, expect, test } from "vitest";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop((shop) => {
  shop.get("/broken", async () => {
    throw new Error("the connection was closed");
  });
});
afterAll(() => open.close());

test("a shop logs the error of a request, and none of a request that its closing interrupts", async () => {
  expect(await open.get("/broken")).toMatchObject({ status: 500 });
  expect(open.warnings).toEqual([expect.stringContaining("the connection was closed")]);
  open.context.ending.abort();
  expect(await open.get("/broken")).toMatchObject({ status: 500, body: { code: "INTERNAL" } });
  expect(open.warnings).toHaveLength(1);
});
