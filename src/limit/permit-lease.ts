import type { LimitLeaveReply, Tenant } from "../../generated/ts/index.js";
import type { SingleCalls } from "../client/index.js";
import { Lease } from "../core/lease/lease.js";
import { renewByEnd } from "../core/lease/renew-by-end.js";

/** The scripts that permits call. */
export type PermitScripts = SingleCalls<Tenant["limit"], "enter" | "renew" | "leave">;

/** What Redis granted. */
export interface PermitGrant {
  readonly name: string;
  readonly owner: string;
  readonly permit: number;
  readonly fence: number;
  /** When the lease ends, by Redis's clock. */
  readonly leaseEndsMs: number;
  readonly leaseMs: number;
  /** `performance.now()` before the request was sent. */
  readonly sentAt: number;
}

/** One permit that this process holds. */
export class PermitLease extends Lease {
  readonly permit: number;
  readonly fence: number;
  readonly #leave: () => Promise<LimitLeaveReply>;

  constructor(scripts: PermitScripts, grant: PermitGrant) {
    const { name, owner, permit, fence, leaseEndsMs, leaseMs, sentAt } = grant;
    super({
      leaseMs,
      sentAt,
      renew: renewByEnd(leaseEndsMs, (endsMs, limits) =>
        scripts.renew({ name, owner, fence, leaseEndsMs: endsMs, leaseMs }, limits),
      ),
    });
    this.permit = permit;
    this.fence = fence;
    this.#leave = () => scripts.leave({ name, owner, fence });
  }

  override async release(): Promise<"released" | "lost"> {
    const { outcome } = await this.#leave();
    return outcome === "lost" ? "lost" : "released";
  }
}
