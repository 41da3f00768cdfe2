import { afterAll, describe, expect, test } from "vitest";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const { shop, get, post, open, close } = await openTestShop();
afterAll(close);

describe("the answer to a bad request", () => {
  const sale = { event: "e", product: "10001", units: 1 };
  test.each([
    { url: "/events/sale", payload: { ...sale, units: "1" }, message: "body/units must be integer" },
    { url: "/events/sale", payload: { ...sale, units: 0 }, message: "body/units must be >= 1" },
    {
      url: "/events/sale",
      payload: { event: "e", units: 1 },
      message: "body must have required property 'product'",
    },
    {
      url: "/events/return",
      payload: { ...sale, more: 1 },
      message: "body must NOT have additional properties",
    },
    {
      url: "/events/sale",
      payload: { ...sale, product: "a{b}" },
      message: 'body/product must match pattern "^[ -z|~]+$"',
    },
    {
      url: "/events/price",
      payload: { event: "e", product: "10001", amountMinor: -1, sequence: 1 },
      message: "body/amountMinor must be >= 0",
    },
  ])("has status 400 and the message $message", async ({ url, payload, message }) => {
    const { status, body } = await post(url, payload);
    expect({ status, body }).toEqual({ status: 400, body: { code: "BAD_REQUEST", message } });
  });

  test.each([["\ud800"], ["€".repeat(60)]])(
    "has status 400 for a wrong event id, before any change",
    async (event) => {
      const product = "10020";
      await open(product, 10);
      const change = { event, product, amountMinor: 777, sequence: 9 };
      expect(await post("/events/price", change)).toMatchObject({ status: 400 });
      expect(await get(`/products/${product}`)).toMatchObject({ body: { price: null } });
    },
  );

  test("has status 400 for an address that cannot be read", async () => {
    expect(await get("/products/%zz")).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
  });

  test("has status 400 for a body that is no JSON", async () => {
    const headers = { "content-type": "application/json" };
    const response = await shop.inject({ method: "POST", url: "/events/sale", headers, payload: "{" });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: "BAD_REQUEST" });
  });

  test("has status 400 for a list that is too long", async () => {
    expect(await get("/products?limit=101")).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
  });
});
