import type { Tenant } from "../../generated/ts/index.js";
import { UnavailableError } from "../core/errors.js";
import { Lease, type RenewOptions } from "../core/lease/lease.js";
import type { ResolvedLockOptions } from "./options.js";

/** The scripts that locks call. */
export type LockScripts = Pick<Tenant["lock"], "acquire" | "renew" | "release">;

/** What Redis granted. */
export interface Grant {
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
  /** When the lease ends, by Redis's clock. */
  readonly leaseEndsMs: number;
  /** `performance.now()` before the request was sent. */
  readonly sentAt: number;
}

/** More stale replies in a row mean that calls with the same owner go on elsewhere. */
const MAX_STALE_REPLIES = 3;

/** One lock that this process holds. */
export class LockLease extends Lease {
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
  readonly #scripts: LockScripts;

  constructor(scripts: LockScripts, options: ResolvedLockOptions, grant: Grant) {
    const { leaseMs, minReplicas, replicaWaitMs } = options;
    const { key, owner, fence, sentAt } = grant;
    let { leaseEndsMs } = grant;
    super({
      leaseMs,
      sentAt,
      renew: async (limits: RenewOptions | undefined) => {
        const call = { ...limits, minReplicas, replicaWaitMs };
        for (let replies = 0; replies < MAX_STALE_REPLIES; replies++) {
          const reply = await scripts.renew({ lock: key, owner, fence, leaseEndsMs, leaseMs }, call);
          if (reply.outcome === "lost") return "lost";
          leaseEndsMs = reply.leaseEndsMs;
          if (reply.outcome === "renewed") return "renewed";
          // An earlier renewal without an answer has run, at an unknown time. So the lease is renewed
          // again, from now on.
        }
        throw new UnavailableError("other calls renewed the lock's lease at the same time");
      },
    });
    this.#scripts = scripts;
    this.key = key;
    this.owner = owner;
    this.fence = fence;
  }

  override async release(): Promise<"released" | "lost"> {
    const { outcome } = await this.#scripts.release({ lock: this.key, owner: this.owner, fence: this.fence });
    return outcome;
  }
}
