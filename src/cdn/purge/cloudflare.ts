import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import { cdnTag } from "../tags.js";
import { checkedId, checkedToken, checkedUrls, type PurgerOptions, purgeTarget } from "./options.js";
import { batchesOf, fieldOf, sendPurges } from "./send.js";
import type { CdnPurger, PurgeOptions, PurgeReply, PurgeRequest } from "./types.js";

/** The options of `cloudflarePurger`. */
export interface CloudflareOptions extends PurgerOptions {
  /** The id of the zone, 32 characters. */
  readonly zoneId: string;
}

const cloudflareOptions: OptionNames<CloudflareOptions> = {
  token: true,
  zoneId: true,
  apiUrl: true,
  timeoutMs: true,
  attemptMs: true,
};

/** The tags or URLs that one request may purge, in each plan. */
const MAX_TARGETS = 100;

/**
 * Purges a zone of Cloudflare. Its tags do not distinguish upper and lower case, so more may be purged.
 *
 * ```ts
 * const cloudflare = cloudflarePurger({ token: process.env["CLOUDFLARE_TOKEN"] ?? "", zoneId:
 * "023e105f4ecef8ad" }); const purged = await cloudflare.purgeTags(["product:lamp"]);
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function cloudflarePurger(options: CloudflareOptions): CdnPurger {
  const { token, zoneId, target } = readFrom("options", () => {
    refuseUnknownOptions(options, cloudflareOptions);
    return {
      token: checkedToken(options.token),
      zoneId: checkedId("zoneId", options.zoneId),
      target: purgeTarget(options, "https://api.cloudflare.com/client/v4"),
    };
  });
  const request = (content: object, targets: readonly string[]): PurgeRequest => ({
    path: `/zones/${zoneId}/purge_cache`,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(content),
    targets,
  });
  const send = (requests: readonly PurgeRequest[], of: PurgeOptions = {}) =>
    sendPurges(requests, target, readReply, of);
  const batched = (targets: readonly string[]) =>
    batchesOf(targets, MAX_TARGETS, Number.POSITIVE_INFINITY, () => 0);
  return {
    async purgeTags(tags, of) {
      const batches = batched([...new Set(tags)]);
      return send(
        batches.map((targets) => request({ tags: targets.map(cdnTag) }, targets)),
        of,
      );
    },
    async purgeUrls(urls, of) {
      const batches = batched(checkedUrls(urls));
      return send(
        batches.map((targets) => request({ files: targets }, targets)),
        of,
      );
    },
    async purgeAll(of) {
      return send([request({ purge_everything: true }, [])], of);
    },
  };
}

/** `{ "success": false, "errors": [{ "code": 1012, "message": "…" }] }` */
function readReply(body: unknown): PurgeReply {
  const errors = fieldOf(body, "errors");
  const codes = (Array.isArray(errors) ? errors : []).map((error: unknown) => fieldOf(error, "code"));
  return {
    succeeded: fieldOf(body, "success") === true,
    codes: codes.filter((code) => typeof code === "number"),
  };
}
