/** Why a purge failed. `refused`: the CDN says that the request is wrong, for example its token. */
export type PurgeFailure = "refused" | "unavailable" | "deadline" | "aborted";

/** A purge failed. It has no token, no tag and no URL. */
export class PurgeError extends Error {
  override readonly name = "PurgeError";

  constructor(
    readonly reason: PurgeFailure,
    /** The status of the last answer; undefined if there was none. */
    readonly status: number | undefined,
    /** The numbers of the errors that the CDN names. */
    readonly codes: readonly number[],
    cause?: Error,
  ) {
    const facts = [
      status === undefined ? "no answer" : `status ${status}`,
      ...(codes.length > 0 ? [`errors ${codes.join(", ")}`] : []),
    ];
    super(
      `the CDN did not confirm the purge: ${reason} (${facts.join(", ")})`,
      cause ? { cause } : undefined,
    );
  }
}

/** What a purge has done. */
export type PurgeOutcome =
  | { readonly outcome: "purged"; readonly requests: number }
  | {
      readonly outcome: "failed";
      readonly error: PurgeError;
      /** The tags or URLs that the CDN has not confirmed. A second purge of them is safe. */
      readonly remaining: readonly string[];
    };

/** Options of one purge. All may be left out. */
export interface PurgeOptions {
  /** Ends the purge early. */
  readonly signal?: AbortSignal | undefined;
}

/** Purges what a CDN has stored. None of its functions rejects because of the CDN. */
export interface CdnPurger {
  /** Purges all answers with one of these tags. Call it after the cache's own invalidation. */
  purgeTags(tags: readonly string[], options?: PurgeOptions): Promise<PurgeOutcome>;
  /** Purges the answers of these URLs. */
  purgeUrls(urls: readonly string[], options?: PurgeOptions): Promise<PurgeOutcome>;
  /** Purges everything. `remaining` is empty then. */
  purgeAll(options?: PurgeOptions): Promise<PurgeOutcome>;
}

/** One request of a purge, and what it purges. */
export interface PurgeRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly targets: readonly string[];
}

/** What the body of an answer with a status of 2xx says. */
export interface PurgeReply {
  readonly succeeded: boolean;
  readonly codes: readonly number[];
}
