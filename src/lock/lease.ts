import type { Tenant } from "../../generated/ts/index.js";
import type { SingleCalls } from "../client/index.js";
import { Lease } from "../core/lease/lease.js";
import { renewByEnd } from "../core/lease/renew-by-end.js";
import type { ResolvedLockOptions } from "./options.js";

/** The scripts that locks call. */
export type LockScripts = SingleCalls<Tenant["lock"], "acquire" | "renew" | "release">;

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

/** One lock that this process holds. */
export class LockLease extends Lease {
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
  readonly #scripts: LockScripts;

  constructor(scripts: LockScripts, options: ResolvedLockOptions, grant: Grant) {
    const { leaseMs, minReplicas, replicaWaitMs } = options;
    const { key, owner, fence, leaseEndsMs, sentAt } = grant;
    super({
      leaseMs,
      sentAt,
      renew: renewByEnd(leaseEndsMs, (endsMs, limits) =>
        scripts.renew(
          { lock: key, owner, fence, leaseEndsMs: endsMs, leaseMs },
          { ...limits, minReplicas, replicaWaitMs },
        ),
      ),
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
