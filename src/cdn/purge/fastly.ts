import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import { cdnTag } from "../tags.js";
import { checkedId, checkedToken, checkedUrls, type PurgerOptions, purgeTarget } from "./options.js";
import { batchesOf, sendPurges } from "./send.js";
import type { CdnPurger, PurgeOptions, PurgeReply, PurgeRequest } from "./types.js";

/** The options of `fastlyPurger`. */
export interface FastlyOptions extends PurgerOptions {
  /** The id of the service. */
  readonly serviceId: string;
  /**
   * Whether purged answers become stale instead of being removed: Fastly then serves them while it fetches
   * new ones. `purgeAll` always removes. Default false.
   */
  readonly soft?: boolean | undefined;
}

const fastlyOptions: OptionNames<FastlyOptions> = {
  token: true,
  serviceId: true,
  soft: true,
  apiUrl: true,
  timeoutMs: true,
  attemptMs: true,
};

/** The keys that one request may purge. */
const MAX_KEYS = 256;

/** Half of the longest header of a usual proxy. */
const MAX_HEADER_BYTES = 8_000;

/**
 * Purges a service of Fastly by tags, which are its surrogate keys.
 *
 * ```ts
 * const fastly = fastlyPurger({ token: process.env["FASTLY_TOKEN"] ?? "", serviceId: "SU1Z0isxPaozGVKXdv0eY"
 * }); const purged = await fastly.purgeTags(["product:lamp"]);
 * if (purged.outcome === "failed") console.warn(purged.error.message, purged.remaining.length);
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function fastlyPurger(options: FastlyOptions): CdnPurger {
  const { token, serviceId, soft, target } = readFrom("options", () => {
    refuseUnknownOptions(options, fastlyOptions);
    return {
      token: checkedToken(options.token),
      serviceId: checkedId("serviceId", options.serviceId),
      soft: options.soft === true,
      target: purgeTarget(options, "https://api.fastly.com"),
    };
  });
  const always = { "fastly-key": token };
  const headers = soft ? { ...always, "fastly-soft-purge": "1" } : always;
  const send = (requests: readonly PurgeRequest[], of: PurgeOptions = {}) =>
    sendPurges(requests, target, readReply, of);
  return {
    async purgeTags(tags, of) {
      const batches = batchesOf([...new Set(tags)], MAX_KEYS, MAX_HEADER_BYTES, (tag) => cdnTag(tag).length);
      const requests = batches.map((targets) => ({
        path: `/service/${serviceId}/purge`,
        headers: { ...headers, "surrogate-key": targets.map(cdnTag).join(" ") },
        targets,
      }));
      return send(requests, of);
    },
    async purgeUrls(urls, of) {
      const requests = checkedUrls(urls).map((url) => {
        const { host, pathname, search } = new URL(url);
        return { path: `/purge/${host}${pathname}${search}`, headers, targets: [url] };
      });
      return send(requests, of);
    },
    async purgeAll(of) {
      return send([{ path: `/service/${serviceId}/purge_all`, headers: always, targets: [] }], of);
    },
  };
}

/** Fastly answers with an object: the ids of the purges, or a message. */
function readReply(body: unknown): PurgeReply {
  return { succeeded: typeof body === "object" && body !== null, codes: [] };
}
