import type { HttpCacheOptions } from "moonpath/http-cache";

/** Rules under which the suite runs, by name. */
export const PROFILES: Readonly<
  Record<string, { readonly description: string; readonly rules: HttpCacheOptions["rules"] }>
> = {
  suite: {
    description:
      "all queries keyed, Cache-Control of requests obeyed, heuristics on, Set-Cookie storable, errors storable with explicit freshness, Vary normalised, stale on a dead origin unless forbidden, answers to POST storable",
    rules: {
      obeysRequests: true,
      heuristics: true,
      storesSetCookie: true,
      storesErrors: true,
      normalisesVary: true,
      staleOnFailure: true,
      storesPostAnswers: true,
    },
  },
  product: { description: "the defaults of the package", rules: {} },
};
