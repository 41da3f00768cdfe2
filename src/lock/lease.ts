import type { Tenant } from "../../generated/ts/index.js";
import { Lease, type RenewOptions } from "../core/lease/lease.js";
import type { ResolvedLockOptions } from "./options.js";

/** The scripts that locks call. */
export type LockScripts = Pick<Tenant["lock"], "acquire" | "renew" | "release">;

/** One lock that this process holds. */
export class LockLease extends Lease {
  readonly #scripts: LockScripts;

  /** `sentAt`: `performance.now()` before the request was sent. */
  constructor(
    scripts: LockScripts,
    readonly key: string,
    options: ResolvedLockOptions,
    readonly fence: number,
    sentAt: number,
  ) {
    const { leaseMs, owner, minReplicas, replicaWaitMs } = options;
    super({
      leaseMs,
      sentAt,
      renew: async (limits: RenewOptions | undefined) => {
        const call = { ...limits, minReplicas, replicaWaitMs };
        return (await scripts.renew({ lock: key, owner, fence, leaseMs }, call)).outcome;
      },
    });
    this.#scripts = scripts;
    this.owner = owner;
  }

  readonly owner: string;

  override async release(): Promise<"released" | "lost"> {
    const { outcome } = await this.#scripts.release({ lock: this.key, owner: this.owner, fence: this.fence });
    return outcome;
  }
}
