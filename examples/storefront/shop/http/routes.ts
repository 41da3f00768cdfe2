import type { FastifyInstance } from "fastify";

/** A route of the shop, with the JSON schemas of its requests. */
export interface ShopRoute {
  readonly method: string;
  /** For example `/products/:code`. */
  readonly url: string;
  readonly params: unknown;
  readonly querystring: unknown;
  readonly body: unknown;
}

const known = new WeakMap<FastifyInstance, ShopRoute[]>();

/** Remembers the routes that are added from now on. */
export function recordRoutes(shop: FastifyInstance): void {
  const routes: ShopRoute[] = [];
  known.set(shop, routes);
  shop.addHook("onRoute", ({ method, url, schema }) => {
    const { params, querystring, body } = schema ?? {};
    for (const one of [method].flat()) routes.push({ method: one, url, params, querystring, body });
  });
}

/** All routes, when the shop is ready. */
export function routesOf(shop: FastifyInstance): readonly ShopRoute[] {
  return known.get(shop) ?? [];
}
