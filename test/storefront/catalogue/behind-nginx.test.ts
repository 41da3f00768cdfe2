import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Nginx, startNginx, testWithNginx } from "../../support/cdn/nginx.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";
import { eventually } from "../../support/wait.js";

const testBehindNginx = await testWithNginx();
const purged: string[] = [];
let nginx: Nginx | undefined;
const cdn = {
  purgeUrls: async (paths: readonly string[]) => {
    purged.push(...paths);
    await Promise.all(paths.map((path) => nginx?.purge(path)));
  },
};
const open = await openTestShop(undefined, {}, { cdn, hasPages: true });
const { pool, schema, ask, post } = open;
const path = (product: string) => `/api/v1/products/${product}`;

beforeAll(async () => {
  await pool.query(
    `insert into ${schema}.categories (category, parent, name) values ('lamps', null, 'Lamps')`,
  );
});
afterAll(() => open.close());

/** The shop behind nginx, with one product of its own. */
async function shopWith(product: string): Promise<Nginx> {
  await open.shop.listen({ host: "127.0.0.1", port: 0 }).catch(() => undefined);
  const [address] = open.shop.addresses();
  const started = await startNginx(typeof address === "object" ? address.port : 0);
  nginx = started;
  const lamp = {
    organisation: "oslo",
    category: "lamps",
    schema: "lamp",
    name: "Lamp",
    description: "Bright.",
  };
  await post("/api/v1/products", { ...lamp, product, priceMinor: 1_000, units: 100 });
  return started;
}

describe("the shop behind nginx", () => {
  testBehindNginx("a product is kept for its s-maxage, and browsers keep nothing", async () => {
    const { get } = await shopWith("n1");
    const first = await get(path("n1"));
    expect(first).toMatchObject({ status: 200, cache: "MISS" });
    expect(first.headers["cache-control"]).toBe(
      "public, max-age=0, s-maxage=3600, stale-while-revalidate=30",
    );
    expect(await get(path("n1"))).toMatchObject({ cache: "HIT", body: first.body });
  });

  testBehindNginx("a change reaches the next reader, through all caches", async () => {
    const { get } = await shopWith("n2");
    for (let number = 1; number <= 20; number++) {
      await get(path("n2"));
      expect((await get(path("n2"))).cache).toBe("HIT");
      await ask("PUT", path("n2"), { name: `Name ${number}` });
      const next = await get(path("n2"));
      expect([next.cache, JSON.parse(next.body).name]).toEqual(["MISS", `Name ${number}`]);
    }
    expect(purged).toContain(`${path("n2")}/details`);
  });

  testBehindNginx("what is personal, refused or unknown is not kept", async () => {
    const { get } = await shopWith("n3");
    for (let times = 0; times < 2; times++) {
      expect((await get(path("unknown"))).cache).toBe("MISS");
      expect((await get(path("n3"), { headers: { authorization: "Bearer visitor" } })).cache).not.toBe("HIT");
      expect((await get("/api/v1/users/1001")).cache).toBe("MISS");
      expect((await get("/api/v1/products?page=none")).cache).toBe("MISS");
    }
  });

  testBehindNginx("the shop answers its own page while nginx asks again", async () => {
    const { get, purge } = await shopWith("n4");
    await get(path("n4"));
    await purge(path("n4"));
    await eventually("the shop's own cache answers nginx", async () => {
      const again = await get(path("n4"));
      if (again.cache === "HIT") await purge(path("n4"));
      expect(again).toMatchObject({ cache: "MISS" });
      expect(again.headers["x-cache"]).toBe("HIT");
    });
  });
});
