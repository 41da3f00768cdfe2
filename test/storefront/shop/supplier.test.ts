import { expect, test } from "vitest";
import { signWebhook } from "../../../src/webhooks/index.js";
import { afterTest } from "../../support/cleanup.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

test("a webhook of the supplier makes a product's page anew, and the CDN forgets it", async () => {
  const purged: string[] = [];
  const cdn = { purgeUrls: async (paths: readonly string[]) => void purged.push(...paths) };
  const opened = await openTestShop(() => undefined, {}, { cdn, webhookSecrets: [SECRET] });
  afterTest(() => opened.close());
  const send = async (content: object, id: string, secret = SECRET) => {
    const body = JSON.stringify(content);
    const headers = { ...signWebhook({ id, body, secrets: [secret] }), "content-type": "application/json" };
    return (await opened.shop.inject({ method: "POST", url: "/webhooks/supplier", payload: body, headers }))
      .statusCode;
  };
  const message = { type: "offer.changed", data: { product: "lamp" } };
  expect(await send(message, "msg_1")).toBe(204);
  expect(purged).toContain("/api/v1/products/lamp");
  const { length } = purged;
  expect(await send(message, "msg_1")).toBe(204);
  expect(await send({ ...message, data: { product: 7 } }, "msg_2")).toBe(400);
  expect(await send(message, "msg_3", `whsec_${Buffer.alloc(32, 6).toString("base64")}`)).toBe(401);
  expect(purged).toHaveLength(length);
  expect(opened.warnings).toEqual([]);
  // Without secrets, the shop has no such route.
  const other = await openTestShop();
  afterTest(() => other.close());
  expect((await other.shop.inject({ method: "POST", url: "/webhooks/supplier" })).statusCode).toBe(404);
});
